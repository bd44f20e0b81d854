/** Suite `precision`: order of the pairs, losses, verdicts, output errors, variants and the report, with known answers. */

import { asHostTensor } from '@isoface/core';
import { computeFoldAccuracy, createRandom } from '@isoface/core/evaluation';
import { renderReportPage } from '@isoface/evaluation';
import { blazeface, faceLandmark68, faceRecognition, ultrafaceRfb320 } from '@isoface/models';
import { createFakeBackend } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';
import { chooseFmr, measureLosses, type ScoredPairs } from '../src/suites/precision/accuracy-loss.ts';
import { orderPairs } from '../src/suites/precision/balanced-pairs.ts';
import { interleave } from '../src/suites/precision/interleave.ts';
import { judgeVariant, needsOwnThreshold } from '../src/suites/precision/judge-variant.ts';
import { makeVariants, takeEvenly } from '../src/suites/precision/make-variants.ts';
import { computeOutputError, type Outputs } from '../src/suites/precision/output-error.ts';
import type { AccuracyPiece, FilesPiece, PrecisionPiece, SpeedPiece } from '../src/suites/precision/precision-piece.ts';
import { reportPrecision } from '../src/suites/precision/precision-report.ts';
import { computeSpeedRatio } from '../src/suites/precision/speed-ratio.ts';
import { VARIANT_NAMES, type VariantName } from '../src/suites/precision/variant-name.ts';
import type { VariantTools } from '../src/suites/precision/variant-tools.ts';
import { createWeightedFoldAccuracy } from '../src/suites/precision/weighted-fold-accuracy.ts';

const NEVER = new AbortController().signal;

describe('orderPairs', () => {
  const fold = Uint8Array.from({ length: 60 }, (_, i) => Math.floor(i / 20));
  const isGenuine = Uint8Array.from({ length: 60 }, (_, i) => (i % 20 < 10 ? 1 : 0));
  const blocks = orderPairs({ isGenuine, fold });

  it('takes one pair of each class and fold in every block, and every pair once', () => {
    expect(blocks).toHaveLength(10);
    for (const block of blocks) {
      expect(block.map((i) => `${fold[i]} ${isGenuine[i]}`).sort()).toEqual(['0 0', '0 1', '1 0', '1 1', '2 0', '2 1']);
    }
    expect(blocks.flat().sort((a, b) => a - b)).toEqual(Array.from(fold.keys()));
  });

  it('shuffles, always alike', () => {
    expect(orderPairs({ isGenuine, fold })).toEqual(blocks);
    expect(blocks.map((block) => block.find((i) => i < 20 && isGenuine[i] === 1))).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('goes on with the others where a fold has fewer', () => {
    const uneven = orderPairs({ isGenuine: Uint8Array.of(1, 1, 0, 1), fold: Uint8Array.of(0, 0, 0, 1) });
    expect(uneven.map(({ length }) => length)).toEqual([3, 1]);
  });
});

/** Pairs whose classes overlap; equal scores are among them. */
function drawPairs(count: number, seed: number) {
  const random = createRandom(seed);
  const isGenuine = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const fold = Uint8Array.from({ length: count }, (_, i) => Math.floor(i / 2) % 5);
  const scores = Float64Array.from(isGenuine, (flag) => Math.round((random() + flag * 0.5) * 100) / 100);
  return { scores, isGenuine, fold };
}

describe('createWeightedFoldAccuracy', () => {
  it.each([1, 2, 3, 4, 5])('is the accuracy over folds where all weights are 1 (seed %i)', (seed) => {
    const pairs = drawPairs(200, seed);
    const ones = new Float64Array(200).fill(1);
    // Sums in another order.
    expect(createWeightedFoldAccuracy(pairs)(ones)).toBeCloseTo(computeFoldAccuracy(pairs).mean, 12);
  });

  it.each([6, 7, 8])('takes a pair of weight n for n pairs (seed %i)', (seed) => {
    const pairs = drawPairs(120, seed);
    const random = createRandom(seed + 100);
    const weights = Float64Array.from({ length: 120 }, () => Math.floor(random() * 3));
    const repeated = Array.from(weights.keys()).flatMap((i) => new Array<number>(weights[i] as number).fill(i));
    const copies = {
      scores: Float64Array.from(repeated, (i) => pairs.scores[i] as number),
      isGenuine: Uint8Array.from(repeated, (i) => pairs.isGenuine[i] as number),
      fold: Uint8Array.from(repeated, (i) => pairs.fold[i] as number),
    };
    expect(createWeightedFoldAccuracy(pairs)(weights)).toBeCloseTo(computeFoldAccuracy(copies).mean, 12);
  });

  it('has nothing to say of one fold', () => {
    const { scores, isGenuine, fold } = drawPairs(40, 1);
    const weights = Float64Array.from(fold, (label) => (label === 0 ? 1 : 0));
    expect(createWeightedFoldAccuracy({ scores, isGenuine, fold })(weights)).toBeNaN();
  });
});

describe('measureLosses', () => {
  /** Every pair has people of its own; float32 decides all of them right. */
  function toPairs(count: number, change: (scores: Float64Array) => void): ScoredPairs {
    const isGenuine = Uint8Array.from({ length: count }, (_, i) => i % 2);
    const float32 = Float64Array.from(isGenuine, (flag, i) => (flag === 1 ? 0.8 : 0.1) + i / 1e6);
    const int8 = float32.slice();
    change(int8);
    return {
      first: Uint32Array.from(isGenuine.keys(), (i) => 2 * i),
      second: Uint32Array.from(isGenuine.keys(), (i) => (isGenuine[i] === 1 ? 2 * i : 2 * i + 1)),
      identityCount: 2 * count,
      isGenuine,
      fold: Uint8Array.from(isGenuine.keys(), (i) => Math.floor(i / 2) % 10),
      scores: new Map<VariantName, Float64Array>([
        ['float32', float32],
        ['int8', int8],
      ]),
    };
  }
  const lossOf = ({ variants }: ReturnType<typeof measureLosses>) => variants.find(({ variant }) => variant === 'int8')?.loss;

  it('says that equal scores lose nothing', () => {
    const losses = measureLosses(
      toPairs(200, () => {}),
      0.5,
      50,
    );
    expect(losses).toMatchObject({ genuinePairs: 100, impostorPairs: 100, fmr: 0.03, keptThreshold: { value: 0.5, origin: 'pack' } });
    expect(losses.variants.map(({ accuracy }) => accuracy)).toEqual([1, 1]);
    for (const loss of Object.values(lossOf(losses) ?? {})) expect(loss).toEqual({ value: 0, ci95: [0, 0] });
  });

  it('counts what changes, in percentage points', () => {
    // 10 of 200 pairs: genuine ones become less alike than every impostor pair, two in each of five folds.
    const losses = measureLosses(
      toPairs(200, (scores) => {
        for (let i = 1; i < 200; i += 20) scores[i] = 0.01;
      }),
      0.5,
      200,
    );
    const loss = lossOf(losses);
    expect(loss?.accuracy.value).toBe(5);
    expect(loss?.keptTar.value).toBe(10);
    expect(loss?.keptFmr.value).toBe(0);
    for (const { value, ci95 } of Object.values(loss ?? {})) {
      expect(ci95[0]).toBeLessThan(value);
      expect(ci95[1]).toBeGreaterThan(value);
    }
    // Ten changes of 200 are no accident: 5 +- 1.96 sqrt(0.05 * 0.95 / 200) = [2, 8].
    expect(loss?.accuracy.ci95[0]).toBeGreaterThan(0);
    expect(loss?.accuracy.ci95[1]).toBeLessThan(12);
  });

  it('counts more false matches as a loss', () => {
    const losses = measureLosses(
      toPairs(200, (scores) => {
        for (let i = 0; i < 200; i += 40) scores[i] = 0.7;
      }),
      0.5,
      50,
    );
    expect(lossOf(losses)?.keptFmr.value).toBe(5);
    expect(losses.variants[1]?.kept).toEqual({ tar: 1, fmr: 0.05 });
  });

  it('does not take few pairs without a change for a proof', () => {
    const raise = (scores: Float64Array): void => scores.set(scores.map((score) => score + 1e-9));
    // Clopper-Pearson for 0 of 40: 1 - 0.025^(1/40) = 0.0881.
    const loss = lossOf(measureLosses(toPairs(40, raise), 0.5, 50));
    expect(loss?.accuracy).toEqual({ value: 0, ci95: [expect.closeTo(-8.81, 2), expect.closeTo(8.81, 2)] });
  });

  it('keeps the threshold of float32 for a pack without one', () => {
    const losses = measureLosses(
      toPairs(200, () => {}),
      undefined,
      50,
    );
    expect(losses.keptThreshold.origin).toBe('measured');
    expect(losses.variants[0]?.kept.fmr).toBe(losses.variants[0]?.own.fmr);
  });

  it.each([
    [3000, 1e-3],
    [2999, 3e-3],
    [300, 1e-2],
    [299, 3e-2],
    [30, 1e-1],
    [3, 1e-1],
  ])('resolves with %i impostor pairs FMR %d', (pairs, fmr) => {
    expect(chooseFmr(pairs)).toBe(fmr);
  });
});

describe('judgeVariant', () => {
  const ratio = (median: number, low = median - 0.02, high = median + 0.02) => ({ median, ci95: [low, high] as const, rounds: 30 });
  const onNode = (median: number, low?: number, high?: number) => [{ runtime: 'node-cpu', ratio: ratio(median, low, high) }];
  const loss = (value: number, low: number, high: number) => ({ value, ci95: [low, high] as const });
  const shift = (p95Px: number, lost = 0, extra = 0) => ({ kind: 'shift', faces: 10, lost, extra, medianPx: 0.1, p95Px }) as const;

  it.each([
    ['smaller and harmless', { size: 0.5, speed: onNode(1.3), accuracyLoss: loss(0.1, -0.2, 0.5) }, 'worth it'],
    ['smaller and harmful', { size: 0.5, speed: [], accuracyLoss: loss(1, 0.6, 1.5) }, 'not worth it'],
    ['smaller, with too few pairs', { size: 0.5, speed: [], accuracyLoss: loss(0.1, -0.5, 0.6) }, 'undecided'],
    ['smaller, accuracy not measured', { size: 0.5, speed: [] }, 'undecided'],
    ['faster and harmless', { size: 1, speed: onNode(0.9), accuracyLoss: loss(0, 0, 0) }, 'worth it'],
    ['faster by less than a tenth', { size: 0.91, speed: onNode(0.91), accuracyLoss: loss(0, 0, 0) }, 'not worth it'],
    ['faster within the noise', { size: 1, speed: onNode(0.8, 0.5, 1.1), accuracyLoss: loss(0, 0, 0) }, 'not worth it'],
    ['a detector that finds the same', { size: 0.5, speed: [], error: shift(1) }, 'worth it'],
    ['a detector that moves landmarks', { size: 0.5, speed: [], error: shift(1.1) }, 'not worth it'],
    ['a detector that loses a face', { size: 0.5, speed: [], error: shift(0.1, 1) }, 'not worth it'],
    ['a detector that sees things', { size: 0.5, speed: [], error: shift(0.1, 0, 3) }, 'not worth it'],
  ] as const)('%s', (_, figures, verdict) => {
    expect(judgeVariant(figures)).toBe(verdict);
  });
});

describe('needsOwnThreshold', () => {
  const none = { value: 0, ci95: [-0.1, 0.1] as const };
  const worse = { value: 29, ci95: [15, 46] as const };
  const better = { value: -2, ci95: [-3, -1] as const };

  it.each([
    ['where nothing changed', { tar: none, fmr: none }, false],
    ['where false matches increase', { tar: better, fmr: worse }, true],
    ['where true accepts decrease', { tar: worse, fmr: better }, true],
  ])('%s', (_, kept, expected) => {
    expect(needsOwnThreshold({ size: 1, speed: [], kept })).toBe(expected);
  });

  it('is said beside the verdict', () => {
    const [float32, int8] = accuracy.variants;
    const shifted = [float32, int8 && { ...int8, loss: int8.loss && { ...int8.loss, keptFmr: worse } }].filter(
      (variant) => variant !== undefined,
    );
    const { findings } = reportPrecision(toMeasured([files, { ...accuracy, variants: shifted }]));
    expect(findings[0]).toContain(
      'needs a threshold of its own: at the kept one TAR falls by 0.00 [-0.10, 0.10] and FMR grows by 29.00 [15.00, 46.00] points',
    );
  });
});

describe('computeSpeedRatio', () => {
  it('divides round by round', () => {
    // The third round was slow for both.
    expect(computeSpeedRatio([1, 1, 10], [2, 2, 20])).toEqual({ median: 0.5, ci95: [0.5, 0.5], rounds: 3 });
  });

  it('takes the interval from the order of the ratios', () => {
    const samples = Array.from({ length: 100 }, (_, i) => i + 1);
    // Ranks 50 -+ 9.8.
    expect(computeSpeedRatio(samples, new Array<number>(100).fill(1))).toEqual({ median: 50, ci95: [41, 60], rounds: 100 });
  });

  it('leaves out rounds in which the clock stood still', () => {
    expect(computeSpeedRatio([1, 1], [0, 2])).toEqual({ median: 0.5, ci95: [0.5, 0.5], rounds: 1 });
    expect(computeSpeedRatio([], [])).toBeUndefined();
  });
});

describe('interleave', () => {
  /** Each run takes 10 ms of a clock of its own. */
  async function record(rounds: Parameters<typeof interleave>[1], budgetMs: number) {
    let now = 0;
    const order: string[] = [];
    const samples = await interleave(
      ['a', 'b', 'c'],
      rounds,
      budgetMs,
      async (runner) => {
        now += 10;
        order.push(runner);
        return `${runner}${now}`;
      },
      () => now,
    );
    return { order: order.join(''), counts: samples.map(({ length }) => length), samples };
  }

  it('begins each round with another one', async () => {
    const { order, samples } = await record({ warmup: 1, atLeast: 3, atMost: 3 }, 10_000);
    expect(order).toBe('abcabcbcacab');
    expect(samples).toEqual([
      ['a40', 'a90', 'a110'],
      ['b50', 'b70', 'b120'],
      ['c60', 'c80', 'c100'],
    ]);
  });

  it.each([
    ['as many as may be made while there is time', { warmup: 0, atLeast: 2, atMost: 8 }, 10_000, 8],
    ['as many as must be made when the time is over', { warmup: 0, atLeast: 8, atMost: 20 }, 150, 8],
    ['five where even that takes too long', { warmup: 0, atLeast: 30, atMost: 60 }, 30, 5],
    ['what there is time for', { warmup: 0, atLeast: 2, atMost: 20 }, 300, 10],
  ])('makes %s', async (_, rounds, budgetMs, expected) => {
    expect((await record(rounds, budgetMs)).counts).toEqual([expected, expected, expected]);
  });

  it('warms up for a quarter of the time at most', async () => {
    const { order, counts } = await record({ warmup: 100, atLeast: 1, atMost: 1 }, 240);
    expect([order.length - 3, counts[0]]).toEqual([6, 1]);
  });
});

describe('computeOutputError', () => {
  const input = asHostTensor(new Float32Array(0), []);
  const outputs = (values: Readonly<Record<string, readonly number[]>>): Outputs =>
    Object.fromEntries(Object.entries(values).map(([name, data]) => [name, asHostTensor(Float32Array.from(data), [1, data.length])]));

  it('gives the cosine of embeddings', () => {
    const reference = [outputs({ embedding: [3, 4] }), outputs({ embedding: [1, 0] }), outputs({ embedding: [0, 1] })];
    const actual = [outputs({ embedding: [6, 8] }), outputs({ embedding: [4, 3] }), outputs({ embedding: [1, 2] })];
    const error = computeOutputError(faceRecognition, [{ input }, { input }, { input }], reference, actual);
    // 2 / sqrt(5).
    expect(error).toEqual({ kind: 'cosine', faces: 3, median: expect.closeTo(0.894427, 6), lowest: expect.closeTo(0.8, 6) });
  });

  it('gives the shift of landmarks in pixels of the picture', () => {
    const points = Array.from({ length: 136 }, (_, i) => i / 136);
    // Every point by 0.03, 0.04 of a crop of 200 pixels.
    const moved = points.map((value, i) => value + (i % 2 === 0 ? 0.03 : 0.04));
    const sample = { input, unitPx: 200 };
    const error = computeOutputError(faceLandmark68, [sample], [outputs({ landmarks: points })], [outputs({ landmarks: moved })]);
    expect(error).toEqual({ kind: 'shift', faces: 1, lost: 0, extra: 0, medianPx: expect.closeTo(10, 4), p95Px: expect.closeTo(10, 4) });
  });

  it('matches faces by their boxes', () => {
    const geometry = { inputWidth: 320, inputHeight: 240, scaleX: 2, scaleY: 2, originX: 0, originY: 0 };
    const found = (...faces: readonly (readonly number[])[]): Outputs =>
      outputs({ scores: faces.flatMap(() => [0.1, 0.9]), boxes: faces.flat() });
    const reference = found([0.1, 0.1, 0.3, 0.4], [0.6, 0.6, 0.8, 0.9]);
    // The first one moved by 3.2 pixels of the input, 6.4 of the picture; the second is gone; a third one came.
    const actual = found([0.11, 0.1, 0.31, 0.4], [0.4, 0, 0.5, 0.1]);
    const error = computeOutputError(ultrafaceRfb320, [{ input, geometry }], [reference], [actual]);
    expect(error).toEqual({ kind: 'shift', faces: 2, lost: 1, extra: 1, medianPx: expect.closeTo(6.4, 3), p95Px: expect.closeTo(6.4, 3) });
    expect(computeOutputError(ultrafaceRfb320, [{ input, geometry }], [reference], [found()])).toEqual({
      kind: 'shift',
      faces: 2,
      lost: 2,
      extra: 0,
    });
  });

  it('has nothing to say without faces', () => {
    expect(computeOutputError(blazeface, [], [], [])).toBeUndefined();
  });
});

describe('makeVariants', () => {
  const converted = (byte: number, leftAlone = 0) => ({ bytes: Uint8Array.of(byte), report: { leftAlone: new Array(leftAlone) } });
  const tools = (change: Partial<VariantTools<number>> = {}): VariantTools<number> => ({
    toFloat16Stored: () => converted(1),
    toFloat16: () => converted(2, 3),
    collectActivationRanges: async (_, { inputs }) => inputs.length,
    quantizeToInt8: (_, ranges, { skip }) => converted(ranges, skip.length),
    findSensitiveNodes: async (_, __, { inputs }) => [`conv ${inputs.length}`],
    ...change,
  });
  const inputs = Array.from({ length: 9 }, () => asHostTensor(new Float32Array(1), [1]));
  const backend = createFakeBackend();
  const options = { tools: tools(), wanted: VARIANT_NAMES, backend, inputs, signal: NEVER };

  it('makes all, with what was left in float32', async () => {
    const { variants, missing } = await makeVariants(Uint8Array.of(0), options);
    expect(variants).toEqual([
      { variant: 'float32', bytes: Uint8Array.of(0) },
      { variant: 'float16-stored', bytes: Uint8Array.of(1), nodesInFloat32: 0 },
      { variant: 'float16', bytes: Uint8Array.of(2), nodesInFloat32: 3 },
      { variant: 'int8', bytes: Uint8Array.of(9), nodesInFloat32: 0 },
      { variant: 'int8-mixed', bytes: Uint8Array.of(9), nodesInFloat32: 1 },
    ]);
    expect(missing).toEqual([]);
  });

  it('makes only what is wanted', async () => {
    const { variants, missing } = await makeVariants(Uint8Array.of(0), { ...options, wanted: ['float32', 'int8'] });
    expect([variants.map(({ variant }) => variant), missing]).toEqual([['float32', 'int8'], []]);
  });

  it('says why one cannot be made', async () => {
    const broken = tools({
      toFloat16: () => {
        throw new Error('an operator without such a form');
      },
      findSensitiveNodes: async () => [],
    });
    const { variants, missing } = await makeVariants(Uint8Array.of(0), { ...options, tools: broken });
    expect(variants.map(({ variant }) => variant)).toEqual(['float32', 'float16-stored', 'int8']);
    expect(missing).toEqual([
      { variant: 'float16', reason: 'an operator without such a form' },
      { variant: 'int8-mixed', reason: expect.stringContaining('the file of int8') },
    ]);
  });

  it('needs faces for 8 bits', async () => {
    const { missing } = await makeVariants(Uint8Array.of(0), { ...options, inputs: [] });
    expect(missing.map(({ variant }) => variant)).toEqual(['int8', 'int8-mixed']);
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const aborting = tools({
      collectActivationRanges: async () => {
        controller.abort(new Error('enough'));
        throw new Error('aborted inside');
      },
    });
    await expect(makeVariants(Uint8Array.of(0), { ...options, tools: aborting, signal: controller.signal })).rejects.toThrow('enough');
  });

  it.each([
    [9, 4, [0, 2, 4, 6]],
    [3, 4, [0, 1, 2]],
    [4, 4, [0, 1, 2, 3]],
  ])('takes from the whole length: of %i values %i', (length, count, expected) => {
    expect(
      takeEvenly(
        Array.from({ length }, (_, i) => i),
        count,
      ),
    ).toEqual(expected);
  });
});

const files: FilesPiece = {
  kind: 'files',
  pack: 'starter',
  calibrationInputs: { detect: 19, embed: 32 },
  models: [
    {
      task: 'detect',
      model: 'blazeface',
      variants: [
        { variant: 'float32', bytes: 1000, gzipBytes: 900 },
        {
          variant: 'int8',
          bytes: 400,
          gzipBytes: 300,
          nodesInFloat32: 2,
          error: { kind: 'shift', faces: 14, lost: 1, extra: 2, medianPx: 0.5, p95Px: 1.5 },
        },
      ],
      missing: [{ variant: 'float16', reason: 'no kernel' }],
    },
    {
      task: 'embed',
      model: 'face-recognition',
      variants: [
        { variant: 'float32', bytes: 2000, gzipBytes: 1900 },
        { variant: 'int8', bytes: 800, gzipBytes: 700, error: { kind: 'cosine', faces: 14, median: 0.999, lowest: 0.998 } },
      ],
      missing: [],
    },
  ],
};
const speed: SpeedPiece = {
  kind: 'speed',
  pack: 'starter',
  runtime: 'node-cpu',
  rounds: 2,
  warmup: 1,
  models: [
    {
      task: 'embed',
      model: 'face-recognition',
      variants: [
        { variant: 'float32', wallMs: [8, 10], cpuMs: [8, 9], cpuMeanMs: 8.5 },
        { variant: 'int8', wallMs: [4, 6], cpuMs: [4, 4.5], cpuMeanMs: 4.25 },
      ],
      missing: [],
    },
  ],
};
const none = { value: 0, ci95: [-0.1, 0.1] as const };
const accuracy: AccuracyPiece = {
  kind: 'accuracy',
  pack: 'starter',
  model: 'face-recognition',
  pairs: 1200,
  pairsOfProtocol: 6000,
  genuinePairs: 600,
  impostorPairs: 600,
  identities: 900,
  notFound: 1,
  fmr: 1e-2,
  keptThreshold: { value: 0.926, origin: 'pack' },
  bootstrapRounds: 100,
  variants: [
    { variant: 'float32', accuracy: 0.987, own: { threshold: 0.91, tar: 0.98, fmr: 0.01 }, kept: { tar: 0.96, fmr: 0.001 } },
    {
      variant: 'int8',
      accuracy: 0.986,
      own: { threshold: 0.91, tar: 0.98, fmr: 0.01 },
      kept: { tar: 0.96, fmr: 0.001 },
      loss: { accuracy: { value: 0.1, ci95: [-0.2, 0.4] }, ownTar: none, keptTar: none, keptFmr: none },
    },
  ],
  missing: [],
};
const all = [files, speed, accuracy];
const toMeasured = (pieces: readonly PrecisionPiece[]) => pieces.map((value) => ({ name: `${value.kind}-${value.pack}`, value }));

describe('reportPrecision', () => {
  const report = reportPrecision(toMeasured(all));

  it('states a verdict for each variant, with its figures', () => {
    expect(report.findings).toEqual([
      'int8: worth it for starter face-recognition (0.40 of the bytes, 0.50 of the time on node-cpu, 0.10 [-0.20, 0.40] points of accuracy lost, 1,200 pairs used of 6,000); ' +
        'not worth it for starter blazeface (0.40 of the bytes, 0.50 px, 95 % below 1.50 px, 1 of 14 faces lost, 2 added).',
      "starter: accuracy on LFW with 1,200 pairs used of 6,000; 600 impostor pairs resolve FMR 1.00 %; the kept threshold is the pack's own for FMR 1e-3. 1 images without a found face count as unlike.",
    ]);
  });

  it('gives series that can be compared', () => {
    const keys = report.series.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(report.series.find(({ key }) => key === 'file/starter/embed.int8/bytes')).toMatchObject({ unit: 'bytes', samples: [800] });
    expect(report.series.find(({ key }) => key === 'node-cpu/starter/embed.int8/cpu')).toEqual({
      key: 'node-cpu/starter/embed.int8/cpu',
      piece: 'speed-starter',
      unit: 'ms',
      better: 'lower',
      samples: [4, 4.5],
    });
  });

  it('says how many pairs were used wherever it states accuracy', () => {
    const { charts, tables } = report;
    const losses = charts.filter(({ title }) => title.includes('lost'));
    expect(losses).toHaveLength(3);
    for (const { description } of losses) expect(description).toContain('1,200 pairs used of 6,000');
    expect(tables.find(({ caption }) => caption.includes('LFW'))?.caption).toContain('1,200 pairs used of 6,000');
  });

  it('lists what was not measured, once', () => {
    const [model] = speed.models;
    const again = {
      ...speed,
      models: model === undefined ? [] : [{ ...model, model: 'blazeface', missing: [{ variant: 'float16', reason: 'no kernel' }] }],
    };
    const missing = reportPrecision(toMeasured([files, again as SpeedPiece])).tables.find(
      ({ caption }) => caption === 'Variants that were not measured',
    );
    expect(missing?.rows).toEqual([['starter', 'blazeface', 'float16', 'made', 'no kernel']]);
  });

  it.each([
    ['nothing', []],
    ['files alone', [files]],
    ['speed alone', [speed]],
    ['accuracy alone', [accuracy]],
    ['all', all],
  ])('can be drawn from %s', (_, pieces) => {
    const { charts, tables, csv } = reportPrecision(toMeasured(pieces));
    const html = renderReportPage({ title: 'precision', facts: [], sections: [{ heading: 'precision', charts, tables }] });
    expect(html).toContain('</html>');
    expect(html).not.toMatch(/NaN|undefined/);
    for (const row of csv.rows) expect(row).toHaveLength(csv.columns.length);
  });
});
