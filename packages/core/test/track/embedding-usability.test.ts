import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeUsability, isEmbeddingDue, smoothUsability } from '../../src/track/embedding-usability.ts';

const pose = (yawDegrees: number, pitchDegrees = 0) => ({ yawDegrees, pitchDegrees, rollDegrees: 30 });
const quality = { sizePixels: 112, sharpness: 200, brightness: 0.5, contrast: 0.2, pose: pose(0) };

describe('computeUsability', () => {
  it('grows with size and sharpness and falls with the turn of the head; brightness does not count', () => {
    const base = computeUsability(quality);
    expect(base).toBeCloseTo(200 / 240, 10);
    expect(computeUsability({ ...quality, sizePixels: 56 })).toBeCloseTo(base / 2, 10);
    expect(computeUsability({ ...quality, sizePixels: 500 })).toBe(base);
    expect(computeUsability({ ...quality, sharpness: 40 })).toBeCloseTo(0.5, 10);
    expect(computeUsability({ ...quality, pose: pose(60) })).toBeCloseTo(base / 2, 10);
    expect(computeUsability({ ...quality, pose: pose(0, -60) })).toBeCloseTo(base / 2, 10);
    expect(computeUsability({ ...quality, pose: pose(120) })).toBe(0);
    expect(computeUsability({ ...quality, pose: undefined })).toBe(base);
    expect(computeUsability({ ...quality, brightness: 0.1 })).toBe(base);
  });

  it('lies in [0, 1]', () => {
    const number = (max: number) => fc.double({ min: 0, max, noNaN: true });
    const degrees = fc.double({ min: -180, max: 180, noNaN: true });
    fc.assert(
      fc.property(number(5000), number(1e5), degrees, degrees, (sizePixels, sharpness, yaw, pitch) => {
        const usability = computeUsability({ ...quality, sizePixels, sharpness, pose: pose(yaw, pitch) });
        expect(usability).toBeGreaterThanOrEqual(0);
        expect(usability).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('isEmbeddingDue', () => {
  it.each([
    ['never embedded', 0.01, undefined, true],
    ['the same', 0.5, 0.5, false],
    ['a little better', 0.6, 0.5, false],
    ['clearly better', 0.66, 0.5, true],
    ['worse', 0.1, 0.5, false],
    ['never usable', 0, 0, false],
  ])('%s', (_, usability, embedded, isDue) => {
    expect(isEmbeddingDue({ usability, embeddedUsability: embedded }, 0, Number.POSITIVE_INFINITY)).toBe(isDue);
  });

  it('does not fall for one lucky frame', () => {
    const isDue = (usability: number): boolean =>
      isEmbeddingDue({ usability, embeddedUsability: 0.5, embeddedMs: 0 }, 1e9, Number.POSITIVE_INFINITY);
    expect(isDue(smoothUsability(0.5, 0.9))).toBe(false);
    let usability = 0.5;
    for (let i = 0; i < 5; i++) usability = smoothUsability(usability, 0.9);
    expect(isDue(usability)).toBe(true);
  });

  it('asks for a new one when it is as old as wanted', () => {
    const isDue = (elapsedMs: number): boolean =>
      isEmbeddingDue({ usability: 0.5, embeddedUsability: 0.5, embeddedMs: 100 }, elapsedMs, 250);
    expect(isDue(349)).toBe(false);
    expect(isDue(350)).toBe(true);
  });
});
