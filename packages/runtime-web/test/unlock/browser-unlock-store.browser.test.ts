/** A face unlock over the storage of a real browser. */

import { deleteDB, openDB } from 'idb';
import { afterEach, expect, it, vi } from 'vitest';
import { attempt, CONSENT, enrol, openEnrolledLab, openLab } from '../../../core/test/unlock/unlock-lab.ts';
import { DEVICE_KEY_DATABASE, openDeviceKeys } from '../../src/gallery/device-keys.ts';
import { createBrowserUnlockStore } from '../../src/unlock/browser-unlock-store.ts';

const GALLERY = 'isoface-gallery:face-unlock:door';
const open = () => createBrowserUnlockStore('door');
const ours = async (): Promise<string[]> =>
  (await indexedDB.databases()).map(({ name }) => name ?? '').filter((name) => name.startsWith('isoface'));

afterEach(async () => {
  vi.unstubAllGlobals();
  await open().deleteAll();
  await deleteDB(DEVICE_KEY_DATABASE);
});

it('creates nothing before an enrolment, and deletes everything after it', async () => {
  const lab = openLab({ store: open() });
  expect(await lab.unlock.status()).toEqual({ state: 'notEnrolled' });
  expect(await attempt(lab)).toMatchObject({ reason: 'notEnrolled' });
  expect(await enrol(lab, [])).toMatchObject({ type: 'refused', reason: 'cameraLost' });
  expect(await ours()).toEqual([]);
  expect(await enrol(lab)).toMatchObject({ type: 'enrolled', templates: 3 });
  expect((await ours()).sort()).toEqual([GALLERY, DEVICE_KEY_DATABASE].sort());
  await lab.unlock.deleteData();
  expect(await ours()).toEqual([]);
  expect(await lab.unlock.status()).toEqual({ state: 'notEnrolled' });
  await lab.unlock.deleteData();
});

it('leaves the keys of other galleries alone', async () => {
  await openDeviceKeys('visitors');
  const lab = await openEnrolledLab({ store: open() });
  await lab.unlock.deleteData();
  expect(await ours()).toEqual([DEVICE_KEY_DATABASE]);
});

it('unlocks after the page was loaded again, and remembers consent and failures', async () => {
  const lab = await openEnrolledLab({ store: open() });
  expect(await attempt(lab, [])).toMatchObject({ unlocked: false, counted: false });
  const again = openLab({ store: open() });
  expect(await again.unlock.consent()).toEqual(CONSENT);
  expect(await attempt(again)).toMatchObject({ unlocked: true });
});

it('keeps nothing that shows the template', async () => {
  await openEnrolledLab({ store: open() });
  const [record] = await readRecords();
  expect(record?.templates).toHaveLength(3);
  // 12 numbers of 4 bytes, and what sealing adds.
  for (const { vector } of record?.templates ?? []) expect(vector).toHaveLength(12 * 4 + 29);
  expect(new TextDecoder().decode(record?.details)).not.toContain(CONSENT.version);
});

it('is in use while another tab has it, and can be deleted all the same', async () => {
  const lab = await openEnrolledLab({ store: open() });
  const held = await open().open();
  expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason: 'inUse' });
  expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'inUse', counted: false });
  await held.store.close();
  expect(await attempt(lab)).toMatchObject({ unlocked: true });
  await open().open();
  await lab.unlock.deleteData();
  expect(await ours()).toEqual([]);
});

interface StoredRecord {
  readonly details: Uint8Array;
  readonly templates: { readonly vector: Uint8Array; readonly details: Uint8Array }[];
}

async function readRecords(): Promise<StoredRecord[]> {
  const database = await openDB(GALLERY);
  try {
    return await database.getAll('identities');
  } finally {
    database.close();
  }
}

async function changeRecord(change: (record: StoredRecord) => unknown): Promise<void> {
  const [record] = await readRecords();
  if (record === undefined) throw new Error('Expected a record.');
  const changed = change(record) ?? record;
  const database = await openDB(GALLERY);
  await database.put('identities', changed);
  database.close();
}

const flip = (bytes: Uint8Array | undefined): void => {
  if (bytes !== undefined) bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
};

it.each([
  { name: 'a byte of the metadata', damage: () => changeRecord((record) => flip(record.details)) },
  { name: 'a byte of a template', damage: () => changeRecord((record) => flip(record.templates[1]?.vector)) },
  { name: 'a byte of the facts of a template', damage: () => changeRecord((record) => flip(record.templates[2]?.details)) },
  { name: 'a template less', damage: () => changeRecord((record) => ({ ...record, templates: record.templates.slice(1) })) },
  { name: 'another kind of record', damage: () => changeRecord((record) => ({ ...record, templates: 'none' })) },
])('refuses everything after a change of $name', async ({ damage }) => {
  const lab = await openEnrolledLab({ store: open() });
  await damage();
  expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason: 'damaged' });
  expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'damaged', counted: false });
  expect(await enrol(lab)).toMatchObject({ type: 'refused', reason: 'damaged' });
  await lab.unlock.deleteData();
  expect(await ours()).toEqual([]);
  expect(await enrol(lab)).toMatchObject({ type: 'enrolled' });
});

it.each([
  { name: 'deleted', lose: () => deleteDB(DEVICE_KEY_DATABASE), reason: 'keyMissing' },
  {
    name: 'replaced by something else',
    reason: 'keyMissing',
    async lose() {
      const database = await openDB(DEVICE_KEY_DATABASE);
      await database.put('keys', 'no keys', 'face-unlock:door');
      database.close();
    },
  },
  {
    name: 'in a database with other tables',
    reason: 'storageFailed',
    async lose() {
      await deleteDB(DEVICE_KEY_DATABASE);
      (await openDB(DEVICE_KEY_DATABASE, 7, { upgrade: (database) => void database.createObjectStore('other') })).close();
    },
  },
])('says so when the keys were $name, and can be deleted', async ({ lose, reason }) => {
  const lab = await openEnrolledLab({ store: open() });
  await lose();
  expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason });
  expect(await attempt(lab)).toMatchObject({ unlocked: false, reason });
  await lab.unlock.deleteData();
  expect(await ours()).toEqual([]);
});

it('can be deleted when its database has other tables', async () => {
  (await openDB(GALLERY, 1, { upgrade: (database) => void database.createObjectStore('other') })).close();
  const lab = openLab({ store: open() });
  expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason: 'damaged' });
  await lab.unlock.deleteData();
  expect(await ours()).toEqual([]);
});

it('tells whether anything is kept where browsers do not list databases', async () => {
  const { indexedDB: real } = globalThis;
  const silent = { open: real.open.bind(real), deleteDatabase: real.deleteDatabase.bind(real) };
  vi.stubGlobal('indexedDB', silent);
  expect(await open().exists()).toBe(false);
  expect(await real.databases()).toEqual([]);
  const lab = await openEnrolledLab({ store: open() });
  expect(await open().exists()).toBe(true);
  expect(await attempt(lab)).toMatchObject({ unlocked: true });
  await lab.unlock.deleteData();
  expect(await real.databases()).toEqual([]);
});

it('cannot be used where the browser stores nothing', async () => {
  vi.stubGlobal('indexedDB', undefined);
  const lab = openLab({ store: open() });
  expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason: 'unsupported' });
  expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'unsupported' });
  expect(await enrol(lab)).toMatchObject({ type: 'refused', reason: 'unsupported' });
});

it.each(['', ' ', 'x'.repeat(201), 7 as unknown as string])('needs a name: %j', (name) => {
  expect(() => createBrowserUnlockStore(name)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
});
