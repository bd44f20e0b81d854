import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filmPhoto, launchChromium } from '@isoface/testkit/browser-tools';
import { demoPhoto } from '@isoface/testkit/node';
import type { Browser } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPlayground, type PlaygroundPage } from './support/playground-page.ts';
import { type ServedPlayground, serveForTests } from './support/serve-for-tests.ts';

let served: ServedPlayground;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-camera-'));
  served = await serveForTests({});
});
afterAll(async () => {
  await served?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('playground: a camera that films a photo', () => {
  let browser: Browser;
  let playground: PlaygroundPage;

  beforeAll(async () => {
    const camera = join(folder, 'sample1.mjpeg');
    await filmPhoto(demoPhoto('sample1.jpg'), camera);
    browser = await launchChromium({ camera });
    playground = await openPlayground(await browser.newContext(), served.url);
    await playground.engineStatus();
    await playground.page.getByRole('tab', { name: 'Camera' }).click();
  });
  afterAll(() => browser?.close());
  afterEach(() => expect(playground.problems.splice(0)).toEqual([]));

  const start = async (): Promise<void> => {
    await playground.page.getByRole('button', { name: 'Start camera' }).click();
    await playground.page.waitForSelector('#camera-faces .face-item', { timeout: 120_000 });
  };
  const names = (): Promise<string[]> => playground.page.locator('#camera-faces .face-name').allTextContents();
  const isCameraOn = (): Promise<boolean> =>
    playground.page.evaluate(() => (document.querySelector('video')?.srcObject as MediaStream | null)?.active ?? false);
  /** Frames that were drawn during a second. */
  const drawnFrames = (): Promise<number> =>
    playground.page.evaluate(async () => {
      let drawn = 0;
      const observer = new MutationObserver(() => drawn++);
      observer.observe(document.querySelector('#camera-stage .overlay') as Element, { childList: true });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      observer.disconnect();
      return drawn;
    });

  it('follows the faces under numbers that stay, and says how fast', async () => {
    await start();
    expect(await playground.text('#camera-status')).toBe('The camera is on.');
    const before = await names();
    expect(before.length).toBeGreaterThan(0);
    await playground.page.waitForTimeout(2000);
    const after = await names();
    for (const name of before) expect(after, 'a face that stays in view keeps its number').toContain(name);
    const figures = await playground.text('#camera-figures');
    for (const figure of ['frames per second', 'dropped frames', 'detect', '640 x 480']) expect(figures).toContain(figure);
    expect(await playground.page.locator('#camera-stage .overlay .box').count()).toBeGreaterThan(0);
  });

  it('pauses while the tab is hidden', async () => {
    await setVisibility('hidden');
    expect(await playground.text('#camera-status')).toBe('Paused while this tab is hidden.');
    // A frame that was on its way may still come.
    await playground.page.waitForTimeout(1000);
    expect(await drawnFrames()).toBe(0);
    await setVisibility('visible');
    expect(await playground.text('#camera-status')).toBe('The camera is on.');
    await expect.poll(drawnFrames, { timeout: 30_000 }).toBeGreaterThan(0);
  });

  it('goes on with another engine, and no number comes twice', async () => {
    const before = await names();
    await playground.page.getByLabel('Average each face with its mirror image').check();
    await playground.page.waitForSelector('body[data-engine="opening"]');
    await playground.engineStatus();
    await expect.poll(async () => (await names()).some((name) => !before.includes(name)), { timeout: 60_000 }).toBe(true);
    expect((await names()).filter((name) => before.includes(name))).toEqual([]);
  });

  it('turns the camera off', async () => {
    expect(await isCameraOn()).toBe(true);
    await playground.page.evaluate(() => {
      const { srcObject } = document.querySelector('video') as HTMLVideoElement;
      Object.assign(globalThis, { lastTrack: (srcObject as MediaStream).getVideoTracks()[0] });
    });
    await playground.page.getByRole('button', { name: 'Stop camera' }).click();
    expect(await playground.text('#camera-status')).toBe('The camera is off.');
    expect(await playground.page.evaluate(() => (globalThis as unknown as { lastTrack: MediaStreamTrack }).lastTrack.readyState)).toBe(
      'ended',
    );
    expect(await playground.page.locator('#camera-stage').isVisible()).toBe(false);
  });

  it('says that the camera was unplugged, and starts again', async () => {
    await start();
    await playground.page.evaluate(() => {
      const track = ((document.querySelector('video') as HTMLVideoElement).srcObject as MediaStream).getVideoTracks()[0];
      track?.stop();
      // Chromium tells of an end that the page did not ask for.
      track?.dispatchEvent(new Event('ended'));
    });
    expect(await playground.text('#camera-status')).toContain('disconnected or turned off');
    expect(await isCameraOn()).toBe(false);
    await start();
    expect(await isCameraOn()).toBe(true);
  });

  it('turns the camera off when the user goes back to the photos', async () => {
    await playground.page.getByRole('tab', { name: 'Photos' }).click();
    expect(await isCameraOn()).toBe(false);
  });

  async function setVisibility(state: 'hidden' | 'visible'): Promise<void> {
    await playground.page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  }
});

describe('playground: no camera', () => {
  it.each([
    ['denied', ['--use-fake-device-for-media-stream', '--deny-permission-prompts'], 'Allow the camera for this page'],
    ['not there', ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=0'], 'Connect a camera'],
  ])('says what to do when it is %s', async (_, args, advice) => {
    const browser = await launchChromium({ args });
    try {
      const { page, problems } = await openPlayground(await browser.newContext(), served.url);
      await page.getByRole('tab', { name: 'Camera' }).click();
      await page.getByRole('button', { name: 'Start camera' }).click();
      const alert = page.locator('#camera-error').getByRole('alert');
      await alert.waitFor();
      expect(await alert.textContent()).toContain('CAMERA_UNAVAILABLE');
      expect(await alert.textContent()).toContain(advice);
      expect(await page.getByRole('button', { name: 'Start camera' }).isEnabled()).toBe(true);
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
