/** Galleries in IndexedDB across reloads and tabs, and when the site may not store more. */

import { fileURLToPath } from 'node:url';
import { type FolderServer, launchChromium, limitStorage, serveFolder } from '@isoface/testkit/browser-tools';
import type { Browser, BrowserContext, Page } from 'playwright';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GalleryLab } from './indexed-db-lab.ts';

declare global {
  var galleryLab: GalleryLab;
}

let browser: Browser;
let server: FolderServer;
let context: BrowserContext;

beforeAll(async () => {
  const [code, started] = await Promise.all([bundleLab(), launchChromium()]);
  browser = started;
  server = await serveFolder({
    overrides: {
      '/index.html': { body: '<!doctype html><title>test</title><script type="module" src="/lab.js"></script>' },
      '/lab.js': { body: code, contentType: 'text/javascript' },
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(() => context.close());

async function openTab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.origin);
  await isReady(page);
  return page;
}

async function isReady(page: Page): Promise<void> {
  await page.waitForFunction(() => globalThis.galleryLab !== undefined);
}

describe('a gallery in IndexedDB', () => {
  it('is there again after a reload, without a close', async () => {
    const page = await openTab();
    expect(await page.evaluate(() => galleryLab.open('g'))).toBe('ok');
    await page.evaluate(() => galleryLab.rewrite(['ada', 'bob']));
    await page.evaluate(() => galleryLab.remove('bob'));
    await page.evaluate(() => galleryLab.put(['cy']));
    await page.reload();
    await isReady(page);
    expect(await page.evaluate(() => galleryLab.open('g'))).toBe('ok');
    expect(await page.evaluate(() => galleryLab.ids())).toEqual(['ada', 'cy']);
  });

  it('is as it was if the tab is closed in the middle of a rewrite', async () => {
    const page = await openTab();
    await page.evaluate(() => galleryLab.open('g'));
    await page.evaluate(() => galleryLab.rewrite(['ada']));
    await page.evaluate(() => galleryLab.startRewrite());
    await page.close();
    const next = await openTab();
    expect(await next.evaluate(() => galleryLab.countRecords('g')), 'the rewrite had begun').toBeGreaterThan(1);
    await expect.poll(() => next.evaluate(() => galleryLab.open('g'))).toBe('ok');
    expect(await next.evaluate(() => galleryLab.ids())).toEqual(['ada']);
    expect(await next.evaluate(() => galleryLab.countRecords('g'))).toBe(1);
  });

  it('is open in one tab at a time', async () => {
    const [first, second] = [await openTab(), await openTab()];
    await first.evaluate(() => galleryLab.open('g'));
    await first.evaluate(() => galleryLab.rewrite(['ada']));
    expect(await second.evaluate(() => galleryLab.open('g'))).toBe('GALLERY_LOCKED');
    expect(await second.evaluate(() => galleryLab.open('other'))).toBe('ok');
    await first.evaluate(() => galleryLab.close());
    expect(await second.evaluate(() => galleryLab.open('g'))).toBe('ok');
    expect(await second.evaluate(() => galleryLab.ids())).toEqual(['ada']);
    // A tab that goes takes its lock along.
    await second.close();
    await expect.poll(() => first.evaluate(() => galleryLab.open('g'))).toBe('ok');
  });

  it('is closed if another tab deletes it', async () => {
    const [first, second] = [await openTab(), await openTab()];
    await first.evaluate(() => galleryLab.open('g'));
    await first.evaluate(() => galleryLab.rewrite(['ada']));
    await second.evaluate(() => galleryLab.deleteGallery('g'));
    expect(await first.evaluate(() => galleryLab.get('ada'))).toBe('DISPOSED');
    await expect.poll(() => second.evaluate(() => galleryLab.open('g'))).toBe('ok');
    expect(await second.evaluate(() => galleryLab.ids())).toEqual([]);
  });

  it('does not change if there is no room, and goes on when there is', async () => {
    const page = await openTab();
    // Before the database is used: Chromium remembers for half a minute how much room it found.
    await limitStorage(page, 2_000_000);
    await page.evaluate(() => galleryLab.open('g'));
    expect(await page.evaluate(() => galleryLab.rewrite(['ada', 'bob']))).toBe('ok');
    expect(await page.evaluate(() => galleryLab.put(['eve', 'mallory'], 3_000_000))).toBe('STORAGE_FULL');
    expect(await page.evaluate(() => galleryLab.ids())).toEqual(['ada', 'bob']);
    const many = Array.from({ length: 10 }, (_, i) => `person ${i}`);
    expect(await page.evaluate((ids) => galleryLab.rewrite(ids, 1_000_000), many)).toBe('STORAGE_FULL');
    expect(await page.evaluate(() => galleryLab.ids())).toEqual(['ada', 'bob']);
    expect(await page.evaluate(() => galleryLab.countRecords('g'))).toBe(2);
    // Removing needs little room.
    expect(await page.evaluate(() => galleryLab.remove('bob'))).toBe('ok');
    await limitStorage(page, 100_000_000);
    expect(await page.evaluate(() => galleryLab.put(['eve'], 3_000_000))).toBe('ok');
    expect(await page.evaluate(() => galleryLab.ids())).toEqual(['ada', 'eve']);
  });
});

async function bundleLab(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@isoface/source', 'browser', 'import', 'module', 'default'] },
    build: {
      write: false,
      target: 'esnext',
      minify: false,
      lib: { entry: fileURLToPath(new URL('indexed-db-lab.ts', import.meta.url)), formats: ['es'] },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('Bundling the page for the tests gave no code.');
  return chunk.code;
}
