/** Options of a track session, checked and filled in. */

import type { TrackOptions } from '../engine/face-engine.ts';
import { FaceError } from '../errors/face-error.ts';

/** Options that concern time and patience, with their defaults. */
export type TrackSettings = Required<{
  readonly [Name in
    | 'rescanMs'
    | 'maxMissedFrames'
    | 'maxMissedMs'
    | 'deadlineMs'
    | 'embedEveryMs'
    | 'fingerprints'
    | 'smoothing'
    | 'maxFaces']: NonNullable<TrackOptions[Name]>;
}>;

/**
 * Checks the options of a track session.
 *
 * @throws {FaceError} `INVALID_OPTION` naming the option.
 */
export function resolveTrackOptions(options: TrackOptions): TrackSettings {
  const {
    rescanMs = 500,
    maxMissedFrames = 10,
    maxMissedMs = 1000,
    deadlineMs = Number.POSITIVE_INFINITY,
    embedEveryMs = Number.POSITIVE_INFINITY,
    fingerprints = false,
    smoothing = true,
    maxFaces = Number.POSITIVE_INFINITY,
    embeddings,
  } = options;
  assertOption('rescanMs', rescanMs, typeof rescanMs === 'number' && rescanMs >= 0, 'a number of at least 0');
  assertOption('maxMissedMs', maxMissedMs, typeof maxMissedMs === 'number' && maxMissedMs >= 0, 'a number of at least 0');
  assertOption('deadlineMs', deadlineMs, typeof deadlineMs === 'number' && deadlineMs > 0, 'a number above 0');
  assertOption('embedEveryMs', embedEveryMs, typeof embedEveryMs === 'number' && embedEveryMs >= 0, 'a number of at least 0');
  assertOption('fingerprints', fingerprints, typeof fingerprints === 'boolean', 'true or false');
  const isCount = Number.isInteger(maxMissedFrames) || maxMissedFrames === Number.POSITIVE_INFINITY;
  assertOption('maxMissedFrames', maxMissedFrames, isCount && maxMissedFrames >= 0, 'a whole number of at least 0');
  assertOption('smoothing', smoothing, typeof smoothing === 'boolean', 'true or false');
  assertOption('embeddings', embeddings, embeddings === undefined || typeof embeddings === 'boolean', 'true or false');
  return { rescanMs, maxMissedFrames, maxMissedMs, deadlineMs, embedEveryMs, fingerprints, smoothing, maxFaces };
}

function assertOption(option: string, value: unknown, isGood: boolean, expected: string): void {
  if (isGood && (typeof value !== 'number' || !Number.isNaN(value))) return;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be ${expected}, got ${String(value)}.`, { option, value });
}
