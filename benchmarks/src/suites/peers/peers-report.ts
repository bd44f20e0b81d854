/** What the comparison says. */

import type { Cell, Chart, Table } from '@isoface/evaluation';
import type { MeasuredPiece, Series, SuiteReport } from '../../run/suite.ts';
import { medianOf } from '../../statistics.ts';
import { computeRatios, type Ratio } from './compute-ratios.ts';
import { FIGURE_NAMES, FIGURES, type FigureName } from './figures.ts';
import type { ContenderFigures, PeersPiece, PeersRuntime } from './peers-piece.ts';

const PLACES: Readonly<Record<PeersRuntime, string>> = { 'node-cpu': 'Node', 'web-wasm': 'Chromium' };

/** What a reader must know of each side. */
const CONDITIONS: Readonly<Record<PeersRuntime, string>> = {
  'node-cpu':
    'One thread each, every library in a process of its own. isoface runs native ONNX Runtime and is given RGBA; the peers run their wasm builds with SIMD and are given RGB tensors in float32, the form that costs them least; they resize photos in wasm, where browsers have a canvas for it. CPU time is that of the whole process; decoding is in no figure; memory is that of the process.',
  'web-wasm':
    'WASM with SIMD, one thread each, every library in a browser of its own. CPU time is that of all processes of the browser; memory is what only its pages hold, beyond a blank page. isoface works in a worker, the peers on the page: their long tasks block it.',
};

/** Describes the sides that were measured. */
export function reportPeers(pieces: readonly MeasuredPiece<PeersPiece>[]): SuiteReport {
  const sides = pieces.map(({ name, value }) => ({ piece: name, side: value, ratios: computeRatios(value.contenders) }));
  return {
    series: sides.flatMap(({ piece, side, ratios }) => listSeries(piece, side, ratios)),
    findings: sides.flatMap(({ side, ratios }) => listFindings(side, ratios)),
    charts: sides.flatMap(({ side, ratios }) => drawRatios(side, ratios)),
    tables: sides.flatMap(({ side, ratios }) => [
      tabulateFigures(side),
      ...tabulateRatios(side, ratios),
      tabulateFaces(side),
      tabulateContenders(side),
      ...tabulateFailures(side),
    ]),
    csv: {
      columns: ['runtime', 'contender', 'library', 'version', 'figure', 'picture', 'unit', 'sample', 'value'],
      rows: sides.flatMap(({ side }) => side.contenders.flatMap((contender) => [...listRows(side.runtime, contender)])),
    },
  };
}

function listSeries(piece: string, { runtime, contenders }: PeersPiece, ratios: readonly Ratio[]): Series[] {
  const own = contenders.flatMap(({ name, samples }) =>
    FIGURE_NAMES.filter((figure) => figure !== 'photo/longest-task').flatMap((figure): Series[] => {
      const values = samples[figure];
      if (values === undefined) return [];
      return [{ key: `${runtime}/${name}/${figure}`, piece, unit: FIGURES[figure].unit, better: 'lower', samples: values }];
    }),
  );
  return [
    ...own,
    ...ratios.map(
      ({ pack, figure, pairs }): Series => ({
        key: `${runtime}/${pack}/${figure}-over-best-peer`,
        piece,
        unit: 'ratio',
        better: 'lower',
        samples: pairs.map((ratio) => round(ratio, 4)),
      }),
    ),
  ];
}

function listFindings(side: PeersPiece, ratios: readonly Ratio[]): string[] {
  const packs = side.contenders.filter(({ isPeer }) => !isPeer).map(({ name }) => name);
  return packs.flatMap((pack) => {
    const find = (figure: FigureName): Ratio | undefined => ratios.find((ratio) => ratio.pack === pack && ratio.figure === figure);
    return [
      describeFrame(side, find('frame/cpu')),
      describePhotos(side, find('photo/cpu')),
      describeDownload(side, find('download/gzip')),
      describeStart(side, find('first-result/wall')),
      describeMemory(side, find('memory/warm')),
    ].flatMap((finding) => finding ?? []);
  });
}

/** Said only where both found the one face: then they did the same work. */
function describeFrame(side: PeersPiece, ratio: Ratio | undefined): string | undefined {
  if (ratio === undefined || [ratio.pack, ratio.peer].some((name) => frameFaces(side, name) !== 1)) return undefined;
  const { pack, peer, value, peerValue } = ratio;
  return `${place(side)}, whole pipeline on a 640x480 frame with one face, one thread: ${pack} takes ${share(ratio)} the CPU time of ${peer}, the peer that takes least (${milliseconds(value)} beside ${milliseconds(peerValue)} per image, medians of ${count(side.rounds, 'round')}${interval(ratio)}).`;
}

function describePhotos(side: PeersPiece, ratio: Ratio | undefined): string | undefined {
  if (ratio === undefined) return undefined;
  const { pack, peer, value, peerValue } = ratio;
  const found = `${photoFaces(side, pack)} faces found beside ${photoFaces(side, peer)}`;
  return `${place(side)}, photos of 1920 pixels with several faces: ${pack} takes ${share(ratio)} the CPU time of ${peer} (${milliseconds(value)} beside ${milliseconds(peerValue)} per photo, medians of ${count(side.rounds, 'round')}${interval(ratio)}; ${found}).`;
}

function describeDownload(side: PeersPiece, ratio: Ratio | undefined): string | undefined {
  if (ratio === undefined) return undefined;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${place(side)}, downloaded until the first result, gzip: ${ratio.pack} ${megabytes(ratio.value)}, ${ratio.peer} ${megabytes(ratio.peerValue)}, the smallest of the peers.`;
}

function describeStart(side: PeersPiece, ratio: Ratio | undefined): string | undefined {
  if (ratio === undefined) return undefined;
  const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
  return `${place(side)}, from the start to the first result, median of ${count(side.starts, 'start')}: ${ratio.pack} ${seconds(ratio.value)}, ${ratio.peer} ${seconds(ratio.peerValue)}, the shortest of the peers.`;
}

function describeMemory(side: PeersPiece, ratio: Ratio | undefined): string | undefined {
  if (ratio === undefined) return undefined;
  return `${place(side)}, memory after all rounds: ${ratio.pack} ${Math.round(ratio.value)} MiB, ${ratio.peer} ${Math.round(ratio.peerValue)} MiB, the least of the peers.`;
}

function tabulateFigures(side: PeersPiece): Table {
  const { contenders, rounds, warmup, starts } = side;
  const figures = FIGURE_NAMES.filter((figure) => contenders.some(({ samples }) => samples[figure] !== undefined));
  const reports = side.runtime === 'web-wasm' ? ' A longest task of 0 is one below the 50 ms from which browsers report them.' : '';
  return {
    caption: `${place(side)}: isoface beside other libraries`,
    columns: [
      { label: 'library' },
      { label: 'faces in the frame' },
      { label: 'faces in the photos' },
      ...figures.map((figure) => ({ label: `${FIGURES[figure].label}, ${shownUnit(figure)}` })),
    ],
    rows: contenders.map((contender) => [
      label(contender),
      frameFaces(side, contender.name),
      photoFaces(side, contender.name),
      ...figures.map((figure) => show(figure, contender.samples[figure])),
    ]),
    note: `Medians of ${count(rounds, 'round')} after ${warmup}, libraries in turns, ${count(starts, 'counted start')}. ${CONDITIONS[side.runtime]} In the frame every library that found the face did the same work; one that finds fewer faces in a photo does less.${reports}`,
  };
}

function tabulateRatios(side: PeersPiece, ratios: readonly Ratio[]): Table[] {
  if (ratios.length === 0) return [];
  return [
    {
      caption: `${place(side)}: isoface over the best of the peers`,
      columns: [
        { label: 'figure' },
        { label: 'pack' },
        { label: 'isoface' },
        { label: 'best peer' },
        { label: 'its figure' },
        { label: 'ratio' },
        { label: '95 % interval' },
      ],
      rows: ratios.map(({ figure, pack, value, peer, peerValue, ratio, interval: bounds }) => [
        `${FIGURES[figure].label}, ${shownUnit(figure)}`,
        pack,
        show(figure, [value]),
        peer,
        show(figure, [peerValue]),
        round(ratio, 3),
        bounds && `${round(bounds[0], 3)} to ${round(bounds[1], 3)}`,
      ]),
      note: 'Below 1 isoface takes less. For each figure the peer with the smallest median. Intervals by drawing rounds with replacement; of few rounds they are too narrow.',
    },
  ];
}

function tabulateFaces(side: PeersPiece): Table {
  const pictures = [...new Set(side.contenders.flatMap(({ faces }) => faces.map(({ picture }) => picture)))];
  return {
    caption: `${place(side)}: faces found, with landmarks and embedding`,
    columns: [{ label: 'picture' }, ...side.contenders.map(({ name }) => ({ label: name }))],
    rows: pictures.map((picture) => [
      picture,
      ...side.contenders.map(({ faces }): Cell => faces.find((found) => found.picture === picture)?.faces),
    ]),
  };
}

function tabulateContenders(side: PeersPiece): Table {
  return {
    caption: `${place(side)}: what ran`,
    columns: [{ label: 'library' }, { label: 'version' }, { label: 'work' }, { label: 'as it says itself' }],
    rows: side.contenders.map((contender) => [
      label(contender),
      contender.version,
      contender.work,
      Object.entries(contender.runs)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    ]),
  };
}

function tabulateFailures(side: PeersPiece): Table[] {
  if (side.failed.length === 0) return [];
  return [
    {
      caption: `${place(side)}: peers that did not start`,
      columns: [{ label: 'library' }, { label: 'reason' }],
      rows: side.failed.map(({ name, reason }) => [name, reason]),
    },
  ];
}

function drawRatios(side: PeersPiece, ratios: readonly Ratio[]): Chart[] {
  const drawn = ratios.filter(({ ratio }) => Number.isFinite(ratio) && ratio > 0);
  if (drawn.length === 0) return [];
  return [
    {
      kind: 'intervals',
      title: `${place(side)}: isoface over the best of the peers`,
      description: 'Left of 1 isoface takes less. Intervals of 95 % over the rounds; figures with one sample have none.',
      x: { label: 'ratio', scale: 'log' },
      rows: drawn.map(({ figure, pack, ratio, interval: bounds, pairs }) => ({
        label: `${FIGURES[figure].label}: ${pack}`,
        value: ratio,
        ci95: bounds ?? [ratio, ratio],
        n: pairs.length,
      })),
      marks: [{ x: 1, label: 'equal' }],
    },
  ];
}

function* listRows(runtime: PeersRuntime, { name, library, version, samples, faces, files = [] }: ContenderFigures): Generator<Cell[]> {
  for (const figure of FIGURE_NAMES) {
    for (const [i, value] of (samples[figure] ?? []).entries()) {
      yield [runtime, name, library, version, figure, undefined, FIGURES[figure].unit, i, value];
    }
  }
  for (const { picture, faces: found } of faces) yield [runtime, name, library, version, 'faces', picture, undefined, 0, found];
  for (const { path, gzip } of files) yield [runtime, name, library, version, 'file/gzip', path, 'bytes', 0, gzip];
}

function frameFaces({ contenders }: PeersPiece, name: string): number | undefined {
  return contenders.find((contender) => contender.name === name)?.faces.find(({ picture }) => isFrame(picture))?.faces;
}

function photoFaces({ contenders }: PeersPiece, name: string): number {
  const faces = contenders.find((contender) => contender.name === name)?.faces ?? [];
  return faces.filter(({ picture }) => !isFrame(picture)).reduce((sum, { faces: found }) => sum + found, 0);
}

function isFrame(picture: string): boolean {
  return picture.startsWith('frame-');
}

function place({ runtime, platform }: PeersPiece): string {
  return `${PLACES[runtime]} ${platform.split('.')[0]}`;
}

function label({ name, isPeer, version }: ContenderFigures): string {
  return isPeer ? `${name} ${version}` : `isoface, ${name}`;
}

function share({ ratio }: Ratio): string {
  return ratio < 1 ? `1/${(1 / ratio).toFixed(1)} of` : `${ratio.toFixed(1)} times`;
}

function interval({ interval: bounds }: Ratio): string {
  return bounds === undefined ? '' : `, ratio between ${round(bounds[0], 3)} and ${round(bounds[1], 3)}`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Downloads are shown in megabytes. */
function shownUnit(figure: FigureName): string {
  const { unit } = FIGURES[figure];
  return unit === 'bytes' ? 'MB' : unit;
}

function show(figure: FigureName, samples: readonly number[] | undefined): Cell {
  if (samples === undefined || samples.length === 0) return undefined;
  const value = medianOf(samples);
  if (FIGURES[figure].unit === 'bytes') return round(value / 1e6, 1);
  return round(value, value < 100 ? 1 : 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
