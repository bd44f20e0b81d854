import { estimatePose } from '@isoface/core';
import { describe, expect, it } from 'vitest';

/** The five points of the mean head, millimetres: x to the right of the image, y down, z towards the camera. */
const HEAD = [
  [-31.5, 0, 0],
  [31.5, 0, 0],
  [0, 40, 24],
  [-25, 70, 3],
  [25, 70, 3],
] as const;

type Matrix = readonly (readonly [number, number, number])[];
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    [0, 1, 2].map((column) => row.reduce((sum, value, k) => sum + value * (b[k]?.[column as 0 | 1 | 2] ?? 0), 0)),
  ) as unknown as Matrix;

/** Landmarks of a head that is first turned up by pitch, then to the right of the image by yaw, then clockwise by roll; no perspective. */
function project(yaw: number, pitch: number, roll: number, scale = 2): number[] {
  const [y, p, r] = [radians(yaw), radians(pitch), radians(roll)];
  // Yaw carries the viewing direction +z to +x, pitch carries it to -y, roll carries +x to +y.
  const yawed: Matrix = [
    [Math.cos(y), 0, Math.sin(y)],
    [0, 1, 0],
    [-Math.sin(y), 0, Math.cos(y)],
  ];
  const pitched: Matrix = [
    [1, 0, 0],
    [0, Math.cos(p), -Math.sin(p)],
    [0, Math.sin(p), Math.cos(p)],
  ];
  const rolled: Matrix = [
    [Math.cos(r), -Math.sin(r), 0],
    [Math.sin(r), Math.cos(r), 0],
    [0, 0, 1],
  ];
  const rotation = multiply(rolled, multiply(yawed, pitched));
  return HEAD.flatMap((point) =>
    rotation
      .slice(0, 2)
      .map((row, axis) => scale * row.reduce((sum, value, k) => sum + value * (point[k] ?? 0), 0) + (axis === 0 ? 300 : 200)),
  );
}

const ANGLES = [-35, -20, -10, 0, 10, 20, 35];

describe('estimatePose', () => {
  it.each(ANGLES)('recovers a yaw of %s degrees within 3', (yaw) => {
    const pose = estimatePose(project(yaw, 0, 0));
    expect(Math.abs((pose?.yawDegrees ?? Number.NaN) - yaw)).toBeLessThan(3);
    expect(Math.abs(pose?.pitchDegrees ?? Number.NaN)).toBeLessThan(3);
    expect(Math.abs(pose?.rollDegrees ?? Number.NaN)).toBeLessThan(3);
  });

  it.each(ANGLES)('recovers a pitch of %s degrees within 3', (pitch) => {
    const pose = estimatePose(project(0, pitch, 0));
    expect(Math.abs((pose?.pitchDegrees ?? Number.NaN) - pitch)).toBeLessThan(3);
    expect(Math.abs(pose?.yawDegrees ?? Number.NaN)).toBeLessThan(3);
  });

  it.each([-170, -90, ...ANGLES, 90])('recovers a roll of %s degrees within 3', (roll) => {
    const pose = estimatePose(project(0, 0, roll));
    expect(Math.abs((pose?.rollDegrees ?? Number.NaN) - roll)).toBeLessThan(3);
  });

  it.each([
    [20, 15],
    [-25, 10],
    [30, -20],
    [-15, -30],
  ])('recovers yaw %s and pitch %s together within 3', (yaw, pitch) => {
    const pose = estimatePose(project(yaw, pitch, 0));
    expect(Math.abs((pose?.yawDegrees ?? Number.NaN) - yaw)).toBeLessThan(3);
    expect(Math.abs((pose?.pitchDegrees ?? Number.NaN) - pitch)).toBeLessThan(3);
  });

  it('has the signs that a viewer sees: nose to the right, nose up, right side of the image lower', () => {
    const frontal = [40, 40, 80, 40, 60, 65, 45, 85, 75, 85];
    const moved = (index: number, by: number): number[] => frontal.map((value, i) => (i === index ? value + by : value));
    expect(estimatePose(moved(4, 8))?.yawDegrees).toBeGreaterThan(5);
    expect(estimatePose(moved(4, -8))?.yawDegrees).toBeLessThan(-5);
    expect((estimatePose(moved(5, -6))?.pitchDegrees ?? 0) - (estimatePose(frontal)?.pitchDegrees ?? 0)).toBeGreaterThan(5);
    expect(estimatePose(moved(3, 10))?.rollDegrees).toBeGreaterThan(5);
  });

  it('does not depend on where the face lies or how large it is', () => {
    const [near, far] = [estimatePose(project(15, -10, 5, 6)), estimatePose(project(15, -10, 5, 0.3).map((value) => value + 1000))];
    for (const angle of ['yawDegrees', 'pitchDegrees', 'rollDegrees'] as const) {
      expect(near?.[angle]).toBeCloseTo(far?.[angle] ?? Number.NaN, 4);
    }
  });

  it.each([
    ['coincide', new Float32Array(10).fill(50)],
    ['hold NaN', Float32Array.of(40, 40, 80, Number.NaN, 60, 65, 45, 85, 75, 85)],
    ['hold Infinity', Float32Array.of(40, 40, 80, Number.POSITIVE_INFINITY, 60, 65, 45, 85, 75, 85)],
  ])('gives none for landmarks that %s', (_, landmarks) => {
    expect(estimatePose(landmarks)).toBeUndefined();
  });
});
