/** The policy of a face unlock, checked against what the engine can do. */

import type { EngineInfo } from '../engine/face-engine.ts';
import { FaceError, isFaceError } from '../errors/face-error.ts';
import type { ChallengeAction } from '../liveness/active/challenge.ts';
import { hasSolidAction } from '../liveness/active/draw-challenge.ts';
import { listChallengeActions, listPossibleActions } from '../liveness/active/list-challenge-actions.ts';
import { type LivenessTarget, selectLivenessThreshold } from '../liveness/passive/select-liveness-threshold.ts';
import { selectThreshold } from '../match/select-threshold.ts';
import { assertKnownOptions, assertOption, isWholeNumber } from '../recognizers/assert-option.ts';
import type { LivenessLevel, UnlockPolicy } from './face-unlock.ts';
import type { LockOutRules } from './lock-out.ts';

/** A policy with everything decided. */
export interface UnlockSettings {
  readonly level: LivenessLevel;
  readonly fmr: number;
  readonly threshold: number;
  /** Similarity from which on two embeddings of one attempt count as of one face. */
  readonly sameFaceThreshold: number;
  /** Present when the level has a passive part. */
  readonly passive?: { readonly threshold: number; readonly frames: number } | undefined;
  /** Present when the level has an active part. */
  readonly active?: ActiveSettings | undefined;
  readonly timeLimitMs: number;
  readonly lockOut: LockOutRules;
  readonly refusesInjection: boolean;
}

/** What is asked for in a challenge. */
export interface ActiveSettings {
  readonly actions: readonly ChallengeAction[];
  readonly steps: number;
  readonly stepLimitMs: number;
  readonly usesMesh: boolean;
}

const POLICY_NAMES: readonly (keyof UnlockPolicy)[] = [
  'fmr',
  'liveness',
  'livenessTarget',
  'challengeSteps',
  'challengeActions',
  'stepLimitMs',
  'timeLimitMs',
  'attempts',
  'lockOutMs',
  'maxLockOutMs',
  'injection',
];
const LEVELS = ['best', 'none', 'passive', 'active', 'passive+active'];
const DEFAULT_FMR = 1e-3;
const DEFAULT_TARGET: LivenessTarget = { bpcer: 0.1 };
/** Lenient: these embeddings are known to be of one track. */
const SAME_FACE_FMR = 1e-2;
/** For thresholds of one's own. */
const DEFAULT_PASSIVE_FRAMES = 5;
/** Also for thresholds that were measured on single pictures: a mean over several is nearer to what a face or a picture of one gives. */
const MIN_PASSIVE_FRAMES = 3;
const MOST_STEPS = 10;
const LONGEST_MS = 24 * 3_600_000;
const LONGEST_LOCK_OUT_MS = 365 * LONGEST_MS;

/**
 * Checks a policy and settles every default.
 *
 * @throws {FaceError} `INVALID_OPTION` for unknown names, impossible values, packs without embedder and levels that the engine cannot give;
 * `THRESHOLD_UNAVAILABLE` for rates without calibration.
 */
export function settlePolicy(policy: UnlockPolicy, info: EngineInfo): UnlockSettings {
  assertKnownOptions(policy, POLICY_NAMES);
  const {
    fmr = DEFAULT_FMR,
    liveness = 'best',
    challengeSteps = 3,
    stepLimitMs = 6_000,
    timeLimitMs = 15_000,
    attempts = 5,
    lockOutMs = 30_000,
    maxLockOutMs = 3_600_000,
    injection = 'report',
  } = policy;
  assertOption('liveness', liveness, LEVELS.includes(liveness), `one of ${LEVELS.join(', ')}`);
  assertOption('injection', injection, ['report', 'refuse'].includes(injection), 'report or refuse');
  assertOption('attempts', attempts, isWholeNumber(attempts, 1, 1_000), 'a whole number from 1 to 1000');
  assertOption('challengeSteps', challengeSteps, isWholeNumber(challengeSteps, 1, MOST_STEPS), `a whole number from 1 to ${MOST_STEPS}`);
  assertDuration('stepLimitMs', stepLimitMs, 1_000, LONGEST_MS);
  assertDuration('timeLimitMs', timeLimitMs, 1_000, LONGEST_MS);
  assertDuration('lockOutMs', lockOutMs, 1_000, LONGEST_LOCK_OUT_MS);
  assertDuration('maxLockOutMs', maxLockOutMs, lockOutMs, LONGEST_LOCK_OUT_MS);
  if (info.contract === undefined) {
    throw new FaceError('INVALID_OPTION', `Expected an engine with an embedder, got the pack "${info.pack}", which can only detect.`, {
      option: 'engine',
      pack: info.pack,
    });
  }
  const { threshold } = selectThreshold(info.thresholds, fmr, info.flipAveraging);
  const passive = settlePassive(policy, info, liveness);
  const hasActive = liveness === 'best' || liveness === 'active' || liveness === 'passive+active';
  return {
    level: hasActive ? (passive === undefined ? 'active' : 'passive+active') : passive === undefined ? 'none' : 'passive',
    fmr,
    threshold,
    sameFaceThreshold: settleSameFace(threshold, info),
    passive,
    active: hasActive ? settleActive(policy, info, challengeSteps, stepLimitMs) : undefined,
    timeLimitMs,
    lockOut: { attempts, lockOutMs, maxLockOutMs },
    refusesInjection: injection === 'refuse',
  };
}

/** Never stricter than the decision itself. */
function settleSameFace(threshold: number, { thresholds, flipAveraging }: EngineInfo): number {
  try {
    return Math.min(threshold, selectThreshold(thresholds, SAME_FACE_FMR, flipAveraging).threshold);
  } catch (error) {
    if (isFaceError(error, 'THRESHOLD_UNAVAILABLE')) return threshold;
    throw error;
  }
}

function settlePassive(policy: UnlockPolicy, { liveness: can }: EngineInfo, level: LivenessLevel | 'best'): UnlockSettings['passive'] {
  const { livenessTarget } = policy;
  if (level === 'none' || level === 'active') return undefined;
  if (can.passive.length === 0) {
    if (level === 'best') return undefined;
    throw new FaceError(
      'INVALID_OPTION',
      `Expected an engine with passive liveness models for the level "${level}", got one without: create it with liveness: 'required' and a pack ` +
        'that has such models, install them with "isoface models install", or take the level \'active\'.',
      { option: 'liveness', value: level },
    );
  }
  try {
    const { threshold, calibration } = selectLivenessThreshold(can.thresholds, livenessTarget ?? DEFAULT_TARGET);
    return { threshold, frames: Math.max(MIN_PASSIVE_FRAMES, calibration?.frames ?? DEFAULT_PASSIVE_FRAMES) };
  } catch (error) {
    // Models without a measurement cannot decide; who asks for the best and names no target gets what can be decided.
    if (level === 'best' && livenessTarget === undefined && isFaceError(error, 'THRESHOLD_UNAVAILABLE')) return undefined;
    throw error;
  }
}

function settleActive(policy: UnlockPolicy, { liveness: can }: EngineInfo, steps: number, stepLimitMs: number): ActiveSettings {
  const known = listPossibleActions(can.landmarks);
  const { challengeActions: actions = listChallengeActions(can.landmarks) } = policy;
  // With fewer than two each challenge would be the one before.
  const isList = Array.isArray(actions) && actions.length >= 2 && new Set(actions).size === actions.length && hasSolidAction(actions);
  const unknown = isList ? actions.find((action) => !known.includes(action)) : undefined;
  if (!isList || unknown !== undefined) {
    const why = can.landmarks === 'five' ? ' Blinking and smiling need a face mesh or 68 landmarks: create the engine with liveness.' : '';
    throw new FaceError(
      'INVALID_OPTION',
      `Expected challengeActions to be two or more of the movements that this engine can see (${known.join(', ')}), each once, a turn or a nod among them, got ${JSON.stringify(actions)}.${why}`,
      { option: 'challengeActions', known, landmarks: can.landmarks },
    );
  }
  return { actions: [...actions], steps, stepLimitMs, usesMesh: can.landmarks === 'mesh468' };
}

function assertDuration(option: string, value: unknown, min: number, max: number): void {
  const isGood = typeof value === 'number' && value >= min && value <= max;
  assertOption(option, value, isGood, `a number of milliseconds from ${min} to ${max}`);
}
