import { launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser, BrowserContext, Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServedPlayground } from '../../web-playground/test/support/serve-for-tests.ts';
import { findViolations } from './support/find-violations.ts';
import { type AppPage, openApp } from './support/open-app.ts';
import { serveApp } from './support/serve-app.ts';

let served: ServedPlayground;
let browser: Browser;

beforeAll(async () => {
  served = await serveApp();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Replaces the camera by one that shows no face, or, once `cameraError` has the name of an error, does not open. */
function replaceCamera(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const { cameraError } = globalThis as unknown as { cameraError?: string };
      if (cameraError !== undefined) throw new DOMException('No camera here.', cameraError);
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 640, height: 480 });
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      let frame = 0;
      // A grey wall with a light that flickers: a picture that stands still is no camera's.
      setInterval(() => {
        frame += 1;
        context.fillStyle = '#888';
        context.fillRect(0, 0, 640, 480);
        context.fillStyle = `rgb(${frame % 256} ${(frame * 7) % 256} 90)`;
        context.fillRect(0, 0, 8, 8);
      }, 30);
      const stream = canvas.captureStream(15);
      Object.assign(globalThis, { lastTrack: stream.getVideoTracks()[0] });
      return stream;
    };
  });
}

const startEnrolment = async ({ page, reach }: AppPage): Promise<void> => {
  await reach('welcome');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Enrol my face' }).click();
};

describe('the built app', () => {
  let context: BrowserContext;
  let app: AppPage;

  beforeAll(async () => {
    context = await browser.newContext({ locale: 'en-GB' });
    app = await openApp(context, served.url, replaceCamera);
    await app.reach('welcome');
  });
  afterAll(() => context?.close());
  afterEach(() => expect(app.problems.splice(0)).toEqual([]));

  it('is isolated, so that threads are possible, and breaks no rule of accessibility', async () => {
    expect(await app.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    expect(await findViolations(app.page)).toEqual([]);
  });

  it('says that the starter pack checks movements only, and offers its thresholds', async () => {
    expect(await app.page.getByText('Only movements are checked').count()).toBe(1);
    await app.page.getByRole('button', { name: 'Settings' }).click();
    await app.reach('settings');
    const rates = await app.page.getByLabel('Security level').locator('option').allTextContents();
    expect(rates).toContain('1 stranger in 1,000 is taken for you');
    expect(rates.length).toBeGreaterThan(2);
    const passive = app.page.getByLabel('Liveness').locator('option[value="passive"]');
    expect(await passive.isDisabled()).toBe(true);
    await app.page.getByRole('button', { name: 'Back' }).click();
    await app.reach('welcome');
  });

  it('looks at the camera, says what it misses, and turns it off when the enrolment is cancelled', async () => {
    await startEnrolment(app);
    await app.reach('enrol');
    await app.page.locator('[data-part="advice"]', { hasText: 'Look at the camera.' }).waitFor();
    expect(await readTrack(app.page)).toBe('live');
    await app.page.getByRole('button', { name: 'Cancel' }).click();
    await app.reach('welcome');
    expect(await readTrack(app.page)).toBe('ended');
  });

  it('says that the camera was lost in the middle', async () => {
    await startEnrolment(app);
    await app.page.locator('[data-part="advice"]', { hasText: 'Look at the camera.' }).waitFor();
    await app.page.evaluate(() => {
      const { lastTrack } = globalThis as unknown as { lastTrack: MediaStreamTrack };
      lastTrack.stop();
      // Browsers tell of an end that the page did not ask for.
      lastTrack.dispatchEvent(new Event('ended'));
    });
    await app.page.getByText('The camera gives no more pictures. Nothing was stored.').waitFor();
    await app.page.getByRole('button', { name: 'Back' }).click();
    await app.reach('welcome');
  });

  it.each([
    ['NotAllowedError', 'The camera is not allowed for this page.'],
    ['NotFoundError', 'There is no camera.'],
    ['NotReadableError', 'Another program or tab uses the camera.'],
  ])('says what to do about a camera that does not open: %s', async (cameraError, text) => {
    await app.page.evaluate((name) => Object.assign(globalThis, { cameraError: name }), cameraError);
    await startEnrolment(app);
    await app.page.locator('[data-notice="camera"]', { hasText: text }).waitFor();
    await app.page.locator('#result-live', { hasText: text }).waitFor({ state: 'attached' });
    await app.page.getByRole('button', { name: 'Back' }).click();
    await app.reach('welcome');
  });

  it('can be installed', async () => {
    const href = await app.page.locator('link[rel="manifest"]').getAttribute('href');
    const manifest = await (await app.page.request.get(new URL(href ?? '', served.url).href)).json();
    expect(manifest).toMatchObject({ start_url: './', scope: './', display: 'standalone' });
    const icons = manifest.icons as readonly { readonly src: string; readonly sizes: string; readonly type: string }[];
    for (const { src, sizes, type } of icons.filter(({ sizes: text }) => text !== 'any')) {
      const { width, height, format } = await sharp(await (await app.page.request.get(new URL(src, served.url).href)).body()).metadata();
      expect([`${width}x${height}`, `image/${format}`]).toEqual([sizes, type]);
    }
    expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['any', '192x192', '512x512']));
  });

  it('leads to the playground', async () => {
    const link = app.page.getByRole('link', { name: 'Playground' });
    const url = new URL((await link.getAttribute('href')) ?? '', served.url).href;
    const response = await app.page.request.get(url.slice(0, -1));
    expect(response.url()).toBe(url);
    expect(await response.text()).toContain('<title>isoface playground</title>');
    const { headers } = { headers: response.headers() };
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
  });

  it('works offline after the first visit', async () => {
    await app.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await context.setOffline(true);
    try {
      await app.page.reload();
      await app.reach('welcome');
      expect(await app.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    } finally {
      await context.setOffline(false);
    }
  });

  const readTrack = (page: Page): Promise<string> =>
    page.evaluate(() => (globalThis as unknown as { lastTrack: MediaStreamTrack }).lastTrack.readyState);
});
