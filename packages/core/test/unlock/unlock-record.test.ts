/** The record beside the template: what was written comes back, and nothing else is taken. */

import { expect, it } from 'vitest';
import type { Metadata } from '../../src/gallery/gallery.ts';
import { parseUnlockRecord, toMetadata, type UnlockRecord } from '../../src/unlock/unlock-record.ts';

const RECORD: UnlockRecord = {
  enrolment: '0123456789abcdef0123456789abcdef',
  templates: 3,
  enrolledAtMs: 1_800_000_000_000,
  consent: { version: '2026-01', givenAtMs: 1_799_999_999_000 },
  lockOut: { failures: 6, lastSeenMs: 1_800_000_000_500, lock: { startedAtMs: 1_800_000_000_400, delayMs: 60_000, reason: 'attempts' } },
  lastChallenge: ['nod', 'turnLeft', 'blink'],
};
const FRESH: UnlockRecord = { ...RECORD, lockOut: { failures: 0, lastSeenMs: 5 }, lastChallenge: [] };

it.each([
  ['with a lock-out', RECORD],
  ['of a new enrolment', FRESH],
])('comes back as it was, %s', (_, record) => {
  // As it does through the store.
  expect(parseUnlockRecord(JSON.parse(JSON.stringify(toMetadata(record))) as Metadata)).toEqual(record);
});

const WRITTEN = toMetadata(RECORD);
const { lock: _lock, ...WITHOUT_LOCK } = WRITTEN;
const changed = (fields: Metadata): Metadata => ({ ...WRITTEN, ...fields });

it.each([
  ['nothing', {}],
  ['a field too many', changed({ admin: true })],
  ['a field too few', WITHOUT_LOCK],
  ['no version', changed({ version: null })],
  ['an older version', changed({ version: 0 })],
  ['an enrolment that is none', changed({ enrolment: 'G'.repeat(32) })],
  ['no templates', changed({ templates: 0 })],
  ['half a template', changed({ templates: 2.5 })],
  ['failures below zero', changed({ failures: -1 })],
  ['failures that are no number', changed({ failures: '0' })],
  ['a moment that is no number', changed({ lastSeenMs: null })],
  ['an empty consent', changed({ consent: {} })],
  ['a consent without a text', changed({ consent: { version: '', givenAtMs: 1 } })],
  ['a consent to too long a name', changed({ consent: { version: 'x'.repeat(201), givenAtMs: 1 } })],
  ['a lock-out that is false', changed({ lock: false })],
  ['a lock-out of negative length', changed({ lock: { startedAtMs: 1, delayMs: -1, reason: 'attempts' } })],
  ['a lock-out for another reason', changed({ lock: { startedAtMs: 1, delayMs: 1, reason: 'none' } })],
  ['a list for a lock-out', changed({ lock: [] })],
  ['an unknown movement', changed({ lastChallenge: ['jump'] })],
  ['a movement that is a number', changed({ lastChallenge: [1] })],
  ['no list of movements', changed({ lastChallenge: 'nod' })],
] as const)('is damaged with %s', (_, metadata) => {
  expect(() => parseUnlockRecord(metadata)).toThrow(expect.objectContaining({ code: 'GALLERY_DAMAGED' }));
});

it('of a newer version is not read', () => {
  expect(() => parseUnlockRecord({ version: 2, anything: true })).toThrow(expect.objectContaining({ code: 'GALLERY_UNSUPPORTED' }));
});
