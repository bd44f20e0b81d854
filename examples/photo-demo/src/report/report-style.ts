/** The style sheet of the report, for light and dark screens and for paper. */

export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f27; --soft: #5b6472; --paper: #fbfbfd; --card: #ffffff; --line: #dfe3ea; --accent: #1f6feb; --tint-ink: #1b1f27;
  --s0: #8a94a6; --s1: #5aa9e6; --s2: #e4a13a; --s3: #57b894; --s4: #8f7ee7; --s5: #e07a8b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf1; --soft: #a3adbd; --paper: #11141a; --card: #191d26; --line: #2d3442; --accent: #4d94ff; --tint-ink: #f2f5fa; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--paper); }
main, header, footer { max-width: 1240px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 40px; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.02em; }
h2 { font-size: 1.35rem; margin: 0 0 4px; letter-spacing: -0.01em; }
h3 { font-size: 1rem; margin: 24px 0 8px; color: var(--soft); font-weight: 600; }
p { margin: 0 0 14px; max-width: 75ch; }
.lead, .hint, footer { color: var(--soft); }
.hint { font-size: 0.9rem; margin-top: 14px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 22px; margin: 22px 0; }
.facts { display: flex; flex-wrap: wrap; gap: 10px 34px; margin: 18px 0 0; padding: 0; list-style: none; }
.facts strong { display: block; font-size: 1.5rem; line-height: 1.2; color: var(--ink); }
.pairs { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 14px; }
.pair { border: 1px solid var(--line); border-radius: 12px; padding: 12px; min-width: 230px; }
.pair.match { border: 2px solid var(--accent); }
.thumbs { display: flex; gap: 8px; margin-bottom: 8px; }
.face { display: block; border: 3px solid; border-radius: 8px; object-fit: cover; }
.number, td { font-variant-numeric: tabular-nums; }
.photos { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 22px; }
figure { margin: 0; }
figure > img { width: 100%; height: auto; border-radius: 10px; display: block; }
figcaption { margin-top: 8px; }
figcaption .face { width: 36px; height: 36px; border-width: 2px; display: inline-block; vertical-align: middle; }
table { border-collapse: collapse; font-size: 0.9rem; margin-top: 6px; }
th, td { padding: 4px 12px 4px 0; text-align: left; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 500; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
.matrix { border-spacing: 2px; border-collapse: separate; font-size: 0.72rem; }
.matrix th, .matrix td { padding: 0; text-align: center; }
.matrix td { min-width: 38px; height: 36px; border-radius: 5px; color: var(--tint-ink); background: color-mix(in srgb, var(--accent) calc(var(--tint, 0%) * 0.42), var(--card)); }
.matrix thead td, .matrix td.self { background: none; color: var(--soft); }
.matrix td.match { font-weight: 700; outline: 2px solid var(--accent); outline-offset: -2px; }
.matrix .face { width: 36px; height: 36px; border-width: 2px; margin: 0 auto; }
.matrix tbody th { display: flex; align-items: center; justify-content: flex-end; gap: 6px; position: sticky; left: 0; background: var(--card); padding-right: 4px; }
.matrix thead th { border: 0; vertical-align: bottom; }
.matrix thead .label { display: block; writing-mode: vertical-rl; margin: 4px auto 2px; }
.times { width: 100%; }
.times td, .times thead th:not(:first-child) { text-align: right; }
.times .bar { width: 34%; padding: 4px 0; text-align: left; white-space: nowrap; font-size: 0; }
.bar span { display: inline-block; height: 16px; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
.stage-0 { background: var(--s0); } .stage-1 { background: var(--s1); } .stage-2 { background: var(--s2); } .stage-3 { background: var(--s3); } .stage-4 { background: var(--s4); } .stage-5 { background: var(--s5); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 22px; margin: 8px 0 18px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
details { margin-top: 14px; color: var(--soft); font-size: 0.9rem; } details li { overflow-wrap: anywhere; }
pre { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 14px; overflow-x: auto; margin: 8px 0 0; }
footer { padding-bottom: 40px; font-size: 0.9rem; }
@media print { section { break-inside: avoid; } }
@media (max-width: 560px) { .photos { grid-template-columns: 1fr; } section { padding: 16px; } dl { grid-template-columns: 1fr; } dd { margin-bottom: 8px; } }
`;
