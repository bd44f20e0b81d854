import { fakeDetector } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseDetectionSize, detectionInput, fullDetectionSize } from '../../src/track/detection-size.ts';

const IMAGE = { width: 640, height: 480 };
const yunet = { ...fakeDetector, input: { ...fakeDetector.input, width: 320, height: 320 } };
const face = (side: number) => ({ x: 100, y: 100, width: side, height: side * 1.2 });

const choose = (sides: readonly number[], current = 320, margin = 0): number =>
  chooseDetectionSize(sides.map(face), current, { detector: yunet, image: IMAGE, margin });

describe('chooseDetectionSize', () => {
  it.each([
    // The shorter side in input pixels at full size is half of that in the picture: 32 of them are aimed at.
    ['a large face', [200], 128],
    ['a face that fills the picture', [400], 64],
    ['a middle-sized face', [100], 224],
    ['a small face', [40], 320],
    ['the smallest of several', [200, 100], 224],
    ['no face', [], 320],
  ])('%s', (_, sides, size) => {
    expect(choose(sides)).toBe(size);
  });

  it('takes double the size where the picture is only half of the input', () => {
    expect(choose([200], 320, 0.25)).toBe(224);
  });

  it('keeps its size while a face breathes', () => {
    const start = choose([130]);
    expect([120, 125, 135, 140].map((side) => choose([side], start))).toEqual([start, start, start, start]);
  });

  it('grows when the face loses too many pixels, and shrinks when it gains many', () => {
    const start = choose([130]);
    expect(choose([80], start)).toBeGreaterThan(start);
    expect(choose([260], start)).toBeLessThan(start);
  });

  it('is always a size that the detector accepts, and keeps 24 pixels of every face where it can', () => {
    const side = fc.double({ min: 1, max: 2000, noNaN: true });
    const current = fc.constantFrom(0, 32, 64, 96, 160, 320);
    const margin = fc.constantFrom(0, 0.25);
    fc.assert(
      fc.property(fc.array(side, { minLength: 1, maxLength: 5 }), current, margin, (sides, before, share) => {
        const size = choose(sides, before, share);
        expect(size % 32).toBe(0);
        expect(size).toBeGreaterThanOrEqual(64);
        expect(size).toBeLessThanOrEqual(320);
        const pixels = (Math.min(...sides) * size * (1 - 2 * share)) / 640;
        expect(size === 320 || pixels >= 24 - 1e-6).toBe(true);
      }),
    );
  });

  it('leaves a detector of one size alone', () => {
    const { sizeMultipleOf: _, ...input } = yunet.input;
    const fixed = { ...yunet, input };
    expect(chooseDetectionSize([face(400)], 64, { detector: fixed, image: IMAGE, margin: 0 })).toBe(320);
    expect(detectionInput(fixed, 320)).toEqual({ width: 320, height: 320 });
  });
});

describe('detectionInput', () => {
  it.each([
    [320, 320, 96, { width: 96, height: 96 }],
    [320, 224, 160, { width: 160, height: 128 }],
    [224, 320, 320, { width: 224, height: 320 }],
  ])('%i x %i at %i', (width, height, size, expected) => {
    const detector = { input: { ...yunet.input, width, height } };
    expect(fullDetectionSize(detector)).toBe(320 === Math.max(width, height) ? 320 : 224);
    expect(detectionInput(detector, size)).toEqual(expected);
  });
});
