/** A gallery made in a browser works in Node, and the other way round. Built packages, real models, real photos. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Gallery, IdentifyResult } from '@isoface/core/gallery';
import { createFaceEngine, type NodeFaceEngine, type NodeImageInput, openFileStore } from '@isoface/runtime-node';
import { type FolderServer, launchChromium, serveFolder } from '@isoface/testkit/browser-tools';
import { demoPhoto } from '@isoface/testkit/node';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const IMPORTS = { '@isoface/core': '/core/index.js', '@isoface/core/gallery': '/core/gallery.js' };
const PAGE = `<!doctype html><title>galleries</title><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
<script type="module">import * as inPage from '/galleries/gallery-in-page.js'; globalThis.inPage = inPage;</script>`;
/** One person each; of several faces the large, central one. */
const PEOPLE = [1, 2, 3, 4, 5].map((i) => ({ id: `Persönlichkeit ${i}`, file: `sample${i}.jpg` }));
const PROBE = 'sample3.jpg';
const ENROL = { qualityLimits: {}, severalFaces: 'mostProminent', duplicates: 'ignore' } as const;
/** Published for the same file in all runtimes: see docs/parity.md. */
const TOLERANCE = 1e-6;

let folder: string;
let server: FolderServer;
let browser: Browser;
let page: Page;
let engine: NodeFaceEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-galleries-'));
  server = await serveFolder({
    routes: {
      '/web/': `${packages}runtime-web/dist/`,
      '/core/': `${packages}core/dist/`,
      '/models/': `${packages}models/assets/`,
      '/photos/': `${dirname(demoPhoto('sample1.jpg'))}/`,
      '/galleries/': fileURLToPath(new URL('./', import.meta.url)),
    },
    overrides: { '/page.html': { body: PAGE, contentType: 'text/html' } },
  });
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`${server.origin}/page.html`);
  await page.waitForFunction('globalThis.inPage !== undefined');
  engine = await createFaceEngine({ pack: 'starter', threads: 1 });
  expect(await call('start')).toBe(engine.info.contract);
});

afterAll(async () => {
  await engine?.dispose();
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Calls a function of the page. */
async function call<T>(name: string, ...values: readonly unknown[]): Promise<T> {
  return page.evaluate(`inPage.${name}(...${JSON.stringify(values)})`);
}

async function enrolInNode(gallery: Gallery<NodeImageInput>): Promise<void> {
  for (const { id, file } of PEOPLE) {
    expect(await gallery.enrol(id, { photo: demoPhoto(file), source: file }, { ...ENROL, metadata: { file } })).toMatchObject({
      status: 'enrolled',
    });
  }
}

async function identifyInNode(gallery: Gallery<NodeImageInput>): Promise<Found> {
  const result = await gallery.identify(demoPhoto(PROBE), { limit: 10 });
  if (result.status !== 'searched') throw new Error(`Expected a search, got ${result.reason}.`);
  return result;
}

type Found = Pick<Extract<IdentifyResult, { status: 'searched' }>, 'candidates' | 'decision'>;

function expectSame(got: Found, want: Found): void {
  expect(got.candidates.map(({ id }) => id)).toEqual(want.candidates.map(({ id }) => id));
  expect(got.decision.id).toBe(want.decision.id);
  for (const [i, { similarity }] of want.candidates.entries()) {
    expect(Math.abs((got.candidates[i]?.similarity ?? 0) - similarity)).toBeLessThanOrEqual(TOLERANCE);
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('base64');
}

describe('a gallery made in the browser', () => {
  it.each(['binary', 'jsonl'] as const)('identifies in Node, as %s', async (format) => {
    const name = `to-node-${format}`;
    await call('open', name);
    expect(await call('enrol', name, PEOPLE)).toEqual(PEOPLE.map(() => 'enrolled'));
    const inPage = await call<Found>('identify', name, PROBE);
    expect(inPage.decision.id).toBe('Persönlichkeit 3');
    const bytes = Buffer.from(await call<string>('exportGallery', name, { format }), 'base64');
    const gallery = await engine.openGallery();
    expect(await gallery.import(bytes)).toMatchObject({ added: PEOPLE.length });
    expectSame(await identifyInNode(gallery), inPage);
    expect(await gallery.get('Persönlichkeit 2')).toEqual(await call('describe', name, 'Persönlichkeit 2'));
    await gallery.close();
    await call('close', name);
  });

  it('is a file that the store of Node opens, if it is a binary export', async () => {
    await call('open', 'file');
    await call('enrol', 'file', PEOPLE);
    const path = join(folder, 'from-browser.gallery');
    await writeFile(path, Buffer.from(await call<string>('exportGallery', 'file', { format: 'binary' }), 'base64'));
    const gallery = await engine.openGallery({ store: await openFileStore(path) });
    expectSame(await identifyInNode(gallery), await call('identify', 'file', PROBE));
    expect(await gallery.remove('Persönlichkeit 3')).toBe(true);
    expect((await identifyInNode(gallery)).decision.id).toBeUndefined();
    await gallery.close();
    await call('close', 'file');
  });

  it('opens with its key alone, in Node too', async () => {
    const key = [...new Uint8Array(32).fill(42)];
    await call('open', 'sealed', key);
    await call('enrol', 'sealed', PEOPLE);
    const bytes = Buffer.from(await call<string>('exportGallery', 'sealed', { format: 'binary' }), 'base64');
    const gallery = await engine.openGallery();
    await expect(gallery.import(bytes)).rejects.toMatchObject({ code: 'KEY_WRONG' });
    await expect(gallery.import(bytes, { keys: { encryption: new Uint8Array(32).fill(41) } })).rejects.toMatchObject({ code: 'KEY_WRONG' });
    expect(await gallery.stats()).toMatchObject({ identities: 0 });
    expect(await gallery.import(bytes, { keys: { encryption: Uint8Array.from(key) } })).toMatchObject({ added: PEOPLE.length });
    expectSame(await identifyInNode(gallery), await call('identify', 'sealed', PROBE));
    await gallery.close();
    await call('close', 'sealed');
  });

  it('can be sealed with keys that do not leave the browser', async () => {
    await call('open', 'device', 'device');
    await call('enrol', 'device', PEOPLE);
    const bytes = Buffer.from(await call<string>('exportGallery', 'device', { format: 'binary' }), 'base64');
    const gallery = await engine.openGallery();
    await expect(gallery.import(bytes)).rejects.toMatchObject({ code: 'KEY_WRONG' });
    const open = Buffer.from(await call<string>('exportGallery', 'device', { format: 'binary', protection: 'remove' }), 'base64');
    expect(await gallery.import(open)).toMatchObject({ added: PEOPLE.length });
    expectSame(await identifyInNode(gallery), await call('identify', 'device', PROBE));
    await gallery.close();
    await call('close', 'device');
  });
});

describe('a gallery made in Node', () => {
  it('identifies in the browser, also after the page was left', async () => {
    const gallery = await engine.openGallery({ store: await openFileStore(join(folder, 'from-node.gallery')) });
    await enrolInNode(gallery);
    const inNode = await identifyInNode(gallery);
    expect(inNode.decision.id).toBe('Persönlichkeit 3');
    await call('open', 'from-node');
    expect(await call('importGallery', 'from-node', await collect(gallery.export()))).toMatchObject({ added: PEOPLE.length });
    expectSame(await call('identify', 'from-node', PROBE), inNode);
    await gallery.close();

    await page.reload();
    await page.waitForFunction('globalThis.inPage !== undefined');
    await call('start');
    await call('open', 'from-node');
    expectSame(await call('identify', 'from-node', PROBE), inNode);
    await call('close', 'from-node');
  });

  it('opens with its key alone in the browser', async () => {
    const keys = { encryption: new Uint8Array(32).fill(5), transform: new Uint8Array(32).fill(6) };
    const gallery = await engine.openGallery({ keys });
    await enrolInNode(gallery);
    await call('open', 'foreign');
    expect(await call('importGallery', 'foreign', await collect(gallery.export()))).toEqual({ code: 'KEY_WRONG' });
    expect(await call('importGallery', 'foreign', await collect(gallery.export({ protection: 'remove' })))).toMatchObject({
      added: PEOPLE.length,
    });
    await gallery.close();
    await call('close', 'foreign');
  });
});
