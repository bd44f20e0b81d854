/** How charts look: colours and dashes that are told apart by everyone, on paper and in the dark. */

/** Colours of the series, in order. Each is readable on its ground; neighbours differ in lightness, and for all kinds of colour vision. */
export const PALETTES = {
  light: { ground: '#ffffff', series: ['#0b559f', '#d95f02', '#00745c', '#a6258f', '#8a6a00', '#4a4f57', '#d62b55'] },
  dark: { ground: '#15181d', series: ['#6cb3ff', '#ff9a3c', '#35c9a0', '#e08be0', '#e3c743', '#c3c8d0', '#ff7d95'] },
} as const;

/** Dashes of the series, in order; there are as many as make every pair of colour and dash come once before the first comes again. */
const DASHES = ['none', '7 3', '2 2.5', '9 3 2 3', '12 4', '1.5 4'];

const INKS = {
  light: { text: '#1b1f24', quiet: '#5b636e', line: '#8b939e', grid: '#e6e9ed' },
  dark: { text: '#e8eaed', quiet: '#a7aeb8', line: '#767e89', grid: '#2a2f37' },
} as const;

/** The classes of a series: its colour and its dash. */
export function seriesClass(index: number): string {
  return `c${index % PALETTES.light.series.length} d${index % DASHES.length}`;
}

// Plain colours rather than custom properties: programs that draw SVG files outside of browsers know no others.
const SHAPES = `
.chart text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
.chart .title{font-size:15px;font-weight:600}
.chart .end{text-anchor:end}
.chart .middle{text-anchor:middle}
.chart .grid,.chart .tick{stroke-width:1;fill:none}
.chart .diagonal{stroke-width:1;stroke-dasharray:2 3;fill:none}
.chart .frame{stroke-width:1;fill:none}
.chart .flag{stroke-width:1.2;stroke-dasharray:4 3}
.chart .halo{paint-order:stroke;stroke-width:4;stroke-linejoin:round}
.chart .curve{fill:none;stroke-width:2;stroke-linejoin:round}
.chart .outline{stroke-width:1.6}
.chart .beyond{stroke-width:1.4;stroke-dasharray:1 4;stroke-linecap:round}
.chart .band{stroke:none;fill-opacity:.16}
.chart .heap{stroke:none;fill-opacity:.22}
.chart .point{stroke-width:2}
`;

function colours(mode: 'light' | 'dark'): string {
  const { ground, series } = PALETTES[mode];
  const { text, quiet, line, grid } = INKS[mode];
  return `
.chart .ground{fill:${ground}}
.chart text{fill:${text}}
.chart .quiet{fill:${quiet}}
.chart .halo{stroke:${ground}}
.chart .grid{stroke:${grid}}
.chart .tick,.chart .frame,.chart .diagonal{stroke:${line}}
.chart .flag,.chart .ring{stroke:${text}}
.chart .ring{fill:${ground}}
.chart .tip{fill:${text}}
${series.map((colour, i) => `.chart .c${i}{stroke:${colour};fill:${colour}}`).join('\n')}
.chart .curve{fill:none}
.chart .band,.chart .heap,.chart .cell{stroke:none}
`;
}

/** Rules for charts, on a page or inside of an SVG file. What is printed is light. */
export const CHART_STYLE = `${SHAPES}${DASHES.map((dash, i) => `.chart .d${i}{stroke-dasharray:${dash}}`).join('\n')}
.chart .beyond{stroke-dasharray:1 4}
.chart .point,.chart .band,.chart .heap,.chart .tip{stroke-dasharray:none}
${colours('light')}@media screen and (prefers-color-scheme:dark){${colours('dark')}}
`;
