import { computeUprightCrop, estimatePose } from '@isoface/core';
import { arbitraryBox } from '@isoface/testkit';
import { hasSharedData, readGolden } from '@isoface/testkit/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMesh468, estimateMeshPose, MESH468_COUNT } from '../../src/landmarks/mesh468.ts';
import type { Pose } from '../../src/quality/estimate-pose.ts';

interface MeshGolden {
  readonly items: readonly { readonly image: string; readonly mesh_xyz_px: readonly (readonly [number, number, number])[] }[];
}

const goldens = hasSharedData ? readGolden<MeshGolden>('facemesh468.json').items : [];
/** Looks into the camera, the chin a little down. */
const frontal = Float64Array.from(goldens[0]?.mesh_xyz_px.flat() ?? []);

describe('decodeMesh468', () => {
  it('brings points back to where the crop was cut, and depth to the same unit', () => {
    const arbitraryAngle = fc.double({ min: -3, max: 3, noNaN: true });
    const arbitrarySize = fc.constantFrom(96, 192, 256);
    fc.assert(
      fc.property(arbitraryBox, arbitraryAngle, arbitrarySize, (box, angle, size) => {
        const transform = computeUprightCrop(box, [0, 0], [Math.cos(angle), Math.sin(angle)], size);
        const side = Math.max(box.width, box.height);
        // The centre of the crop, and a point half a side to the right of it along the eyes.
        const mesh = decodeMesh468(Float32Array.of(96, 96, 0, 192, 96, -48), transform, size);
        const centre = [box.x + box.width / 2, box.y + box.height / 2] as const;
        const right = [centre[0] + (Math.cos(angle) * side) / 2, centre[1] + (Math.sin(angle) * side) / 2] as const;
        // Single precision, relative to the largest number in play.
        const tolerance = 1e-5 * (Math.abs(box.x) + Math.abs(box.y) + side);
        for (const [i, expected] of [...centre, 0, ...right, -side / 4].entries()) {
          expect(Math.abs((mesh[i] as number) - expected)).toBeLessThanOrEqual(tolerance);
        }
      }),
    );
  });

  it('refuses a transform that cannot be undone', () => {
    const crop = new Float32Array(MESH468_COUNT * 3);
    expect(() => decodeMesh468(crop, new Float64Array(6), 192)).toThrow(expect.objectContaining({ code: 'DEGENERATE_LANDMARKS' }));
  });
});

describe('estimateMeshPose', () => {
  it.each([
    ['points in one place', new Float32Array(MESH468_COUNT * 3).fill(7)],
    ['points on a line', Float32Array.from({ length: MESH468_COUNT * 3 }, (_, i) => (i % 3 === 0 ? Math.floor(i / 3) : 0))],
    ['NaN', new Float32Array(MESH468_COUNT * 3).fill(Number.NaN)],
    ['Infinity', Float32Array.from(frontal, (value) => value * Number.POSITIVE_INFINITY)],
    ['nothing', new Float32Array()],
  ])('sees no pose in %s', (_, mesh) => {
    expect(estimateMeshPose(mesh)).toBeUndefined();
  });

  it.runIf(hasSharedData)('reads a face that looks into the camera as about 0, 0, 0', () => {
    const pose = poseOf(frontal);
    // Ten degrees: what faces differ in build, and this one holds its chin down.
    expect(Math.abs(pose.pitchDegrees)).toBeLessThan(12);
    expect(Math.abs(pose.yawDegrees)).toBeLessThan(5);
    expect(Math.abs(pose.rollDegrees)).toBeLessThan(5);
  });

  it.runIf(hasSharedData)('has the signs of the pose from five landmarks', () => {
    for (const { mesh_xyz_px: points } of goldens.slice(1)) {
      const mesh = points.flat();
      const mean = (...indices: number[]): number[] =>
        [0, 1].map((axis) => indices.reduce((sum, index) => sum + (mesh[index * 3 + axis] as number) / indices.length, 0));
      const five = estimatePose([...mean(33, 133), ...mean(362, 263), ...mean(1), ...mean(61), ...mean(291)]);
      // All of them are turned to the right of the image by about 20 degrees.
      expect(poseOf(mesh).yawDegrees).toBeGreaterThan(10);
      expect(five?.yawDegrees).toBeGreaterThan(10);
      expect(Math.abs(poseOf(mesh).rollDegrees - (five?.rollDegrees ?? Number.NaN))).toBeLessThan(5);
    }
  });

  it.runIf(hasSharedData).each([-60, -45, -30, -15, -5, 5, 15, 30, 45, 60])('measures a turn of %s degrees about each axis', (degrees) => {
    const level = levelled(frontal);
    // Levelled to a hundredth of a degree; the turn itself is exact.
    expect(poseOf(turned(level, 'y', -degrees)).yawDegrees).toBeCloseTo(degrees, 1);
    expect(poseOf(turned(level, 'x', -degrees)).pitchDegrees).toBeCloseTo(degrees, 1);
    expect(poseOf(turned(level, 'z', degrees)).rollDegrees).toBeCloseTo(degrees, 1);
  });

  it.runIf(hasSharedData)('says nothing about the other two angles when only one changes', () => {
    const level = levelled(frontal);
    for (const degrees of [-40, 40]) {
      expect(poseOf(turned(level, 'y', -degrees))).toMatchObject({ pitchDegrees: expect.closeTo(0, 1), rollDegrees: expect.closeTo(0, 1) });
      expect(poseOf(turned(level, 'x', -degrees))).toMatchObject({ yawDegrees: expect.closeTo(0, 1), rollDegrees: expect.closeTo(0, 1) });
      expect(poseOf(turned(level, 'z', degrees))).toMatchObject({ yawDegrees: expect.closeTo(0, 1), pitchDegrees: expect.closeTo(0, 1) });
    }
  });

  it.runIf(hasSharedData)('does not depend on where the face is and how large', () => {
    const expected = poseOf(frontal);
    const arbitraryShift = fc.double({ min: -5000, max: 5000, noNaN: true });
    fc.assert(
      fc.property(arbitraryShift, arbitraryShift, fc.double({ min: 0.05, max: 50, noNaN: true }), (dx, dy, scale) => {
        const pose = poseOf(frontal.map((value, i) => value * scale + ([dx, dy, 0][i % 3] as number)));
        for (const key of ['yawDegrees', 'pitchDegrees', 'rollDegrees'] as const) expect(pose[key]).toBeCloseTo(expected[key], 4);
      }),
      { numRuns: 50 },
    );
  });

  it.runIf(hasSharedData)('hardly minds noise', () => {
    let seed = 1;
    const noise = (): number => {
      seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
      return seed / 2 ** 31 - 1;
    };
    const [quiet, noisy] = [poseOf(frontal), poseOf(frontal.map((value) => value + noise()))];
    // One pixel of 192 at most, on 29 points.
    for (const key of ['yawDegrees', 'pitchDegrees', 'rollDegrees'] as const) expect(Math.abs(quiet[key] - noisy[key])).toBeLessThan(1);
  });
});

function poseOf(mesh: ArrayLike<number>): Pose {
  const pose = estimateMeshPose(mesh);
  if (pose === undefined) throw new Error('no pose');
  return pose;
}

/** Turned back until the pose is 0, 0, 0. */
function levelled(mesh: Float64Array): Float64Array {
  let level = mesh;
  for (let i = 0; i < 20; i++) {
    level = turned(level, 'y', poseOf(level).yawDegrees);
    level = turned(level, 'z', -poseOf(level).rollDegrees);
    level = turned(level, 'x', poseOf(level).pitchDegrees);
  }
  return level;
}

/** A right-handed turn about an axis of the camera: x to the right, y down, z away from it. Positive angles move the nose left (y) and down (x). */
function turned(mesh: Float64Array, axis: 'x' | 'y' | 'z', degrees: number): Float64Array {
  const radians = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(radians), Math.sin(radians)];
  const [first, second] = { x: [1, 2], y: [2, 0], z: [0, 1] }[axis] as [number, number];
  const result = mesh.slice();
  for (let i = 0; i < mesh.length; i += 3) {
    const [a, b] = [mesh[i + first] as number, mesh[i + second] as number];
    result[i + first] = cosine * a - sine * b;
    result[i + second] = sine * a + cosine * b;
  }
  return result;
}
