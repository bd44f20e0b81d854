/** What is kept beside the template: consent, lock-out, the last challenge. Lies in the sealed metadata of the owner's identity. */

import { FaceError } from '../errors/face-error.ts';
import type { JsonValue, Metadata } from '../gallery/gallery.ts';
import type { ChallengeAction } from '../liveness/active/challenge.ts';
import type { Consent } from './face-unlock.ts';
import type { LockOut, LockOutState } from './lock-out.ts';

/** The record of the owner. */
export interface UnlockRecord {
  /** 32 random hexadecimal digits, written into each template too: templates of another enrolment are told by it. */
  readonly enrolment: string;
  /** How many templates the enrolment made. */
  readonly templates: number;
  readonly enrolledAtMs: number;
  readonly consent: Consent;
  readonly lockOut: LockOutState;
  /** Movements of the last challenge, so that the next one is another. Empty before the first. */
  readonly lastChallenge: readonly ChallengeAction[];
}

/** Version of this record. A newer one is refused. */
const VERSION = 1;
const MAX_CONSENT_LENGTH = 200;
const ACTIONS: readonly string[] = ['turnLeft', 'turnRight', 'nod', 'blink', 'smile', 'moveCloser'] satisfies readonly ChallengeAction[];

/** The record as metadata. */
export function toMetadata({ enrolment, templates, enrolledAtMs, consent, lockOut, lastChallenge }: UnlockRecord): Metadata {
  const { failures, lastSeenMs, lock } = lockOut;
  return {
    version: VERSION,
    enrolment,
    templates,
    enrolledAtMs,
    consent: { version: consent.version, givenAtMs: consent.givenAtMs },
    failures,
    lastSeenMs,
    lock: lock === undefined ? null : { startedAtMs: lock.startedAtMs, delayMs: lock.delayMs, reason: lock.reason },
    lastChallenge: [...lastChallenge],
  };
}

/**
 * The record in metadata.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` for anything that {@link toMetadata} does not write, `GALLERY_UNSUPPORTED` for a newer version.
 */
export function parseUnlockRecord(metadata: Metadata): UnlockRecord {
  const fields = readObject('record', metadata, [
    'version',
    'enrolment',
    'templates',
    'enrolledAtMs',
    'consent',
    'failures',
    'lastSeenMs',
    'lock',
    'lastChallenge',
  ]);
  const consent = readObject('consent', fields['consent'], ['version', 'givenAtMs']);
  return {
    enrolment: readText('enrolment', fields['enrolment'], (text) => /^[0-9a-f]{32}$/.test(text)),
    templates: readNumber('templates', fields['templates'], (value) => Number.isInteger(value) && value >= 1 && value <= 100),
    enrolledAtMs: readNumber('enrolledAtMs', fields['enrolledAtMs']),
    consent: {
      version: readText('consent.version', consent['version'], isConsentVersion),
      givenAtMs: readNumber('consent.givenAtMs', consent['givenAtMs']),
    },
    lockOut: {
      failures: readNumber('failures', fields['failures'], (value) => Number.isInteger(value) && value >= 0),
      lastSeenMs: readNumber('lastSeenMs', fields['lastSeenMs']),
      ...(fields['lock'] !== null && { lock: readLock(fields['lock']) }),
    },
    lastChallenge: readActions(fields['lastChallenge']),
  };
}

/** Whether a text can name what a person agreed to. */
export function isConsentVersion(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MAX_CONSENT_LENGTH;
}

function readLock(value: JsonValue | undefined): LockOut {
  const lock = readObject('lock', value, ['startedAtMs', 'delayMs', 'reason']);
  const { reason } = lock;
  if (reason !== 'attempts' && reason !== 'clockSetBack') throw damaged('lock.reason');
  return {
    startedAtMs: readNumber('lock.startedAtMs', lock['startedAtMs']),
    delayMs: readNumber('lock.delayMs', lock['delayMs'], (delay) => delay >= 0),
    reason,
  };
}

function readActions(value: JsonValue | undefined): ChallengeAction[] {
  if (!Array.isArray(value) || value.length > 100) throw damaged('lastChallenge');
  return value.map((action: JsonValue) => {
    if (typeof action === 'string' && ACTIONS.includes(action)) return action as ChallengeAction;
    throw damaged('lastChallenge');
  });
}

type Fields = { readonly [name: string]: JsonValue };

function readObject(path: string, value: JsonValue | undefined, names: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged(path);
  const fields = value as Fields;
  if (path === 'record' && typeof fields['version'] === 'number' && fields['version'] > VERSION) {
    throw new FaceError('GALLERY_UNSUPPORTED', 'The face unlock was written by a newer isoface; reload the page or update isoface.', {
      version: fields['version'],
    });
  }
  if (path === 'record' && fields['version'] !== VERSION) throw damaged('version');
  const found = Object.keys(fields);
  if (found.length !== names.length || !names.every((name) => Object.hasOwn(fields, name))) throw damaged(path);
  return fields;
}

function readNumber(path: string, value: JsonValue | undefined, isGood: (value: number) => boolean = () => true): number {
  if (typeof value === 'number' && Number.isFinite(value) && isGood(value)) return value;
  throw damaged(path);
}

function readText(path: string, value: JsonValue | undefined, isGood: (text: string) => boolean): string {
  if (typeof value === 'string' && isGood(value)) return value;
  throw damaged(path);
}

function damaged(path: string): FaceError {
  return new FaceError(
    'GALLERY_DAMAGED',
    `Expected the record of a face unlock, got something else at ${path}; delete the data of the face unlock and enrol again.`,
    { path },
  );
}
