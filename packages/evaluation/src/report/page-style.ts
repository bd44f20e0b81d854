/** How a report looks: on a screen of any width, light or dark, and on paper. */

import { CHART_STYLE } from './chart-style.ts';

/** The style sheet of a report with its charts. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ground:#fff;--text:#1b1f24;--quiet:#5b636e;--line:#d8dce2;--soft:#f5f6f8;--accent:#0b559f}
@media screen and (prefers-color-scheme:dark){:root{--ground:#15181d;--text:#e8eaed;--quiet:#a7aeb8;--line:#343a44;--soft:#1d2128;--accent:#6cb3ff}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;overflow-wrap:anywhere}
header,main{max-width:74rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
header{padding-top:clamp(1.5rem,5vw,3rem)}
@media screen and (max-width:30rem){.facts{grid-template-columns:1fr 1fr;gap:.8rem 1.2rem}}
main{padding-bottom:4rem}
h1{font-size:clamp(1.5rem,4vw,2.1rem);line-height:1.2;letter-spacing:-.015em;margin:0}
h2{font-size:1.35rem;line-height:1.3;letter-spacing:-.01em;margin:3rem 0 .5rem;padding-top:1.25rem;border-top:1px solid var(--line)}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--accent)}
.subtitle{font-size:1.1rem;color:var(--quiet);margin:.35rem 0 0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:1rem 2rem;margin:1.75rem 0 0;padding:1.1rem 0;border:solid var(--line);border-width:1px 0}
.facts dt{font-size:.8rem;color:var(--quiet)}
.facts dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;unicode-bidi:isolate}
.notes{margin:1.5rem 0 0;padding:.9rem 1.1rem;background:var(--soft);border-left:3px solid var(--accent);border-radius:0 6px 6px 0}
.notes h2{all:unset;display:block;font-weight:600}
.notes ul{margin:.25rem 0 0;padding-left:1.2rem}
.notes li{margin:.2rem 0;max-width:60rem}
nav ol{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;list-style:none;margin:1.5rem 0 0;padding:0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:2.5rem 3rem;align-items:start;margin:1.5rem 0}
.charts.alone{grid-template-columns:minmax(0,40rem)}
figure{margin:0;min-width:0;break-inside:avoid}
figcaption{margin-bottom:.9rem}
figcaption strong{display:block;font-size:1.02rem;line-height:1.35}
figcaption span{display:block;font-size:.9rem;line-height:1.45;color:var(--quiet);max-width:38rem;margin-top:.2rem}
figure svg.chart{display:block;width:100%;height:auto}
figure svg.narrow{display:none}
.table{overflow-x:auto;margin:1.75rem 0;break-inside:avoid}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums;min-width:min(100%,28rem)}
caption{text-align:left;font-weight:600;padding-bottom:.5rem}
th,td{padding:.4rem .9rem;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--line);unicode-bidi:isolate;overflow-wrap:normal}
th:first-child,td:first-child{padding-left:.2rem}
thead th{font-weight:600;font-size:.82rem;color:var(--quiet);border-bottom-color:var(--quiet);white-space:nowrap}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:7rem;max-width:28rem}
tbody tr:hover{background:var(--soft)}
.right{text-align:right;white-space:nowrap}
.note{font-size:.88rem;color:var(--quiet)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media screen and (max-width:30rem){figure svg.wide{display:none}figure svg.narrow{display:block}}
@media print{:root{font-size:14px}:root{color-scheme:light}body{font-size:10.5pt}header,main{max-width:none;padding-left:0;padding-right:0}nav{display:none}.table{overflow:visible}h2{break-after:avoid}.charts{grid-template-columns:1fr 1fr;gap:1.5rem 2rem}.charts:not(.alone) svg.wide{display:none}.charts:not(.alone) svg.narrow{display:block}.charts.alone{grid-template-columns:minmax(0,32rem)}tbody tr{break-inside:avoid}}
@page{margin:16mm}
${CHART_STYLE}`;
