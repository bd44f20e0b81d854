import {
  computeDetectionPrecision,
  type DetectionImage,
  type DetectionPrecisionOptions,
  recallAtFalsePositives,
} from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './golden/rates.json' with { type: 'json' };

const FAST = { minIou: 0.5, bootstrapRounds: 20 } satisfies DetectionPrecisionOptions;

/** A box 20 wide and high at a place of its own for every `slot`, moved right by `shift`. */
const at = (slot: number, shift = 0) => ({ x: slot * 100 + shift, y: 0, width: 20, height: 20 });
const found = (slot: number, score: number, shift = 0) => ({ box: at(slot, shift), score });
const face = (slot: number, isIgnored = false) => ({ box: at(slot), isIgnored });

/** Two pictures; hit 0.9, miss 0.8, hit 0.7, and one face of three is never found. */
const SMALL: DetectionImage[] = [
  { detections: [found(0, 0.7), found(5, 0.8)], truths: [face(0), face(1)] },
  { detections: [found(0, 0.9)], truths: [face(0)] },
];

describe('computeDetectionPrecision', () => {
  it('gives the curve of a set counted by hand', () => {
    const { averagePrecision, averagePrecisionCi95, precision, recall, scores, falsePositives, ...counts } = computeDetectionPrecision(
      SMALL,
      FAST,
    );
    expect(counts).toEqual({ images: 2, truths: 3, detections: 3 });
    expect(Array.from(scores)).toEqual([0.9, 0.8, 0.7]);
    expect(Array.from(precision)).toEqual([1, 1 / 2, 2 / 3]);
    expect(Array.from(recall)).toEqual([1 / 3, 1 / 3, 2 / 3]);
    expect(Array.from(falsePositives)).toEqual([0, 1, 1]);
    expect(averagePrecision).toBeCloseTo((1 / 3) * 1 + (1 / 3) * (2 / 3), 12);
    expect(averagePrecisionCi95[0]).toBeLessThanOrEqual(averagePrecision);
    expect(averagePrecisionCi95[1]).toBeGreaterThanOrEqual(averagePrecision);
  });

  it.each<[string, DetectionImage, number, number]>([
    // name, image, hits, false positives
    ['finds a face at exactly the wanted overlap', { detections: [{ box: { ...at(0), height: 10 }, score: 1 }], truths: [face(0)] }, 1, 0],
    ['finds none at a little less', { detections: [{ box: { ...at(0), height: 9.99 }, score: 1 }], truths: [face(0)] }, 0, 1],
    ['counts the second detection of a face as false', { detections: [found(0, 0.9), found(0, 0.8)], truths: [face(0)] }, 1, 1],
    [
      'takes any number of detections on an ignored face for nothing',
      { detections: [found(1, 0.9), found(1, 0.8)], truths: [face(0), face(1, true)] },
      0,
      0,
    ],
    [
      'lets the most overlapped face decide, even an ignored one',
      { detections: [found(0, 1)], truths: [{ box: at(0, 4), isIgnored: false }, face(0, true)] },
      0,
      0,
    ],
    [
      'does not hand a detection on to the next face when its own is found',
      { detections: [found(0, 0.9), found(0, 0.8)], truths: [face(0), { box: at(0, 4), isIgnored: false }] },
      1,
      1,
    ],
    ['finds both of two faces labelled with one box', { detections: [found(0, 0.9), found(0, 0.8)], truths: [face(0), face(0)] }, 2, 0],
    [
      'prefers a face to be found to an ignored one with the same box',
      { detections: [found(0, 0.9)], truths: [face(0, true), face(0)] },
      1,
      0,
    ],
    [
      'cannot find a face without an area',
      { detections: [found(0, 0.9)], truths: [{ box: { ...at(0), width: 0 }, isIgnored: false }] },
      0,
      1,
    ],
    ['counts a detection without an area as false', { detections: [{ box: { ...at(0), width: -20 }, score: 1 }], truths: [face(0)] }, 0, 1],
    ['finds nothing without detections', { detections: [], truths: [face(0)] }, 0, 0],
  ])('%s', (_, image, hits, misses) => {
    const { recall, falsePositives, truths, detections } = computeDetectionPrecision([image], FAST);
    expect(detections).toBe(hits + misses);
    expect((recall.at(-1) ?? 0) * truths).toBe(hits);
    expect(falsePositives.at(-1) ?? 0).toBe(misses);
  });

  it('gives the face to the detection with the better score, not the better overlap', () => {
    const image = { detections: [found(0, 0.5), found(0, 0.6, 3)], truths: [face(0)] };
    expect(Array.from(computeDetectionPrecision([image], FAST).precision)).toEqual([1, 0.5]);
  });

  it('never matches across pictures', () => {
    const images = [
      { detections: [found(0, 1)], truths: [] },
      { detections: [], truths: [face(0)] },
    ];
    expect(computeDetectionPrecision(images, FAST)).toMatchObject({ averagePrecision: 0, truths: 1, detections: 1 });
  });

  it('matches by the centre where boxes are drawn in another way', () => {
    const head = { x: 0, y: 0, width: 100, height: 100 };
    const image = { detections: [{ box: { x: 40, y: 40, width: 20, height: 20 }, score: 1 }], truths: [{ box: head, isIgnored: false }] };
    expect(computeDetectionPrecision([image], FAST).averagePrecision).toBe(0);
    expect(computeDetectionPrecision([image], { ...FAST, boxMatch: 'centre' }).averagePrecision).toBe(1);
    const outside = { ...image, detections: [{ box: { x: 91, y: 40, width: 20, height: 20 }, score: 1 }] };
    expect(computeDetectionPrecision([outside], { ...FAST, boxMatch: 'centre' }).averagePrecision).toBe(0);
  });

  it.each(Object.entries(golden.detection))('agrees with scikit-learn on a set with %s', (_, set) => {
    const images = set.images.map(({ detections, truths }) => ({
      detections: detections.map(([x = 0, y = 0, width = 0, height = 0, score = 0]) => ({ box: { x, y, width, height }, score })),
      truths: truths.map(([x = 0, y = 0, width = 0, height = 0]) => ({ box: { x, y, width, height }, isIgnored: false })),
    }));
    const measured = computeDetectionPrecision(images, FAST);
    expect(measured.truths).toBe(set.truths);
    expect(Array.from(measured.scores)).toEqual(set.scores);
    // Sums in another order: a few units in the last place.
    expect(maxDifference(measured.precision, set.precision)).toBeLessThan(1e-12);
    expect(maxDifference(measured.recall, set.recall)).toBeLessThan(1e-12);
    expect(Math.abs(measured.averagePrecision - set.averagePrecision)).toBeLessThan(1e-12);
    expect(measured.averagePrecision).toBeGreaterThan(set.averagePrecisionNotInterpolated - 1e-12);
  });

  /** Detections and faces on four slots, so that they meet often; scores of four values, so that they tie. */
  const image = fc.record({
    detections: fc.array(
      fc.record({ slot: fc.nat(3), score: fc.nat(3) }).map(({ slot, score }) => found(slot, score)),
      { maxLength: 6 },
    ),
    truths: fc
      .uniqueArray(fc.record({ slot: fc.nat(3), isIgnored: fc.boolean() }), { maxLength: 4, selector: ({ slot }) => slot })
      .map((truths) => truths.map(({ slot, isIgnored }) => face(slot, isIgnored))),
  });
  const sets = fc
    .array(image, { minLength: 1, maxLength: 4 })
    .filter((images) => images.some(({ truths }) => truths.some((t) => !t.isIgnored)));

  it('is what counting at every threshold gives', () => {
    fc.assert(
      fc.property(sets, (images) => {
        const measured = computeDetectionPrecision(images, FAST);
        const oracle = countAtEveryThreshold(images);
        expect(Array.from(measured.scores)).toEqual(oracle.map(({ score }) => score));
        expect(Array.from(measured.precision)).toEqual(oracle.map(({ hits, misses }) => hits / (hits + misses)));
        expect(Array.from(measured.recall)).toEqual(oracle.map(({ hits }) => hits / measured.truths));
        expect(Array.from(measured.falsePositives)).toEqual(oracle.map(({ misses }) => misses));
        expect(measured.averagePrecision).toBeCloseTo(integrateSlowly(oracle, measured.truths), 12);
      }),
    );
  });

  it('does not depend on any order', () => {
    fc.assert(
      fc.property(sets, (images) => {
        const turned = [...images].reverse().map(({ detections, truths }) => ({
          detections: [...detections].reverse(),
          truths: [...truths].reverse(),
        }));
        const [a, b] = [computeDetectionPrecision(images, FAST), computeDetectionPrecision(turned, FAST)];
        expect({ ...b, averagePrecisionCi95: a.averagePrecisionCi95 }).toEqual(a);
      }),
    );
  });

  it('stays in [0, 1], and so does its interval, in order', () => {
    fc.assert(
      fc.property(sets, (images) => {
        const { averagePrecision, averagePrecisionCi95 } = computeDetectionPrecision(images, FAST);
        const [low, high] = averagePrecisionCi95;
        for (const value of [averagePrecision, low, high]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('gives an interval that repeats by seed and narrows with the number of pictures', () => {
    // Half of the pictures are solved, half are not.
    const pictures = (count: number): DetectionImage[] =>
      Array.from({ length: count }, (_, i) => ({ detections: i % 2 ? [found(0, 0.5)] : [], truths: [face(0)] }));
    const interval = (count: number, seed?: number) =>
      computeDetectionPrecision(pictures(count), { minIou: 0.5, bootstrapRounds: 200, seed }).averagePrecisionCi95;
    expect(interval(40)).toEqual(interval(40));
    expect(interval(40, 7)).not.toEqual(interval(40, 8));
    const widths = [20, 320].map((count) => interval(count)[1] - interval(count)[0]);
    // The width goes with 1 / sqrt(n): a quarter, give or take a third for 200 rounds.
    const [few = 0, many = 0] = widths;
    expect(many / few).toBeGreaterThan(0.25 / 1.5);
    expect(many / few).toBeLessThan(0.25 * 1.5);
  });

  it.each<[string, DetectionImage[], Partial<DetectionPrecisionOptions>, string, string]>([
    ['no images', [], {}, 'SCORES_INVALID', '0 images'],
    ['only ignored faces', [{ detections: [], truths: [face(0, true)] }], {}, 'SCORES_INVALID', 'none in 1 images'],
    ['a score that is NaN', [{ detections: [found(0, Number.NaN)], truths: [face(0)] }], {}, 'SCORES_INVALID', 'NaN in image 0'],
    ['a detection at NaN', [{ detections: [found(Number.NaN, 1)], truths: [face(0)] }], {}, 'SCORES_INVALID', 'finite'],
    ['a face at infinity', [{ detections: [], truths: [face(Number.POSITIVE_INFINITY)] }], {}, 'DATASET_INVALID', 'image 0'],
    ['an overlap of 0', SMALL, { minIou: 0 }, 'INVALID_OPTION', 'minIou'],
    ['an overlap that is NaN', SMALL, { minIou: Number.NaN }, 'INVALID_OPTION', 'NaN'],
    ['no rounds', SMALL, { bootstrapRounds: 0 }, 'INVALID_OPTION', 'bootstrapRounds'],
  ])('refuses %s', (_, images, change, code, part) => {
    expect(() => computeDetectionPrecision(images, { ...FAST, ...change })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(part) }),
    );
  });
});

describe('recallAtFalsePositives', () => {
  it('reads the curve where the count is not exceeded yet', () => {
    const curve = { recall: Float64Array.of(0.1, 0.4, 0.5, 0.9), falsePositives: Float64Array.of(0, 2, 2, 7) };
    expect(recallAtFalsePositives(curve, [0, 1, 2, 6, 7, 100])).toEqual([0.1, 0.1, 0.5, 0.5, 0.9, 0.9]);
  });

  it('is 0 where even the best detections are wrong, or none are there', () => {
    expect(recallAtFalsePositives({ recall: Float64Array.of(0), falsePositives: Float64Array.of(3) }, [2])).toEqual([0]);
    expect(recallAtFalsePositives({ recall: new Float64Array(0), falsePositives: new Float64Array(0) }, [5])).toEqual([0]);
  });
});

interface Counted {
  readonly score: number;
  readonly hits: number;
  readonly misses: number;
}

/** Starts over for every threshold; faces lie apart, so a detection can only be of the face in its slot. */
function countAtEveryThreshold(images: readonly DetectionImage[]): Counted[] {
  const scores = [...new Set(images.flatMap(({ detections }) => detections.map(({ score }) => score)))].sort((a, b) => b - a);
  const counted = scores.map((score) => {
    let hits = 0;
    let misses = 0;
    for (const { detections, truths } of images) {
      for (const slot of [0, 1, 2, 3]) {
        const count = detections.filter((d) => d.box.x === slot * 100 && d.score >= score).length;
        const truth = truths.find(({ box }) => box.x === slot * 100);
        if (truth?.isIgnored || count === 0) continue;
        if (truth !== undefined) hits++;
        misses += truth === undefined ? count : count - 1;
      }
    }
    return { score, hits, misses };
  });
  // A score that only detections on ignored faces have is no point of the curve.
  return counted.filter(({ hits, misses }, i) => hits + misses > (counted[i - 1]?.hits ?? 0) + (counted[i - 1]?.misses ?? 0));
}

/** The mean over faces: a face counts with the best precision at which it is found, 0 if never. */
function integrateSlowly(points: readonly Counted[], truths: number): number {
  let sum = 0;
  for (let nth = 1; nth <= truths; nth++) {
    const reaching = points.filter(({ hits }) => hits >= nth).map(({ hits, misses }) => hits / (hits + misses));
    sum += Math.max(0, ...reaching);
  }
  return sum / truths;
}

function maxDifference(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return b.reduce((max, value, i) => Math.max(max, Math.abs((a[i] as number) - value)), 0);
}
