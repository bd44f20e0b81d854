import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as openRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { filmPhoto, launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutPortrait, type PortraitName } from './support/cut-portrait.ts';
import { photoForm } from './support/photo-form.ts';
import { type RunningBackend, runBackend, startBackend } from './support/start-backend.ts';

/** docs/parity.md: smallest cosine between the embeddings of browser (WASM) and Node for the same pixels, to which PNG files are decoded. */
const PARITY_COSINE = 0.9999;
/** By how much a cosine to anything third can differ then: the length of the chord between the two vectors. */
const SIMILARITY_TOLERANCE = Math.sqrt(2 - 2 * PARITY_COSINE);
/** How image files begin, as bytes and, of JPEG and PNG, in base64. */
const IMAGE_MARKS = ['\x89PNG', '\xff\xd8\xff', 'RIFF', 'iVBORw0KGgo', '/9j/', 'data:image'];

/** A request of the page or of its workers. */
interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
}

describe('page and server', () => {
  let folder: string;
  let backend: RunningBackend;
  let browser: Browser;
  let page: Page;
  const portraits = {} as Record<PortraitName, Buffer>;
  const sent: SentRequest[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-backend-'));
    for (const name of ['ada', 'adaAgain', 'bea'] as const) portraits[name] = await cutPortrait(name);
    backend = await startBackend(join(folder, 'people.isoface'));
    const photo = join(folder, 'ada.png');
    await writeFile(photo, portraits.adaAgain);
    await filmPhoto(photo, join(folder, 'ada.mjpeg'));
    browser = await launchChromium({ camera: join(folder, 'ada.mjpeg') });
    const context = await browser.newContext();
    // Of the page, its workers and its service workers, if it had any.
    context.on('request', (request) => {
      sent.push({ method: request.method(), url: request.url(), body: request.postDataBuffer() ?? Buffer.alloc(0) });
    });
    page = await context.newPage();
    page.on('websocket', (socket) => problems.push(`websocket ${socket.url()}`));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(`${backend.url}/`);
    await page.waitForSelector('body[data-state="ready"], body[data-state="failed"]', { timeout: 120_000 });
  });
  afterAll(async () => {
    await browser?.close();
    await backend?.stop('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  const choose = (name: PortraitName): Promise<void> =>
    page.setInputFiles('#photo', { name: `${name}.png`, mimeType: 'image/png', buffer: portraits[name] });
  const click = async (button: string): Promise<string> => {
    await page.getByRole('button', { name: button, exact: true }).click();
    // Busy from the click itself on. No function: the policy of the page allows no code from text.
    await page.waitForSelector('body[data-state="ready"]');
    return (await page.locator('#result').textContent()) ?? '';
  };
  const similarity = async (): Promise<number> => Number(await page.locator('#result').getAttribute('data-similarity'));
  const verifyPhoto = async (name: PortraitName): Promise<{ match: boolean; similarity: number }> => {
    const { payload, headers } = await photoForm([portraits[name]], { id: 'Ada Ünsal' });
    const response = await fetch(`${backend.url}/v1/verify`, { method: 'POST', headers, body: new Uint8Array(payload) });
    return (await response.json()) as { match: boolean; similarity: number };
  };

  it('enrols and verifies by embeddings as the server does by photos', async () => {
    expect(await page.locator('#status').textContent()).toMatch(/^Ready: starter, wasm/);
    await page.fill('#person', 'Ada Ünsal');
    await choose('ada');
    expect(await click('Enrol')).toBe('Enrolled.');

    for (const [name, match] of [
      ['adaAgain', true],
      ['bea', false],
    ] as const) {
      await choose(name);
      expect(await click('Verify')).toMatch(match ? /^Match: / : /^No match: /);
      const byPhoto = await verifyPhoto(name);
      expect(byPhoto.match).toBe(match);
      expect(Math.abs((await similarity()) - byPhoto.similarity), name).toBeLessThanOrEqual(SIMILARITY_TOLERANCE);
    }
    expect(problems.splice(0)).toEqual([]);
  });

  it('verifies what the camera sees, and turns it off', async () => {
    expect(await click('Use the camera')).toBe('The camera is on.');
    expect(await click('Take the photo')).toBe('Photo taken; the camera is off.');
    expect(await page.locator('#video').isHidden()).toBe(true);
    expect(await click('Verify')).toMatch(/^Match: /);
    expect(problems.splice(0)).toEqual([]);
  });

  it('forgets', async () => {
    expect(await click('Forget me')).toBe('Forgotten.');
    // The browser reports the answer 404 as an error of the page; it is the one that is expected.
    expect(await click('Verify')).toMatch(/Ada Ünsal|Nobody/);
    expect(problems.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('sends no photo anywhere', () => {
    // Requests of workers are among those recorded: they fetch the models.
    expect(sent.some(({ url }) => url.endsWith('.onnx'))).toBe(true);
    const posts = sent.filter(({ method }) => method === 'POST');
    expect(posts.map(({ url }) => new URL(url).pathname)).toEqual([
      `/v1/people/${encodeURIComponent('Ada Ünsal')}/embeddings`,
      ...Array<string>(4).fill('/v1/verify'),
    ]);
    for (const { url, body } of sent) {
      if (!url.startsWith('blob:')) expect(new URL(url).origin).toBe(backend.url);
      const content = body.toString('latin1');
      for (const mark of IMAGE_MARKS) expect(content).not.toContain(mark);
    }
    // 128 numbers of 4 bytes each are 684 characters in base64; the smallest portrait has more than a hundred times as many bytes.
    const bytes = sent.reduce((sum, { body }) => sum + body.length, 0);
    expect(bytes).toBeGreaterThan(posts.length * 684);
    expect(bytes).toBeLessThan(posts.length * 1024);
    expect(Math.min(...Object.values(portraits).map(({ length }) => length))).toBeGreaterThan(100 * 684);
    // What the server has seen of the page agrees: JSON alone. The two forms are those of this test.
    const types = backend
      .log()
      .split('\n')
      .flatMap((line) => (line.includes('"incoming request"') ? [JSON.parse(line).req] : []))
      .filter(({ method }) => method === 'POST')
      .map(({ type }) => type);
    expect(types.filter((type) => type === 'application/json').length).toBe(posts.length);
    expect(types.filter((type) => type !== 'application/json')).toEqual(['multipart/form-data', 'multipart/form-data']);
  });

  it('logs neither who was asked about nor what was sent', () => {
    const log = backend.log();
    expect(log).toContain('/v1/people/:id/embeddings');
    for (const secret of ['Ada', encodeURIComponent('Ünsal'), 'similarity', 'vector']) expect(log).not.toContain(secret);
  });

  it('shows its page under a policy that lets it speak to this server alone, isolated, with threads possible', async () => {
    const response = await page.goto(`${backend.url}/`);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https:/);
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await page.waitForSelector('body[data-state="ready"]', { timeout: 120_000 });
    expect(problems.splice(0)).toEqual([]);
  });

  it('refuses a gallery that is in use; on a signal it answers who has asked already, and lets the gallery go', async () => {
    const second = runBackend(['--port', '0', '--gallery', join(folder, 'people.isoface')]);
    const [message, [code]] = await Promise.all([text(second.stderr ?? process.stdin), once(second, 'exit')]);
    expect([code, message]).toEqual([2, expect.stringContaining('GALLERY_LOCKED')]);

    const other = await startBackend(join(folder, 'other.isoface'));
    const { payload, headers } = await photoForm([portraits.ada]);
    const upload = openRequest(`${other.url}/v1/people/ada/photos`, {
      method: 'POST',
      headers: { ...headers, 'content-length': payload.length },
    });
    const answered = once(upload, 'response');
    upload.write(payload.subarray(0, 1000));
    await expect.poll(other.log).toContain('/v1/people/:id/photos');
    const stopped = other.stop('SIGINT');
    await expect.poll(() => fetch(other.url).catch(() => 'refused')).toBe('refused');
    upload.end(payload.subarray(1000));
    const [response] = await answered;
    expect(response.statusCode).toBe(201);
    response.resume();
    expect(await stopped).toBe(0);
    const again = await startBackend(join(folder, 'other.isoface'));
    expect(await (await fetch(`${again.url}/v1/people`)).json()).toEqual({ people: [{ id: 'ada', templates: 1 }] });
    expect(await again.stop('SIGTERM')).toBe(0);
  });
});
