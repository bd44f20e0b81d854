/** The parts of the annotator's measurement whose answers are known. */

import { drawSelfTestFace, type RgbaImage } from '@isoface/core';
import { alignFace, createRandom, type OcclusionClass } from '@isoface/core/evaluation';
import { describe, expect, it } from 'vitest';
import { countConfusion } from '../src/annotator/confusion.ts';
import { fitLogistic } from '../src/annotator/fit-logistic.ts';
import { drawOccluder, OCCLUDER_KINDS, type OccluderKind } from '../src/annotator/occluders.ts';
import { measureReliability, type OcclusionAnswer } from '../src/annotator/occlusion-report.ts';
import { measureSyntheticPose } from '../src/annotator/pose-report.ts';

const PICTURE = drawSelfTestFace();
const TO_FACE = alignFace([76, 91, 116, 91, 96, 118, 80, 136, 112, 136]) as Float64Array;
const DRAWN = OCCLUDER_KINDS.filter((kind): kind is Exclude<OccluderKind, 'edge'> => kind !== 'edge');

function inverted({ width, height, data }: RgbaImage): RgbaImage {
  return { width, height, data: Uint8ClampedArray.from(data, (value, i) => (i % 4 === 3 ? 255 : 255 - value)) };
}

describe('drawOccluder', () => {
  it.each(DRAWN)('covers a part of the face with a %s, the same one for the same seed, and nothing else', (kind) => {
    const texture = inverted(PICTURE);
    for (let seed = 0; seed < 3; seed++) {
      const { image, covered } = drawOccluder(kind, PICTURE, TO_FACE, texture, createRandom(seed));
      const again = drawOccluder(kind, PICTURE, TO_FACE, texture, createRandom(seed));
      // A comparison by Vitest would look at each of the bytes.
      expect(Buffer.compare(Buffer.from(again.image.data), Buffer.from(image.data))).toBe(0);
      const count = covered.reduce((sum, value) => sum + value, 0);
      expect(count).toBeGreaterThan(100);
      expect(count).toBeLessThan(covered.length);
      // Pixels at the soft edge, which are less than half covered, may change without being counted.
      const isNearCover = (i: number): boolean => [0, 1, -1, PICTURE.width, -PICTURE.width].some((step) => covered[i + step] === 1);
      let strays = 0;
      for (let i = 0; i < covered.length; i++) {
        const isChanged = [0, 1, 2].some((k) => image.data[i * 4 + k] !== PICTURE.data[i * 4 + k]);
        if (isChanged && covered[i] === 0 && !isNearCover(i)) strays++;
      }
      expect(strays).toBeLessThan(count / 50);
    }
  });
});

describe('fitLogistic', () => {
  const random = createRandom(1);
  const labels = Array.from({ length: 300 }, (_, i) => (i < 240 ? 0 : i < 270 ? 1 : 2));
  const features = labels.map((label) => [label * 10 + random() * 4, random()]);
  const { offsets, scales, weights } = fitLogistic(features, labels);
  const logitsOf = (row: readonly number[]): number[] =>
    weights.map((own) =>
      row.reduce((sum, value, f) => sum + ((value - (offsets[f] ?? 0)) / (scales[f] ?? 1)) * (own[f] ?? 0), own[row.length] ?? 0),
    );

  it('separates what can be separated, however rare', () => {
    const answers = features.map((row) => logitsOf(row).indexOf(Math.max(...logitsOf(row))));
    expect(answers.filter((answer, i) => answer !== labels[i])).toHaveLength(0);
  });

  it('knows nothing from noise, and takes classes for equally frequent', () => {
    const noise = labels.map(() => [0]);
    const fitted = fitLogistic(noise, labels);
    const constants = fitted.weights.map((row) => row[1] ?? Number.NaN);
    for (const constant of constants) expect(constant).toBeCloseTo(0, 6);
  });
});

describe('countConfusion', () => {
  it('counts, and weighs classes alike', () => {
    const answer = (truth: string, given: string, group: number) => ({ truth, answer: given, group });
    const answers = [
      answer('a', 'a', 0),
      answer('a', 'a', 1),
      answer('a', 'a', 2),
      answer('a', 'b', 3),
      answer('b', 'a', 4),
      answer('b', 'b', 5),
    ];
    const { counts, accuracy, balancedAccuracy, ci95 } = countConfusion(answers, ['a', 'b']);
    expect(counts).toEqual({ a: { a: 3, b: 1 }, b: { a: 1, b: 1 } });
    expect(accuracy).toBeCloseTo(4 / 6, 3);
    expect(balancedAccuracy).toBe(0.625);
    expect(ci95[0]).toBeLessThan(0.625);
    expect(ci95[1]).toBeGreaterThan(0.625);
  });
});

describe('measureReliability', () => {
  const say = (truth: OcclusionClass, none: number, partial: number, heavy: number): OcclusionAnswer => ({
    truth,
    probabilities: { none, partial, heavy },
    group: 0,
  });

  it('finds certainty that is always right without error', () => {
    const { brier, bins } = measureReliability([say('none', 1, 0, 0), say('heavy', 0, 0, 1)]);
    expect(brier).toBe(0);
    expect(bins).toEqual([{ from: 0.9, to: 1, share: 1, confidence: 1, right: 1 }]);
  });

  it('weights samples to the prior', () => {
    const answers = [say('none', 1, 0, 0), say('partial', 1, 0, 0), say('heavy', 1, 0, 0)];
    expect(measureReliability(answers, { none: 0.8, partial: 0.12, heavy: 0.08 }).bins).toMatchObject([{ confidence: 1, right: 0.8 }]);
  });

  it('is as good as the frequencies when it says just these', () => {
    const answers = [say('none', 0.5, 0.5, 0), say('partial', 0.5, 0.5, 0)];
    const { brier, brierOfFrequencies } = measureReliability(answers);
    expect(brier).toBe(brierOfFrequencies);
  });
});

it('finds the pose of projected heads within the stated ten degrees, and mostly the class', () => {
  const { yawErrors, classes } = measureSyntheticPose();
  for (const { meanDegrees, biasDegrees } of yawErrors) {
    expect(meanDegrees).toBeLessThan(10);
    expect(Math.abs(biasDegrees)).toBeLessThan(5);
  }
  expect(classes.balancedAccuracy).toBeGreaterThan(0.8);
  expect(classes.counts['frontal']?.['profile']).toBe(0);
});
