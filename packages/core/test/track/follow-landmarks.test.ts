import { arbitraryPoints } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transformPoints } from '../../src/geometry/similarity-transform.ts';
import { type Following, followLandmarks, isFollowingPlausible } from '../../src/track/follow-landmarks.ts';

const BOX = { x: 40, y: 30, width: 80, height: 100 };
/** 68 points over the box. */
const SHAPE = Float32Array.from({ length: 136 }, (_, i) => (i % 2 === 0 ? 40 + ((i * 7) % 80) : 30 + ((i * 13) % 100)));
const FRAME = { width: 320, height: 240 };

const similarity = (scale: number, degrees: number, x: number, y: number): Float64Array => {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180) * scale, Math.sin((degrees * Math.PI) / 180) * scale];
  return Float64Array.of(cosine, -sine, x, sine, cosine, y);
};

describe('followLandmarks', () => {
  it.each([
    ['stays', similarity(1, 0, 0, 0), BOX, 1],
    ['moves', similarity(1, 0, 12, -5), { ...BOX, x: 52, y: 25 }, 1],
    ['grows about the origin', similarity(1.2, 0, 0, 0), { x: 48, y: 36, width: 96, height: 120 }, 1.2],
    // The centre (80, 80) turns to (-80, 80); the box stays upright.
    ['turns', similarity(1, 90, 200, 0), { x: 80, y: 30, width: 80, height: 100 }, 1],
  ])('a face that %s', (_, motion, box, scale) => {
    const following = followLandmarks({ box: BOX, landmarks68: SHAPE }, SHAPE, transformPoints(motion, SHAPE));
    // Landmarks are 32-bit numbers of up to 300.
    expect(Object.values(following?.box ?? {}).map((value) => Math.round(value * 1e3) / 1e3)).toEqual(Object.values(box));
    expect(following?.scale).toBeCloseTo(scale, 5);
    expect(following?.residual).toBeLessThan(1e-5);
  });

  it('measures a change of shape in sides of the face', () => {
    // Every other point moves to the right: no similarity can do that.
    const changed = SHAPE.map((value, i) => (i % 4 === 0 ? value + 8 : value));
    const residual = followLandmarks({ box: BOX, landmarks68: SHAPE }, SHAPE, changed)?.residual ?? 0;
    // Against the mean motion of 4 pixels each point is 4 off, on a face of 89.
    expect(residual).toBeCloseTo(4 / Math.sqrt(80 * 100), 2);
  });

  it('does not add up errors: the box follows from the last detection', () => {
    const shifted = transformPoints(similarity(1, 0, 5, 0), SHAPE);
    const following = followLandmarks({ box: BOX, landmarks68: SHAPE }, shifted, SHAPE);
    expect(following?.box.x).toBeCloseTo(40, 4);
  });

  it('gives up on landmarks that coincide', () => {
    const collapsed = new Float32Array(136).fill(7);
    expect(followLandmarks({ box: BOX, landmarks68: SHAPE }, SHAPE, collapsed)).toBeUndefined();
    expect(followLandmarks({ box: BOX, landmarks68: SHAPE }, collapsed, SHAPE)).toBeUndefined();
  });

  it('gives finite numbers or nothing', () => {
    fc.assert(
      fc.property(arbitraryPoints(68), arbitraryPoints(68), (a, b) => {
        const [before, now] = [Float32Array.from(a), Float32Array.from(b)];
        const following = followLandmarks({ box: BOX, landmarks68: before }, before, now);
        if (following === undefined) return;
        expect([...Object.values(following.box), following.scale, following.residual].filter((value) => !Number.isFinite(value))).toEqual(
          [],
        );
      }),
    );
  });
});

describe('isFollowingPlausible', () => {
  const good: Following = { box: BOX, scale: 1, residual: 0.01 };
  it.each([
    ['a still face', good, true],
    ['one that comes closer', { ...good, scale: 1.2 }, true],
    ['one that jumps closer', { ...good, scale: 1.3 }, false],
    ['one that collapses', { ...good, scale: 0.3 }, false],
    ['another shape', { ...good, residual: 0.06 }, false],
    ['a third beyond the border', { ...good, box: { ...BOX, x: -25 } }, true],
    ['most beyond the border', { ...good, box: { ...BOX, x: -50 } }, false],
    ['outside', { ...good, box: { ...BOX, y: 500 } }, false],
    ['no numbers', { ...good, residual: Number.NaN }, false],
  ])('%s', (_, following, isPlausible) => {
    expect(isFollowingPlausible(following, FRAME)).toBe(isPlausible);
  });
});
