import { describe, expect, it } from 'vitest';
import { AT_REST, moveAt } from '../src/film/clip-script.ts';
import { pointOf, turnHead } from '../src/film/move-face.ts';
import type { RgbFrame } from '../src/film/rgb-frame.ts';
import { createSensorNoise } from '../src/film/sensor-noise.ts';
import { warpTriangles } from '../src/film/warp-triangles.ts';

describe('moveAt', () => {
  const script = [
    { atMs: 100, yawDegrees: 0 },
    { atMs: 300, yawDegrees: 20, scale: 1.5 },
  ];
  it.each([
    [0, 0, 1],
    [100, 0, 1],
    [200, 10, 1.25],
    [300, 20, 1.5],
    [900, 20, 1.5],
  ])('at %d ms: yaw %d degrees, scale %d', (timeMs, yawDegrees, scale) => {
    expect(moveAt(script, timeMs)).toEqual({ ...AT_REST, yawDegrees, scale });
  });

  it('is at rest without a script', () => expect(moveAt([], 50)).toEqual(AT_REST));
});

describe('turnHead', () => {
  /** A nose before the pivot. */
  const nose = Float64Array.of(100, 100, -50);
  const axis = { pivot: [100, 100, 0], cameraDistance: 1e9 } as const;
  it.each([
    ['yaw', { yawDegrees: 30 }, [125, 100]],
    ['yaw', { yawDegrees: -30 }, [75, 100]],
    ['pitch', { pitchDegrees: 30 }, [100, 75]],
    ['pitch', { pitchDegrees: -30 }, [100, 125]],
    ['shift', { x: 3, y: -4 }, [103, 96]],
  ])('%s %o moves the nose to %o', (_, move, expected) => {
    const [x, y] = pointOf(turnHead(nose, { ...AT_REST, ...move }, axis), 0);
    expect(x).toBeCloseTo(expected[0] as number, 4);
    expect(y).toBeCloseTo(expected[1] as number, 4);
  });

  it('rolls the side at the right of the image down', () => {
    const [, y] = pointOf(turnHead(Float64Array.of(150, 100, 0), { ...AT_REST, rollDegrees: 30 }, axis), 0);
    expect(y).toBeCloseTo(125, 4);
  });
});

describe('warpTriangles', () => {
  const size = 16;
  const picture: RgbFrame = {
    width: size,
    height: size,
    data: Uint8ClampedArray.from({ length: size * size * 3 }, (_, i) => (i * 7) % 251),
  };
  const net = { source: Float64Array.of(2, 2, 10, 2, 10, 10, 2, 10), triangles: Uint32Array.of(0, 1, 2, 0, 2, 3) };
  const at = ({ data }: RgbFrame, x: number, y: number): number[] => [...data.slice((y * size + x) * 3, (y * size + x) * 3 + 3)];

  it('shows a square that was shifted by whole pixels, to the byte, and nothing around it', () => {
    const target = { ...picture, data: new Uint8ClampedArray(picture.data.length) };
    const moved = Float64Array.from([4, 5, 0, 12, 5, 0, 12, 13, 0, 4, 13, 0]);
    warpTriangles(picture, net, moved, target);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const isInside = x >= 4 && x < 12 && y >= 5 && y < 13;
        expect(at(target, x, y)).toEqual(isInside ? at(picture, x - 2, y - 3) : [0, 0, 0]);
      }
    }
  });

  it('draws what is nearer over what is farther', () => {
    const target = { ...picture, data: new Uint8ClampedArray(picture.data.length) };
    const two = { source: Float64Array.of(0, 0, 8, 0, 0, 8, 8, 8, 16, 8, 8, 16), triangles: Uint32Array.of(0, 1, 2, 3, 4, 5) };
    const place = (depth: number): number[] => [4, 4, depth, 12, 4, depth, 4, 12, depth];
    warpTriangles(picture, two, Float64Array.from([...place(1), ...place(5)]), target);
    expect(at(target, 5, 5)).toEqual(at(picture, 1, 1));
    warpTriangles(picture, two, Float64Array.from([...place(5), ...place(1)]), target);
    expect(at(target, 5, 5)).toEqual(at(picture, 9, 9));
  });
});

describe('createSensorNoise', () => {
  const frames = (seed: number): RgbFrame[] => {
    const addNoise = createSensorNoise(2, seed);
    return Array.from({ length: 2 }, () => {
      const frame = { width: 100, height: 100, data: new Uint8ClampedArray(30_000).fill(128) };
      addNoise(frame);
      return frame;
    });
  };
  it('has the deviation that was asked for, differs from frame to frame, and comes again with its seed', () => {
    const [first, second] = frames(1) as [RgbFrame, RgbFrame];
    const variance = first.data.reduce((sum, value) => sum + (value - 128) ** 2, 0) / first.data.length;
    // Rounding to bytes adds 1/12; 30,000 samples leave an error of about 1 %.
    expect(variance).toBeGreaterThan(3.9);
    expect(variance).toBeLessThan(4.3);
    expect(first.data).not.toEqual(second.data);
    expect(frames(1)).toEqual([first, second]);
    expect(frames(2)[0]).not.toEqual(first);
  });
});
