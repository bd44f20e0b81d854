import type { Analysis } from 'isoface';
import { describe, expect, it } from 'vitest';
import { createFrameRate } from '../src/camera/frame-rate.ts';
import { toLandmarkPath } from '../src/faces/landmark-path.ts';
import { describePhotos } from '../src/photos/describe-photos.ts';
import { listStageTimes } from '../src/photos/list-stage-times.ts';
import type { PhotoOutcome } from '../src/photos/photo-desk.ts';

const done = (faces: number): PhotoOutcome => ({
  status: 'done',
  analysis: { faces: Array.from({ length: faces }) } as unknown as Analysis,
  crops: [],
});
const failed: PhotoOutcome = { status: 'failed', error: new Error('no picture') };
const waiting: PhotoOutcome = { status: 'waiting' };

describe('photos', () => {
  it.each([
    [[], ''],
    [[done(1)], '1 face in 1 photo.'],
    [[done(3), done(0), failed], '3 faces in 2 photos, 1 file could not be used.'],
    [[done(2), waiting, { status: 'working' } as const], '2 faces in 1 photo, 2 to go …'],
  ])('says how far they are', (outcomes, text) => expect(describePhotos(outcomes)).toBe(text));

  it('lists the stages and their sum', () => {
    const timings = { decodeMs: 1, preprocessMs: 2, detectMs: 3, alignMs: 4, embedMs: 5, livenessMs: 0, matchMs: 0 };
    expect(listStageTimes(timings).map(([, ms]) => ms)).toEqual([1, 2, 3, 4, 5, 15]);
  });

  it('draws landmarks as dots', () => {
    expect(
      toLandmarkPath([
        { x: 1, y: 2.25 },
        { x: -3, y: 0 },
      ]),
    ).toBe('M1.0 2.3h0M-3.0 0.0h0');
    expect(toLandmarkPath([])).toBe('');
  });
});

describe('frame rate', () => {
  it('is that of the last two seconds', () => {
    const rate = createFrameRate();
    expect(rate.add(0)).toBe(0);
    expect(rate.add(100)).toBe(10);
    expect(rate.add(200)).toBe(10);
    // After a pause the frames before it no longer count.
    expect(rate.add(60_000)).toBe(0);
    expect(rate.add(60_050)).toBe(20);
  });

  it('is 0 while time stands still', () => {
    const rate = createFrameRate();
    rate.add(5);
    expect(rate.add(5)).toBe(0);
  });
});
