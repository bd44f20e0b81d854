/** The table of `docs/parity.md`. */

import type { Difference } from './results.ts';
import type { ParityRow } from './rows.ts';

/** A row with what was measured. */
export interface MeasuredRow {
  readonly pack: string;
  readonly row: ParityRow;
  readonly difference: Difference;
}

const HEAD = `# Parity

The same picture gives the same boxes, landmarks, embeddings, face meshes and liveness scores in every runtime. This table says how far they differ at most from the reference: the
CPU provider in Node, one thread, plain TypeScript where a faster kernel could change a sum. \`npm run parity\` measures it and writes this file;
\`npm test\` measures it again and fails where a limit is not kept. Sums in another order differ from machine to machine, so do the last digits.

Pictures: a drawn face, and cuts of demo photos of a development dependency (\`tests/parity/inputs.ts\`). "Pixels" rows give every runtime the same
decoded pixels; "JPEG" rows give it the file, so decoders differ too. WebGPU runs in software here, which is slow: on the first picture or two, and
for \`standard\` with a smaller input of the detector (128). No hardware GPU was measured. Differences are in pixels of the picture; the cosine is that between the embeddings,
where 1 stands for less than 1e-9 below it; the liveness score runs from 0 to 1.
`;

const COLUMNS = [
  'pack',
  'runtime',
  'input',
  'pictures',
  'faces',
  'boxes',
  'landmarks',
  'mesh',
  'limit',
  'smallest cosine',
  'limit',
  'liveness',
  'limit',
];

/** Renders the document. */
export function renderParity(rows: readonly MeasuredRow[]): string {
  const cells = rows.map(({ pack, row, difference }) => [
    `\`${pack}\``,
    row.name,
    row.input === 'jpeg' ? 'JPEG' : 'pixels',
    String(difference.pictures),
    String(difference.faces),
    formatPixels(difference.boxPixels),
    formatPixels(difference.landmarkPixels),
    formatPixels(difference.meshPixels),
    Number.isFinite(row.limits.pixels) ? `≤ ${row.limits.pixels} px` : 'none',
    formatCosine(difference.smallestCosine),
    `≥ ${row.limits.cosine}`,
    formatScore(difference.livenessScore),
    difference.livenessScore !== undefined && Number.isFinite(row.limits.liveness) ? `≤ ${row.limits.liveness}` : 'none',
  ]);
  const widths = COLUMNS.map((name, i) => Math.max(name.length, ...cells.map((line) => (line[i] as string).length)));
  const line = (values: readonly string[]): string => `| ${values.map((value, i) => value.padEnd(widths[i] as number)).join(' | ')} |`;
  return `${HEAD}\n${[line(COLUMNS), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n')}\n`;
}

/** What identifies the rows of a rendered document: pack, runtime, input, counts and limits, without the figures that vary. */
export function listRows(document: string): string[] {
  const lines = document.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => {
    const [pack, runtime, input, pictures, faces, , , , pixelLimit, , cosineLimit, , livenessLimit] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    return [pack, runtime, input, pictures, faces, pixelLimit, cosineLimit, livenessLimit].join(' | ');
  });
}

function formatPixels(value: number): string {
  return value === 0 ? '0' : `${value.toPrecision(2)} px`;
}

function formatScore(value: number | undefined): string {
  if (value === undefined) return 'none';
  return value === 0 ? '0' : value.toPrecision(2);
}

/** Six digits of what is missing to 1, so that 0.9999999 does not become 1. */
function formatCosine(value: number): string {
  const missing = 1 - value;
  return missing < 1e-9 ? '1' : `1 - ${missing.toExponential(1)}`;
}
