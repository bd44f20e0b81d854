/** What an engine fetches, keeps and does when a file is not what it should be. */

import type { PackManifest } from '@isoface/core';
import { standardPack, starterPack } from '@isoface/models';
import { createNodeModelSource } from '@isoface/runtime-node';
import { type FolderServer, launchChromium, limitStorage, type Override } from '@isoface/testkit/browser-tools';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type Site, STRICT_CSP } from './support/open-site.ts';

const HOST = 'site.test';
const MODELS = ['/dist/models/blazeface.onnx', '/dist/models/face-landmark-68.onnx', '/dist/models/face-recognition.onnx'];
const WASM = '/dist/ort/ort-wasm-simd-threaded.wasm';
const GLUE = '/dist/ort/ort-wasm-simd-threaded.mjs';
const WORKER = '/dist/engine-worker.js';
const HTML: Override = { body: '<!doctype html><title>Not found</title>', contentType: 'text/html' };

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium({ args: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`] });
});
afterAll(() => browser?.close());

/** Creates an engine, tells what came of it and disposes it. */
function tryOut(page: Page, options: Parameters<typeof lab.create>[1] = {}): ReturnType<typeof lab.tryOut> {
  return page.evaluate((given) => lab.tryOut(given), options);
}

describe('a site with a strict policy', () => {
  let site: Site;
  let context: BrowserContext;
  const asked: string[] = [];

  beforeAll(async () => {
    site = await openSite(browser, { csp: STRICT_CSP });
    context = await browser.newContext();
    context.on('request', (request) => asked.push(request.url()));
  });
  afterAll(async () => {
    await context?.close();
    await site?.close();
  });

  it('is asked for code, wasm and models, each once, and violates no rule', async () => {
    const page = await site.open(context);
    const outcome = await tryOut(page);
    expect(outcome).toMatchObject({ ok: true, value: { faces: 1, info: { executionProvider: 'wasm', warnings: [] } } });
    const paths = site.takeRequests().filter((path) => !PAGE.includes(path));
    expect(paths.filter((path) => !path.endsWith('.js')).sort()).toEqual([...MODELS, GLUE, WASM].sort());
    expect(paths.filter((path) => path.endsWith('.js') && !/^\/(core|dist)\/[\w-]+\.js$/.test(path))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
    expect(await page.evaluate(() => lab.violations)).toEqual([]);
    await page.close();
  });

  it('is asked for code alone when the rest is cached', async () => {
    const page = await site.open(context);
    expect(await tryOut(page)).toMatchObject({ ok: true, value: { sources: ['cache'] } });
    expect(site.takeRequests().filter((path) => /\.(onnx|wasm)/.test(path))).toEqual([]);
    await page.close();
  });

  it('gets an engine on wasm where there is no GPU, with the reason', async () => {
    const page = await site.open(context);
    const outcome = await tryOut(page, { executionProviders: 'auto' });
    expect(outcome).toMatchObject({ ok: true, value: { faces: 1, info: { executionProvider: 'wasm' } } });
    expect(outcome.ok && outcome.value.info.warnings).toEqual([expect.stringMatching(/^webgpu passed over: /)]);
    expect(await page.evaluate(() => lab.violations)).toEqual([]);
    await page.close();
  });

  it('is not needed for models with offline: true', async () => {
    const page = await site.open(context);
    for (const path of [...MODELS, WASM]) site.override(path, { status: 500 });
    expect(await tryOut(page, { offline: true })).toMatchObject({ ok: true, value: { faces: 1 } });
    for (const path of [...MODELS, WASM]) site.override(path, undefined);
    await page.close();
  });

  it('heals a cache whose entry was changed, with a warning', async () => {
    const page = await site.open(context);
    const { sha256, name } = starterPack.embedder?.file ?? starterPack.detector.file;
    await page.evaluate((hash) => lab.tamperCache(hash), sha256);
    site.takeRequests();
    const healed = await tryOut(page);
    expect(healed).toMatchObject({
      ok: true,
      value: { faces: 1, info: { warnings: [expect.stringMatching(new RegExp(`${name}.*cache`))] } },
    });
    expect(site.takeRequests().filter((path) => path.endsWith('.onnx'))).toEqual([`/dist/models/${name}`]);
    expect(await tryOut(page, { offline: true })).toMatchObject({ ok: true, value: { info: { warnings: [] } } });
    await page.close();
  });

  it('sees no request go elsewhere', () => {
    expect(asked.length).toBeGreaterThan(10);
    // Blobs lie in the page itself.
    expect(asked.filter((url) => new URL(url.replace(/^blob:/, '')).origin !== site.origin)).toEqual([]);
  });
});

describe('without what was cached', () => {
  it('offline: true fails, and says what to do', async () => {
    const site = await openSite(browser);
    const page = await site.open();
    site.takeRequests();
    expect(await tryOut(page, { offline: true })).toMatchObject({
      ok: false,
      error: { code: 'MODEL_NOT_FOUND', message: expect.stringMatching(/online/) },
    });
    expect(site.takeRequests().filter((path) => /\.(onnx|wasm)/.test(path))).toEqual([]);
    expect(await tryOut(page, { offline: true, cache: false })).toMatchObject({ ok: false, error: { code: 'INVALID_OPTION' } });
    await site.close();
  });

  it('a cache that is full costs a warning, nothing more', async () => {
    const site = await openSite(browser);
    const page = await site.open();
    await limitStorage(page, 1_000_000);
    const outcome = await tryOut(page);
    expect(outcome).toMatchObject({ ok: true, value: { faces: 1 } });
    expect(
      outcome.ok && outcome.value.info.warnings.filter((warning) => /could not be kept in the cache/.test(warning)).length,
    ).toBeGreaterThanOrEqual(2);
    await site.close();
  });
});

describe('a file that is not what it should be', () => {
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite(browser);
    page = await site.open();
  });
  afterAll(() => site?.close());

  // The file that is asked for first, so that failures come soon.
  const [model] = MODELS as [string];
  const { sha256, bytes } = starterPack.detector.file;
  const integrity = [/blazeface\.onnx/, new RegExp(`expected SHA-256 ${sha256}, got SHA-256 [0-9a-f]{64}`)];

  it.each<readonly [string, string, Override, string, readonly RegExp[]]>([
    ['a worker that is missing', WORKER, { status: 404 }, 'BACKEND_UNAVAILABLE', [/engine-worker\.js/, /assetBase/]],
    ['a worker of the wrong type', WORKER, { contentType: 'text/plain' }, 'BACKEND_UNAVAILABLE', [/engine-worker\.js/]],
    ['HTML instead of the worker', WORKER, HTML, 'BACKEND_UNAVAILABLE', [/engine-worker\.js/]],
    [
      'HTML instead of the worker, as a script',
      WORKER,
      { ...HTML, contentType: 'text/javascript' },
      'BACKEND_UNAVAILABLE',
      [/engine-worker\.js/],
    ],
    ['a script of ONNX Runtime that is missing', GLUE, { status: 404 }, 'BACKEND_UNAVAILABLE', [/ort-wasm-simd-threaded\.mjs/]],
    [
      'a script of ONNX Runtime of the wrong type',
      GLUE,
      { contentType: 'application/octet-stream' },
      'BACKEND_UNAVAILABLE',
      [/ort-wasm-simd-threaded\.mjs/],
    ],
    ['wasm that is missing', WASM, { status: 404 }, 'DOWNLOAD_FAILED', [/ort-wasm-simd-threaded\.wasm/, /404/]],
    ['HTML instead of wasm', WASM, HTML, 'DOWNLOAD_FAILED', [/ort-wasm-simd-threaded\.wasm/, /HTML page/]],
    [
      'wasm with a changed byte',
      WASM,
      { tamperAt: 5_000_000 },
      'MODEL_INTEGRITY',
      [/ort-wasm-simd-threaded\.wasm/, /expected SHA-256 [0-9a-f]{64}, got SHA-256 [0-9a-f]{64}/],
    ],
    ['a model that is missing', model, { status: 404 }, 'DOWNLOAD_FAILED', [/blazeface\.onnx/, /404/]],
    ['HTML instead of a model', model, HTML, 'DOWNLOAD_FAILED', [/blazeface\.onnx/, /HTML page/]],
    ['a model with a changed byte', model, { tamperAt: 100 }, 'MODEL_INTEGRITY', integrity],
    ['a model of other content', model, { body: new Uint8Array(bytes) }, 'MODEL_INTEGRITY', integrity],
    [
      'a model that is cut short',
      model,
      { body: new Uint8Array(1000) },
      'DOWNLOAD_FAILED',
      [/blazeface\.onnx/, new RegExp(String(bytes)), /1000/],
    ],
  ])('%s', async (_, path, override, code, patterns) => {
    site.override(path, override);
    const outcome = await tryOut(page, { cache: false });
    site.override(path, undefined);
    expect(outcome).toMatchObject({ ok: false, error: { name: 'FaceError', code } });
    for (const pattern of patterns) expect(outcome.ok ? '' : outcome.error.message).toMatch(pattern);
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it.each<readonly [string, string, Override]>([
    ['wasm of the wrong type', WASM, { contentType: 'text/plain' }],
    ['a model whose connection drops again and again', model, { cutAfter: 100_000 }],
  ])('does no harm where the bytes are right: %s', async (_, path, override) => {
    site.override(path, override);
    const outcome = await tryOut(page, { cache: false });
    site.override(path, undefined);
    expect(outcome).toMatchObject({ ok: true, value: { faces: 1, info: { warnings: [] } } });
    expect(await page.evaluate(() => caches.keys())).toEqual([]);
  });

  it('is refused in a page that is not secure, for there is nothing to check it with', async () => {
    const insecure = await browser.newPage();
    await insecure.goto(site.origin.replace('127.0.0.1', HOST));
    await insecure.waitForFunction(() => globalThis.lab !== undefined);
    expect(await insecure.evaluate(() => isSecureContext)).toBe(false);
    expect(await tryOut(insecure)).toMatchObject({
      ok: false,
      error: { code: 'BACKEND_UNAVAILABLE', message: expect.stringMatching(/https/) },
    });
    expect(await tryOut(insecure, { worker: false })).toMatchObject({
      ok: false,
      error: { code: 'BACKEND_UNAVAILABLE', message: expect.stringMatching(/https/) },
    });
    await insecure.close();
  });

  it.each<readonly [string, Record<string, unknown>, string]>([
    ['an unknown pack', { pack: 'startr' }, 'PACK_UNKNOWN'],
    ['a broken manifest', { pack: { id: 'mine' } }, 'MANIFEST_INVALID'],
    ['a detection size that the model cannot have', { detectionSize: 300 }, 'INVALID_OPTION'],
    ['frames of ten pixels', { shrinkToSide: 10 }, 'INVALID_OPTION'],
    ['a provider that is not there', { executionProviders: 'webgpu' }, 'BACKEND_UNAVAILABLE'],
    ['an option of a Node engine', { modelsDir: '/models' }, 'INVALID_OPTION'],
  ])('is not looked for with %s', async (_, options, code) => {
    expect(await tryOut(page, options)).toMatchObject({ ok: false, error: { code } });
  });
});

describe.skipIf(!hasSharedData)('models of the site (need the shared data)', () => {
  const { detector, embedder } = standardPack;
  if (embedder === undefined) throw new Error('Expected a pack with an embedder.');
  const source = createNodeModelSource({ modelsDir: hasSharedData ? sharedPath('models') : '', offline: true });
  let site: Site;

  beforeAll(async () => {
    site = await openSite(browser, { csp: STRICT_CSP });
  });
  afterAll(() => site?.close());

  it('come from modelBase under their names', async () => {
    for (const model of [detector, embedder]) site.override(`/models/${model.file.name}`, { body: await source.load(model) });
    const page = await site.open();
    site.takeRequests();
    const outcome = await tryOut(page, { pack: 'standard', modelBase: '/models' });
    expect(outcome).toMatchObject({ ok: true, value: { faces: 1, info: { pack: 'standard' } } });
    const asked = site.takeRequests().filter((path) => path.endsWith('.onnx'));
    expect(asked.sort()).toEqual([detector, embedder].map(({ file }) => `/models/${file.name}`).sort());
  });

  it('are imported in the browser from the published files', async () => {
    const published: Record<string, Override> = {};
    for (const { importFrom } of [detector, embedder]) {
      for (const file of importFrom?.files ?? []) published[`/raw/${file.name}`] = { body: await source.load({ id: file.name, file }) };
    }
    for (const [path, override] of Object.entries(published)) site.override(path, override);
    const page = await site.open();
    site.takeRequests();
    const outcome = await tryOut(page, { pack: atAddress(standardPack, site) });
    expect(outcome).toMatchObject({ ok: true, value: { faces: 1, sources: expect.arrayContaining(['import']) } });
    const asked = site.takeRequests().filter((path) => path.startsWith('/raw/') || path.endsWith('import-model.js'));
    expect(asked.sort()).toEqual(['/dist/import-model.js', ...Object.keys(published)].sort());
    expect(await page.evaluate(() => lab.violations)).toEqual([]);
    // What was imported is kept: the next engine asks for nothing.
    expect(await tryOut(page, { pack: atAddress(standardPack, site), offline: true })).toMatchObject({ ok: true });
  });
});

/** Paths of the page itself. */
const PAGE: readonly string[] = ['/', '/lab.js', '/favicon.ico'];

/** A pack whose source files lie on a site; other addresses are taken away. */
function atAddress(pack: PackManifest, { origin }: FolderServer): PackManifest {
  const move = <T extends PackManifest['detector']>(model: T): T => ({
    ...model,
    file: { ...model.file, urls: [] },
    importFrom: model.importFrom && {
      ...model.importFrom,
      files: model.importFrom.files.map((file) => ({ ...file, urls: [`${origin}/raw/${file.name}`] })),
    },
  });
  return { ...pack, detector: move(pack.detector), ...(pack.embedder && { embedder: move(pack.embedder as never) }) };
}
