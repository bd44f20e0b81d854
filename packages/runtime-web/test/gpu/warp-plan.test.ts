import { transformPoints } from '@isoface/core';
import { arbitrarySimilarity } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWarp } from '../../src/gpu/warp-plan.ts';
import { PLAIN_INPUT, similarity } from './support.ts';

const IMAGE = { width: 400, height: 300 };
const FACE_INPUT = { ...PLAIN_INPUT, width: 112, height: 112 };

describe('planWarp', () => {
  it('cuts ordinary faces in one batch', () => {
    const transforms = Array.from({ length: 50 }, (_, i) => similarity(i, 0.3, [200, 150], [56, 56]));
    expect(planWarp(IMAGE, transforms, FACE_INPUT).batches).toEqual([{ first: 0, count: 50 }]);
  });

  it('bounds the work of a batch, for patches of most samples', () => {
    const huge = similarity(10, 1 / 64, [200, 150], [56, 56]);
    const small = similarity(10, 1, [200, 150], [56, 56]);
    expect(planWarp(IMAGE, [huge, small, huge, huge], FACE_INPUT).batches).toEqual([
      { first: 0, count: 2 },
      { first: 2, count: 1 },
      { first: 3, count: 1 },
    ]);
    expect(planWarp(IMAGE, [huge, small, huge, huge], FACE_INPUT, { maxSamples: 4 }).batches).toEqual([{ first: 0, count: 4 }]);
  });

  it('reads pixels of the image alone, and all that the patch covers', () => {
    fc.assert(
      fc.property(
        arbitrarySimilarity,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (face, u, v) => {
          const { x, y, width, height } = planWarp(IMAGE, [face.matrix], PLAIN_INPUT).region;
          expect(Math.min(x, y, width - 1, height - 1, IMAGE.width - x - width, IMAGE.height - y - height)).toBeGreaterThanOrEqual(0);
          // A point of the image that lands on the patch is in the region, with its neighbours.
          const [px = 0, py = 0] = [u * (IMAGE.width - 1), v * (IMAGE.height - 1)];
          const [column = 0, row = 0] = transformPoints(face.matrix, [px, py]);
          if (Math.abs(column - 19.5) > 20 || Math.abs(row - 13.5) > 14) return;
          expect(Math.floor(px)).toBeGreaterThanOrEqual(x);
          expect(Math.ceil(px)).toBeLessThan(x + width);
          expect(Math.floor(py)).toBeGreaterThanOrEqual(y);
          expect(Math.ceil(py)).toBeLessThan(y + height);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('uploads one pixel where no patch sees the image', () => {
    const away = similarity(0, 1, [5000, 0], [0, 0]);
    const none = Float64Array.of(1, 0, Number.NaN, 0, 1, 0);
    expect(planWarp(IMAGE, [away, none], PLAIN_INPUT).region).toEqual({ x: 0, y: 0, width: 1, height: 1 });
    expect(planWarp(IMAGE, [], PLAIN_INPUT)).toMatchObject({ dims: [0, 3, 28, 40], batches: [] });
  });
});
