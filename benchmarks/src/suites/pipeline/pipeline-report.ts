/** What the suite says of its pieces. */

import { type Chart, formatNumber, formatPercent, type Table } from '@isoface/evaluation';
import type { MeasuredPiece, SuiteReport } from '../../run/suite.ts';
import { medianOf } from '../../statistics.ts';
import { type EventLoopValue, type ImagesValue, type OverheadValue, type PipelinePiece, STAGES } from './pipeline-piece.ts';
import { toSeries } from './pipeline-series.ts';
import { type RuntimeSummary, summarizeRuntime } from './runtime-summary.ts';
import { toDigits } from './summary.ts';

/** Columns of the rows: one for each picture, round, runtime and pack. */
const CSV_COLUMNS = [
  'runtime',
  'pack',
  'image',
  'round',
  ...STAGES.map((stage) => `${stage}_ms`),
  'total_ms',
  'cpu_ms',
  'faces',
  'match_accuracy',
];

/** Describes what was measured; works on any of the pieces. */
export function reportPipeline(pieces: readonly MeasuredPiece<PipelinePiece>[]): SuiteReport {
  const values = pieces.map(({ value }) => value);
  const images = values.filter((value) => value.kind === 'images');
  const overheads = values.filter((value) => value.kind === 'overhead');
  const eventLoops = values.filter((value) => value.kind === 'eventLoop');
  const summaries = images.flatMap(({ pack, runtimes }) => runtimes.flatMap((runtime) => summarizeRuntime(pack, runtime) ?? []));
  return {
    series: pieces.flatMap(toSeries),
    findings: [
      ...summaries.map(describeRuntime),
      ...summaries.flatMap(describeAccuracy),
      ...images.flatMap(describeParity),
      ...images.flatMap(describeExtent),
      ...overheads.map(describeOverhead),
      ...eventLoops.map(describeEventLoop),
    ],
    charts: [...drawStages(summaries), ...drawAccuracy(summaries)],
    tables: [
      ...tabulateRuntimes(summaries, images),
      ...tabulateStages(summaries),
      ...tabulateParity(images),
      ...tabulateOverhead(overheads),
      ...tabulateEventLoop(eventLoops),
      ...tabulateLeftOut(images),
    ],
    csv: { columns: CSV_COLUMNS, rows: listRows(images) },
  };
}

function describeRuntime({ runtime, pack, provider, total, cpu, perSecond, firstResultMs }: RuntimeSummary): string {
  return (
    `${runtime} (${provider}), pack ${pack}: ${ms(total.median)} per picture in the median, ${ms(cpu)} of CPU time, ` +
    `${formatNumber(toDigits(perSecond))} pictures per second one after the other; first result after ${ms(firstResultMs)}.`
  );
}

function describeAccuracy({ runtime, pack, accuracy }: RuntimeSummary): string[] {
  if (accuracy === undefined) return [];
  const { found, pictures, share, ci95, enrolled } = accuracy;
  return [
    `${runtime}, pack ${pack}: the search among ${enrolled} enrolled found the right identity for ${found} of ${pictures} pictures, ` +
      `${formatPercent(share, ci95)}.`,
  ];
}

function describeParity({ pack, parity }: ImagesValue): string[] {
  const compared = parity.filter(({ images }) => images > 0);
  if (compared.length === 0) return [];
  const worst = compared.reduce((a, b) => (b.worst > a.worst ? b : a));
  const runtimes = [...new Set(compared.flatMap(({ a, b }) => [a, b]))].sort();
  return [
    `Pack ${pack}: the embeddings of one picture are at most a cosine distance of ${formatNumber(toDigits(worst.worst))} apart between ` +
      `${runtimes.join(', ')} (${worst.a} and ${worst.b}, ${worst.worstImage}).`,
  ];
}

function describeExtent({ pack, ids, images, rounds, isCutShort }: ImagesValue): string[] {
  if (!isCutShort) return [];
  return [`Pack ${pack}: ${ids.length} of ${images} pictures were measured, ${countOf(rounds, 'round')} in full; then the time was over.`];
}

function describeOverhead({ pack, image, faces, pipeline, bare }: OverheadValue): string {
  const [spent, models] = [medianOf(pipeline), medianOf(bare)];
  return (
    `Pack ${pack}, Node on the CPU: the pipeline costs ${formatPercent(spent / models - 1)} more CPU time than its bare model runs, ` +
    `${ms(spent)} against ${ms(models)} (medians of ${pipeline.length} rounds, ${image}, ${countOf(faces, 'face')}).`
  );
}

function describeEventLoop({ pack, threads, inFlight, analyses, lagP99, lagMax }: EventLoopValue): string {
  return (
    `Pack ${pack}: with ${inFlight} analyses in flight on ${threads} threads the event loop lags by ${ms(medianOf(lagP99))} at the 99th ` +
    `percentile and by ${ms(Math.max(...lagMax))} at most (${analyses} analyses).`
  );
}

function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function ms(value: number): string {
  return `${formatNumber(toDigits(value))} ms`;
}

function nameOf({ runtime, pack }: RuntimeSummary): string {
  return `${runtime}, ${pack}`;
}

function drawStages(summaries: readonly RuntimeSummary[]): Chart[] {
  if (summaries.length === 0) return [];
  return [
    {
      kind: 'heatMap',
      title: 'Where the time goes',
      description: 'Median wall time of each stage over all pictures and rounds.',
      columns: [...STAGES, 'total'],
      rows: summaries.map((summary) => ({
        label: nameOf(summary),
        values: [
          ...STAGES.map((name) => summary.stages.find(({ stage }) => stage === name)?.wall.median ?? Number.NaN),
          summary.total.median,
        ],
      })),
      value: { label: 'Median wall time, ms, logarithmic shades', scale: 'log' },
    },
  ];
}

function drawAccuracy(summaries: readonly RuntimeSummary[]): Chart[] {
  const rows = summaries.flatMap((summary) => {
    const { accuracy } = summary;
    if (accuracy === undefined) return [];
    return [{ label: nameOf(summary), value: accuracy.share, ci95: accuracy.ci95, n: accuracy.pictures }];
  });
  if (rows.length === 0) return [];
  return [
    {
      kind: 'intervals',
      title: 'Match accuracy',
      description:
        'Share of the pictures for which the search of a closed set found the right identity, with 95 % intervals (Clopper-Pearson).',
      rows,
      x: { label: 'Share of pictures', scale: 'linear', format: 'percent', max: 1 },
    },
  ];
}

function tabulateRuntimes(summaries: readonly RuntimeSummary[], images: readonly ImagesValue[]): Table[] {
  if (summaries.length === 0) return [];
  const sets = [...new Set(images.map(({ set }) => set))];
  const extent = images.map(
    ({ pack, ids, images: all, rounds }) => `${pack}: ${ids.length} of ${all} pictures, ${countOf(rounds, 'round')} in full`,
  );
  const inSequence = images.filter(({ isInterleaved }) => !isInterleaved).map(({ pack }) => pack);
  return [
    {
      caption: 'Pictures: time and match accuracy',
      columns: [
        { label: 'Runtime' },
        { label: 'Pack' },
        { label: 'Provider' },
        { label: 'Mean, ms' },
        { label: 'Median, ms' },
        { label: '95th percentile, ms' },
        { label: 'Variance, ms²' },
        { label: 'CPU, ms per picture' },
        { label: 'Pictures per second' },
        { label: 'Ready after, ms' },
        { label: 'First result after, ms' },
        { label: 'Match accuracy [95 %]', align: 'right' },
        { label: 'Pictures searched' },
        { label: 'Enrolled' },
      ],
      rows: summaries.map(({ runtime, pack, provider, total, cpu, perSecond, readyMs, firstResultMs, accuracy }) => [
        runtime,
        pack,
        provider,
        toDigits(total.mean),
        toDigits(total.median),
        toDigits(total.p95),
        toDigits(total.variance),
        toDigits(cpu),
        toDigits(perSecond),
        Math.round(readyMs),
        Math.round(firstResultMs),
        accuracy && formatPercent(accuracy.share, accuracy.ci95),
        accuracy?.pictures,
        accuracy?.enrolled,
      ]),
      note: [
        `Pictures ${sets.join('; ')}. Measured: ${extent.join('; ')}.`,
        'Decoding and the search are included. CPU time is that of all threads: of the process in Node, of all processes of the browser.',
        'The start is that of a new process in Node and of a new browser, its files served from this machine.',
        'Match accuracy: share of the pictures, each counted once, whose nearest embedding among the first pictures of all identities is of the same identity; a picture without a found face counts as missed.',
        ...(inSequence.length === 0 ? [] : [`For want of memory the runtimes did not take turns: ${inSequence.join(', ')}.`]),
      ].join(' '),
    },
  ];
}

function tabulateStages(summaries: readonly RuntimeSummary[]): Table[] {
  if (summaries.length === 0) return [];
  return [
    {
      caption: 'Stages: wall time',
      columns: [
        { label: 'Runtime' },
        { label: 'Pack' },
        { label: 'Stage' },
        { label: 'Mean, ms' },
        { label: 'Median, ms' },
        { label: '95th percentile, ms' },
        { label: 'Variance, ms²' },
      ],
      rows: summaries.flatMap(({ runtime, pack, stages }) =>
        stages.map(({ stage, wall }) => [
          runtime,
          pack,
          stage,
          toDigits(wall.mean),
          toDigits(wall.median),
          toDigits(wall.p95),
          toDigits(wall.variance),
        ]),
      ),
    },
  ];
}

function tabulateParity(images: readonly ImagesValue[]): Table[] {
  const rows = images.flatMap(({ pack, parity }) =>
    parity.map(({ a, b, images: count, worst, worstImage, oneSided }) => [
      pack,
      `${a} and ${b}`,
      count,
      count === 0 ? undefined : toDigits(worst),
      count === 0 ? undefined : worstImage,
      oneSided,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    {
      caption: 'Embeddings of the same picture in two runtimes',
      columns: [
        { label: 'Pack' },
        { label: 'Runtimes' },
        { label: 'Pictures' },
        { label: 'Largest cosine distance' },
        { label: 'Of picture', align: 'left' },
        { label: 'A face in one only' },
      ],
      rows,
      note: 'Each runtime decodes the files itself.',
    },
  ];
}

function tabulateOverhead(overheads: readonly OverheadValue[]): Table[] {
  if (overheads.length === 0) return [];
  return [
    {
      caption: 'Node on the CPU: the pipeline beside its bare model runs',
      columns: [
        { label: 'Pack' },
        { label: 'Stage' },
        { label: 'Pipeline, CPU ms' },
        { label: 'Bare models, CPU ms' },
        { label: 'Overhead', align: 'right' },
        { label: 'Rounds' },
      ],
      rows: overheads.flatMap(({ pack, stages, pipeline, bare }) => [
        ...stages.map((part) => [pack, part.stage, ...compareCosts(part.pipeline, part.bare)]),
        [pack, 'all', ...compareCosts(pipeline, bare)],
      ]),
      note: `Medians. The frame ${[...new Set(overheads.map(({ image }) => image))].join(', ')} is given as pixels. Its model runs are made again, in the same sessions with the same inputs in the same order, in turns with the analyses. What lies between the stages is part of "all".`,
    },
  ];
}

function compareCosts(pipeline: readonly number[], bare: readonly number[]): (string | number | undefined)[] {
  const [spent, models] = [medianOf(pipeline), bare.length === 0 ? undefined : medianOf(bare)];
  const overhead = models === undefined ? undefined : formatPercent(spent / models - 1);
  return [toDigits(spent), models && toDigits(models), overhead, pipeline.length];
}

function tabulateEventLoop(eventLoops: readonly EventLoopValue[]): Table[] {
  if (eventLoops.length === 0) return [];
  return [
    {
      caption: 'Lag of the event loop while the pool works',
      columns: [
        { label: 'Pack' },
        { label: 'In flight' },
        { label: 'Threads' },
        { label: 'Analyses' },
        { label: '99th percentile, ms' },
        { label: 'Largest, ms' },
      ],
      rows: eventLoops.map(({ pack, inFlight, threads, analyses, lagP99, lagMax }) => [
        pack,
        inFlight,
        threads,
        analyses,
        toDigits(medianOf(lagP99)),
        toDigits(Math.max(...lagMax)),
      ]),
      note: 'The 99th percentile is the median over stretches of 40 analyses.',
    },
  ];
}

function tabulateLeftOut(images: readonly ImagesValue[]): Table[] {
  const rows = images.flatMap(({ pack, runtimes, failures }) => [
    ...failures.map(({ runtime, reason }) => [runtime, pack, 'everything', reason]),
    ...runtimes.flatMap(({ runtime, problems: { count, first } }) =>
      first.length === 0 ? [] : [[runtime, pack, countOf(count, 'picture'), first.map(({ id, reason }) => `${id}: ${reason}`).join(' ')]],
    ),
  ]);
  if (rows.length === 0) return [];
  return [{ caption: 'Left out', columns: [{ label: 'Runtime' }, { label: 'Pack' }, { label: 'What' }, { label: 'Why' }], rows }];
}

function* listRows(images: readonly ImagesValue[]): Iterable<readonly (string | number | undefined)[]> {
  for (const { pack, ids, runtimes } of images) {
    for (const { runtime, samples } of runtimes) {
      for (const { image, round, stages, total, cpu, faces, isMatch } of samples)
        yield [runtime, pack, ids[image], round, ...stages, total, cpu, faces, isMatch];
    }
  }
}
