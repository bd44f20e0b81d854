import { describe, expect, it } from 'vitest';
import type { TrackOptions } from '../../src/engine/face-engine.ts';
import { resolveTrackOptions } from '../../src/track/track-options.ts';

describe('track options', () => {
  it('have defaults, also for undefined', () => {
    const defaults = resolveTrackOptions({});
    expect(defaults).toEqual({
      rescanMs: 500,
      maxMissedFrames: 10,
      maxMissedMs: 1000,
      deadlineMs: Number.POSITIVE_INFINITY,
      embedEveryMs: Number.POSITIVE_INFINITY,
      fingerprints: false,
      smoothing: true,
      maxFaces: Number.POSITIVE_INFINITY,
    });
    expect(resolveTrackOptions({ rescanMs: undefined, smoothing: undefined, embeddings: undefined })).toEqual(defaults);
  });

  it.each([
    { rescanMs: 0 },
    { rescanMs: Number.POSITIVE_INFINITY },
    { maxMissedFrames: 0 },
    { maxMissedFrames: Number.POSITIVE_INFINITY },
    { maxMissedMs: 0 },
    { deadlineMs: 0.5 },
    { smoothing: false },
    { embeddings: false },
  ] as TrackOptions[])('accept %j', (options) => {
    expect(resolveTrackOptions(options)).toMatchObject('embeddings' in options ? {} : options);
  });

  it.each([
    ['rescanMs', -1],
    ['rescanMs', Number.NaN],
    ['rescanMs', '100'],
    ['maxMissedFrames', 1.5],
    ['maxMissedFrames', -1],
    ['maxMissedFrames', Number.NaN],
    ['maxMissedMs', -0.1],
    ['maxMissedMs', Number.NaN],
    ['deadlineMs', 0],
    ['deadlineMs', -5],
    ['deadlineMs', Number.NaN],
    ['smoothing', 'yes'],
    ['embeddings', 1],
  ])('refuse %s = %s and name it', (option, value) => {
    expect(() => resolveTrackOptions({ [option]: value })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(option) as string }),
    );
  });
});
