import { describe, expect, it } from 'vitest';
import { measureFaceSignals } from '../../../src/liveness/active/face-signals.ts';
import { computePlanarResidual } from '../../../src/liveness/active/planar-residual.ts';
import { createRandom, filmHead, type HeadPose, REST } from './actor.ts';

const FRAME = { width: 640, height: 480 };
const random = createRandom(1);
const signalsOf = (pose: Partial<HeadPose>, flatAt?: number) => {
  const signals = measureFaceSignals(filmHead({ ...REST, ...pose }, { random, ...(flatAt !== undefined && { flatAt }) }), FRAME);
  if (signals === undefined) throw new Error('Expected a face.');
  return signals;
};
const rest = signalsOf({});

describe('measureFaceSignals', () => {
  it.each([-40, -20, -8, 8, 20, 40])('reads a yaw of %d degrees within 2', (yaw) => {
    expect(Math.abs(signalsOf({ yaw }).pose.yawDegrees - rest.pose.yawDegrees - yaw)).toBeLessThan(2);
  });

  it.each([-25, -12, 12, 25])('reads a pitch of %d degrees within 2', (pitch) => {
    expect(Math.abs(signalsOf({ pitch }).pose.pitchDegrees - rest.pose.pitchDegrees - pitch)).toBeLessThan(2);
  });

  it('reads eyes, mouth and distance, also of a turned head', () => {
    for (const yaw of [0, 20]) {
      const open = signalsOf({ yaw });
      expect(open.eyeAspectRatio).toBeGreaterThan(0.25);
      expect(signalsOf({ yaw, eyes: 0.1 }).eyeAspectRatio as number).toBeLessThan((open.eyeAspectRatio as number) * 0.3);
      expect((signalsOf({ yaw, mouth: 1.2 }).mouthWidthRatio as number) / (open.mouthWidthRatio as number)).toBeCloseTo(1.2, 2);
      expect(signalsOf({ yaw, scale: 1.4 }).closeness / open.closeness).toBeCloseTo(1.4, 2);
    }
    // Turning changes the distance between the eyes in the picture, and not the closeness; the eyes do not lie in one plane with the axis.
    expect(signalsOf({ yaw: 25 }).closeness / rest.closeness).toBeGreaterThan(0.95);
    expect(signalsOf({ yaw: 25 }).closeness / rest.closeness).toBeLessThan(1.05);
  });

  it('knows no face in points that coincide, are not finite or are missing', () => {
    const box = { x: 0, y: 0, width: 1, height: 1 };
    expect(measureFaceSignals({ box }, FRAME)).toBeUndefined();
    expect(measureFaceSignals({ box, mesh: new Float32Array(468 * 3) }, FRAME)).toBeUndefined();
    expect(measureFaceSignals({ box, mesh: new Float32Array(468 * 3).fill(Number.NaN) }, FRAME)).toBeUndefined();
    expect(measureFaceSignals({ box, landmarks: Array.from({ length: 5 }, () => ({ x: 7, y: 7 })) }, FRAME)).toBeUndefined();
  });

  it('measures by five landmarks without eyes, mouth and skull', () => {
    const landmarks = [
      [270, 230],
      [370, 230],
      [320, 280],
      [285, 330],
      [355, 330],
    ].map(([x = 0, y = 0]) => ({ x, y }));
    const signals = measureFaceSignals({ box: { x: 0, y: 0, width: 1, height: 1 }, landmarks }, FRAME);
    expect(signals?.closeness).toBeCloseTo(100 / 640, 3);
    expect(Math.abs(signals?.pose.yawDegrees ?? 90)).toBeLessThan(1);
    expect([signals?.eyeAspectRatio, signals?.mouthWidthRatio, signals?.points]).toEqual([undefined, undefined, undefined]);
  });
});

describe('computePlanarResidual', () => {
  const pointsOf = (pose: Partial<HeadPose>, flatAt?: number) => signalsOf(pose, flatAt).points as Float32Array;

  it.each([{ yaw: 20 }, { yaw: -35 }, { yaw: 50 }, { pitch: 25 }, { pitch: -40 }, { yaw: 30, pitch: -20, scale: 1.5 }])(
    'is nothing for a flat picture: %j',
    (pose) => {
      for (const flatAt of [1.2, 2.5]) expect(computePlanarResidual(pointsOf({}, 2), pointsOf(pose, flatAt))).toBeLessThan(1e-4);
    },
  );

  it('grows with the turn of a head', () => {
    const residuals = [8, 15, 22, 30].map((yaw) => computePlanarResidual(pointsOf({}), pointsOf({ yaw })) as number);
    expect(residuals).toEqual([...residuals].sort((a, b) => a - b));
    expect(residuals[1]).toBeGreaterThan(0.07);
    expect(computePlanarResidual(pointsOf({}), pointsOf({ pitch: -14 }))).toBeGreaterThan(0.04);
    expect(computePlanarResidual(pointsOf({}), pointsOf({ scale: 1.7 }))).toBeLessThan(1e-6);
  });

  it('has no answer for too few points, points on a line, other counts, and no numbers', () => {
    const points = pointsOf({});
    expect(computePlanarResidual(points.slice(0, 8), points.slice(0, 8))).toBeUndefined();
    expect(computePlanarResidual(points, points.slice(2))).toBeUndefined();
    const line = points.map((_, i) => i);
    expect(computePlanarResidual(line, line)).toBeUndefined();
    expect(
      computePlanarResidual(
        points,
        points.map(() => Number.NaN),
      ),
    ).toBeUndefined();
  });
});
