/** Everything that a page may pass as an image, to an engine in a worker: the same face, nothing taken away, a clear refusal. */

import { createFaceEngine } from '@isoface/runtime-node';
import { type FolderServer, launchChromium, serveFolder } from '@isoface/testkit/browser-tools';
import { demoPhoto } from '@isoface/testkit/node';
import type { Browser, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine, largestDifference } from './support/compare.ts';
import { openSite, type Site } from './support/open-site.ts';

const [WIDTH, HEIGHT] = [480, 560];

let browser: Browser;
let site: Site;
let elsewhere: FolderServer;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium({ args: ['--autoplay-policy=no-user-gesture-required'] });
  const portrait = await sharp(demoPhoto('sample3.jpg')).extract({ left: 440, top: 200, width: WIDTH, height: HEIGHT }).png().toBuffer();
  site = await openSite(browser);
  site.put('face.png', portrait);
  page = await site.open();
  // Another site that does not allow others to read what it serves.
  elsewhere = await serveFolder({ overrides: { '/face.png': { body: portrait, contentType: 'image/png' } } });
  const video = await page.evaluate(() => lab.recordVideo());
  site.override('/in/video.webm', { body: Buffer.from(video, 'base64'), contentType: 'video/webm' });
  elsewhere.override('/video.webm', { body: Buffer.from(video, 'base64'), contentType: 'video/webm' });
  await page.evaluate(() => lab.create('engine'));
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([site?.close(), elsewhere?.close()]);
});

describe('every kind of image shows the same face', () => {
  const exact = [
    'blob',
    'arrayBuffer',
    'bytes',
    'partOfABuffer',
    'imageData',
    'rgba',
    'imageBitmap',
    'videoFrame',
    'img',
    'canvas',
    'offscreenCanvas',
  ] as const;
  it.each(exact)('%s', async (kind) => {
    const { box, expected, isIntact } = await page.evaluate((name) => lab.detectKind(name), kind);
    expect(largestDifference(box, expected)).toBeLessThanOrEqual(0.01);
    expect(isIntact).toBe(true);
  });

  it('video, whose colours went through a codec', async () => {
    const { box, expected, isIntact } = await page.evaluate(() => lab.detectKind('video'));
    // Measured: 1.5 pixels.
    expect(largestDifference(box, expected)).toBeLessThanOrEqual(5);
    expect(isIntact).toBe(true);
  });
});

describe('what cannot be read is refused, and the engine goes on', () => {
  const kinds = [
    'closedVideoFrame',
    'closedImageBitmap',
    'detachedArrayBuffer',
    'videoWithoutFrame',
    'emptyCanvas',
    'emptyOffscreenCanvas',
    'emptyImg',
    'brokenImg',
    'wideGamutImageData',
    'pixelsOfWrongLength',
    'string',
    'null',
    'number',
    'object',
  ] as const;
  it.each(kinds)('%s', async (kind) => {
    const outcome = await page.evaluate((name) => lab.settle(() => lab.detectRefused(name)), kind);
    expect(outcome).toMatchObject({ ok: false, error: { name: 'FaceError', code: 'IMAGE_INVALID' } });
    expect(outcome.ok ? '' : outcome.error.message).toMatch(/^Expected .+, got .+/);
    expect(await page.evaluate(async () => (await lab.engine('engine').detect(await lab.blob('/in/face.png'))).length)).toBe(1);
  });

  it.each(['img', 'canvas', 'offscreenCanvas', 'video', 'imageBitmap'] as const)('%s with content of another site', async (kind) => {
    const outcome = await page.evaluate(([name, origin]) => lab.settle(() => lab.detectForeign(name, origin)), [
      kind,
      elsewhere.origin,
    ] as const);
    expect(outcome).toMatchObject({
      ok: false,
      error: { name: 'FaceError', code: 'IMAGE_INVALID', message: expect.stringMatching(/CORS|origin/i) },
    });
  });
});

describe('photos give the embeddings that Node gives', () => {
  it('12 megapixels, and a photo of the web', async () => {
    const photo = await sharp(demoPhoto('sample3.jpg')).toBuffer();
    const large = await sharp(photo).resize(4000, 3000, { fit: 'cover' }).jpeg({ quality: 92 }).toBuffer();
    const node = await createFaceEngine({ executionProviders: 'cpu', worker: false });
    try {
      for (const [bytes, least] of [
        [large, 0.9999],
        [photo, 0.9999],
      ] as const) {
        const expected = await node.analyze(bytes);
        site.put('photo', bytes);
        const got = await page.evaluate(() => lab.analyze('engine', '/in/photo'));
        expect([got.width, got.height, got.faces.length]).toEqual([expected.width, expected.height, expected.faces.length]);
        const cosines = got.faces.map((face, i) => cosine(face.embedding, expected.faces[i]?.embedding?.vector));
        expect(Math.min(...cosines)).toBeGreaterThanOrEqual(least);
      }
    } finally {
      await node.dispose();
    }
  });
});
