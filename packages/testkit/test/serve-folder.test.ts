import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FolderServer, type Override, type ServeOptions, serveFolder } from '@isoface/testkit/browser-tools';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) & 255);
let folder: string;
let server: FolderServer | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isoface-serve-'));
  mkdirSync(join(folder, 'site/sub'), { recursive: true });
  mkdirSync(join(folder, 'models'));
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'models/a b.onnx'), content);
  writeFileSync(join(folder, 'models/empty.bin'), '');
  for (const name of ['index.html', 'sub/index.html', 'page.js', 'page.mjs', 'a.wasm', 'a.json', 'a.css', 'a.jpg']) {
    writeFileSync(join(folder, 'site', name), name);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(options: ServeOptions = {}): Promise<FolderServer> {
  server = await serveFolder({ root: join(folder, 'site'), routes: { '/models/': join(folder, 'models') }, ...options });
  return server;
}

const MODEL = '/models/a%20b.onnx';
const bytesOf = async (response: Response): Promise<Uint8Array> => new Uint8Array(await response.arrayBuffer());

/** Much faster than `toEqual`. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('serveFolder', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/sub/', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.mjs?version=1', 'text/javascript; charset=utf-8'],
    ['/a.wasm', 'application/wasm'],
    ['/a.json', 'application/json'],
    ['/a.css', 'text/css; charset=utf-8'],
    ['/a.jpg', 'image/jpeg'],
    [MODEL, 'application/octet-stream'],
    ['/models/empty.bin', 'application/octet-stream'],
  ])('serves %s as %s', async (path, type) => {
    const response = await fetch((await serve()).origin + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect((await bytesOf(response)).length).toBe(Number(response.headers.get('content-length')));
  });

  it('serves the very bytes of the file', async () => {
    expect(isSame(await bytesOf(await fetch((await serve()).origin + MODEL)), content)).toBe(true);
  });

  it('answers HEAD with the headers alone, and refuses to be written to', async () => {
    const { origin } = await serve();
    const head = await fetch(origin + MODEL, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), (await bytesOf(head)).length]).toEqual([200, '200000', 0]);
    expect((await fetch(origin + MODEL, { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it.each([
    ['a file that is missing', '/missing.js'],
    ['a folder', '/sub'],
    ['a file above the folder', '/../secret.txt'],
    ['a file above the folder, encoded', '/%2e%2e/secret.txt'],
    ['a file above the folder, wholly encoded', '/%2e%2e%2fsecret.txt'],
    ['a file above a route', '/models/..%2fsecret.txt'],
    ['an absolute path', '/%2fetc/passwd'],
    ['a path with NUL', '/page.js%00'],
    ['a path that does not decode', '/%E0%A4%A'],
  ])('does not serve %s', async (_, path) => {
    const { origin } = await serve();
    // `fetch` would resolve the dots itself.
    const status = await new Promise((done, fail) => {
      const { hostname, port } = new URL(origin);
      request({ hostname, port, path }, (response) => done(response.resume().statusCode))
        .once('error', fail)
        .end();
    });
    expect(status).toBe(404);
  });

  it.each<readonly [string, number, readonly [number, number] | undefined, string | null]>([
    ['bytes=0-9', 206, [0, 10], 'bytes 0-9/200000'],
    ['bytes=199990-', 206, [199_990, 200_000], 'bytes 199990-199999/200000'],
    ['bytes=-5', 206, [199_995, 200_000], 'bytes 199995-199999/200000'],
    ['bytes=199999-300000', 206, [199_999, 200_000], 'bytes 199999-199999/200000'],
    ['bytes=200000-', 416, undefined, 'bytes */200000'],
    ['bytes=-0', 416, undefined, 'bytes */200000'],
    ['bytes=9-3', 200, [0, 200_000], null],
    ['bytes=0-1,5-6', 200, [0, 200_000], null],
    ['lines=1-2', 200, [0, 200_000], null],
  ])('answers the range %s with %d', async (range, status, slice, contentRange) => {
    const response = await fetch((await serve()).origin + MODEL, { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([status, contentRange]);
    const body = await bytesOf(response);
    if (slice !== undefined) expect(isSame(body, content.subarray(...slice))).toBe(true);
  });

  it('sends the headers that were asked for with every answer, refusals too', async () => {
    const csp = "default-src 'self'";
    const { origin } = await serve({ crossOriginIsolated: true, csp, headers: { 'x-own': '1' } });
    for (const path of ['/', '/missing']) {
      const { headers } = await fetch(origin + path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'content-security-policy': csp,
        'x-own': '1',
      });
    }
  });

  it('isolates and restricts nothing unless asked to', async () => {
    const { headers } = await fetch((await serve()).origin);
    expect([headers.get('cross-origin-opener-policy'), headers.get('content-security-policy')]).toEqual([null, null]);
  });

  it('keeps a log', async () => {
    const { origin, requests } = await serve();
    await fetch(`${origin}/page.js?x=1`);
    await fetch(origin + MODEL, { headers: { range: 'bytes=5-' } });
    await fetch(`${origin}/missing`, { method: 'HEAD' });
    expect(requests).toEqual([
      { method: 'GET', url: '/page.js?x=1', range: undefined, status: 200 },
      { method: 'GET', url: MODEL, range: 'bytes=5-', status: 206 },
      { method: 'HEAD', url: '/missing', range: undefined, status: 404 },
    ]);
  });
});

describe('an override', () => {
  it.each<readonly [string, Override, number, string, string]>([
    ['a status', { status: 503 }, 503, 'text/javascript; charset=utf-8', '503\n'],
    ['a status with a body', { status: 404, body: '<p>', contentType: 'text/html' }, 404, 'text/html', '<p>'],
    ['a wrong type', { contentType: 'text/html' }, 200, 'text/html', 'page.js'],
    ['another body', { body: 'other' }, 200, 'text/javascript; charset=utf-8', 'other'],
    ['a tampered byte', { tamperAt: 0 }, 200, 'text/javascript; charset=utf-8', '\uFFFDage.js'],
  ])('gives %s', async (_, override, status, type, body) => {
    const response = await fetch(`${(await serve({ overrides: { '/page.js': override } })).origin}/page.js`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([status, type, body]);
  });

  it('needs no file, decodes its path and may add headers', async () => {
    const { origin } = await serve({ overrides: { '/made up.html': { body: '<h1>', headers: { 'x-one': '1' } } } });
    const response = await fetch(`${origin}/made%20up.html`);
    expect([response.status, response.headers.get('x-one'), await response.text()]).toEqual([200, '1', '<h1>']);
  });

  it('tampers with the byte of the file, whatever range is asked for', async () => {
    const { origin } = await serve({ overrides: { '/models/a b.onnx': { tamperAt: 100_001 } } });
    const body = await bytesOf(await fetch(origin + MODEL, { headers: { range: 'bytes=100000-100002' } }));
    expect(Array.from(body)).toEqual([content[100_000], (content[100_001] ?? 0) ^ 255, content[100_002]]);
  });

  it.each([0, 1, 150_000])('drops the connection after %d bytes although all were announced', async (cutAfter) => {
    const { origin } = await serve({ overrides: { '/models/a b.onnx': { cutAfter } } });
    const response = await fetch(origin + MODEL);
    expect(response.headers.get('content-length')).toBe('200000');
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  });

  it.each([0, 150_000])('sends %d bytes and then nothing', async (stallAfter) => {
    const { origin } = await serve({ overrides: { '/models/a b.onnx': { stallAfter } } });
    const aborted = new AbortController();
    const response = await fetch(origin + MODEL, { signal: aborted.signal });
    const reader = response.body?.getReader();
    let got = 0;
    while (got < stallAfter) got += (await reader?.read())?.value?.length ?? 0;
    expect(got).toBe(stallAfter);
    const more = reader?.read();
    const waited = new Promise((done) => setTimeout(done, 200, 'nothing'));
    expect(await Promise.race([more, waited])).toBe('nothing');
    aborted.abort();
    await expect(more).rejects.toThrow();
  });

  it('can be changed and taken back while the server runs', async () => {
    const { origin, override } = await serve();
    const status = async (): Promise<number> => (await fetch(`${origin}/page.js`)).status;
    override('/page.js', { status: 500 });
    expect(await status()).toBe(500);
    override('/page.js', undefined);
    expect(await status()).toBe(200);
  });
});
