import { describe, expect, it } from 'vitest';
import { canFollow, type PlanContext, planFrame } from '../../src/track/plan-frame.ts';
import { aTrack } from './a-track.ts';

const anchored = { anchor: { box: aTrack().face.box, landmarks68: new Float32Array(136), detectedMs: 900 }, embeddedUsability: 1 };
const embedded = { embeddedUsability: 1 };

/** A frame 100 ms after a scan, with one known face that wants nothing. */
function plan(tracks = [aTrack(embedded)], changes: Partial<PlanContext> = {}) {
  const context: PlanContext = {
    state: { tracks, scannedMs: 900 },
    elapsedMs: 1000,
    rescanMs: 500,
    embedEveryMs: Number.POSITIVE_INFINITY,
    hasLandmarker: false,
    canShrink: true,
    canEmbed: () => true,
    fits: () => true,
    ...changes,
  };
  return planFrame(context);
}

const late = () => false;

describe('planFrame', () => {
  it.each([
    ['nothing is known', plan([]), 'scan'],
    ['a face is lost', plan([aTrack(embedded), aTrack({ ...embedded, missedFrames: 1 })]), 'scan'],
    ['no scan was made yet', plan(undefined, { state: { tracks: [aTrack(embedded)] } }), 'scan'],
    ['the last scan is long ago', plan(undefined, { elapsedMs: 1400 }), 'scan'],
    ['a face has no embedding', plan([aTrack()]), 'scan'],
    ['a face looks clearly better', plan([aTrack({ usability: 0.7, embeddedUsability: 0.5 })]), 'scan'],
    ['a face without embedding cannot have one', plan([aTrack()], { canEmbed: () => false }), 'look'],
    ['all is well', plan(), 'look'],
    ['all is well, and landmarks can be followed', plan([aTrack(anchored)], { hasLandmarker: true }), 'follow'],
    [
      'no detector has confirmed a face for long',
      plan([aTrack(anchored)], { hasLandmarker: true, elapsedMs: 2901, rescanMs: 1e9 }),
      'look',
    ],
    ['the detector has one size and nothing stands in for it', plan(undefined, { canShrink: false }), 'scan'],
  ] as const)('when %s', (_, { detection, postponed }, expected) => {
    expect({ detection, postponed }).toEqual({ detection: expected, postponed: [] });
  });

  it('postpones a scan that is due, not one that is needed', () => {
    expect(plan(undefined, { elapsedMs: 1400, fits: late })).toEqual({ detection: 'look', postponed: ['scan'] });
    expect(plan([aTrack()], { elapsedMs: 1400, fits: late })).toEqual({ detection: 'look', postponed: ['scan', 'embedding'] });
    expect(plan([], { fits: late })).toEqual({ detection: 'scan', postponed: [] });
    expect(plan([aTrack({ ...embedded, missedFrames: 2 })], { fits: late })).toEqual({ detection: 'scan', postponed: [] });
  });

  it('postpones the embedding alone where the scan still fits', () => {
    const fits = (work: string): boolean => work === 'scan';
    expect(plan([aTrack()], { elapsedMs: 1400, fits })).toEqual({ detection: 'scan', postponed: ['embedding'] });
  });

  it('asks about no work that is not due', () => {
    const asked: string[] = [];
    plan(undefined, { fits: (work) => asked.push(work) > 0 });
    expect(asked).toEqual([]);
  });
});

it.each([
  ['seen by the detector just now', {}, true],
  ['out of sight', { missedFrames: 1 }, false],
  ['never anchored', { anchor: undefined }, false],
] as const)('a face can be followed or not: %s', (_, changes, expected) => {
  expect(canFollow(aTrack({ ...anchored, ...changes }), 1000)).toBe(expected);
});
