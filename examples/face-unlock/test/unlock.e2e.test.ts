/** The built app before a camera: who is let in, who is not, and what is left behind. Clips are made of photos while the tests run. */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '@isoface/testkit/browser-tools';
import { blackClip, framedPhotoClip, hasSharedData, sharedPath, writeMjpeg } from '@isoface/testkit/node';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServedPlayground } from '../../web-playground/test/support/serve-for-tests.ts';
import { FRAMES_PER_SECOND, filmEnrolment, filmRest } from './support/film-clips.ts';
import { type FilmedPerson, filmPeople } from './support/film-people.ts';
import { findViolations } from './support/find-violations.ts';
import { type AppPage, openApp } from './support/open-app.ts';
import { LEFT_BY_TESTS } from './support/scripted-app.ts';
import { serveApp } from './support/serve-app.ts';

const photo = (name: string): string => sharedPath('data/deepface-pairs/images', name);
const SETTINGS = 'isoface-face-unlock-settings';

describe.skipIf(!hasSharedData)('face unlock', () => {
  let served: ServedPlayground;
  let folder: string;
  /** The owner in the photo that is enrolled and in another one, and a stranger. */
  let people: Record<'owner' | 'ownerLater' | 'stranger', FilmedPerson>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-unlock-'));
    await mkdir(LEFT_BY_TESTS, { recursive: true });
    people = await filmPeople({ owner: photo('img15.jpg'), ownerLater: photo('img14.jpg'), stranger: photo('img9.jpg') });
    served = await serveApp({ ISOFACE_MODELS: sharedPath('models') });
  });
  afterAll(async () => {
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the app with the standard pack. */
  const open = async (context: BrowserContext, liveness: string, prepare?: (page: Page) => Promise<unknown>): Promise<AppPage> =>
    openApp(context, served.url, async (page) => {
      await page.addInitScript(
        ([name, value]) => localStorage.setItem(name as string, value as string),
        [SETTINGS, JSON.stringify({ pack: 'standard', provider: 'wasm', liveness })],
      );
      await prepare?.(page);
    });
  const enrol = async ({ page, reach }: AppPage): Promise<void> => {
    await reach('welcome');
    await page.getByRole('checkbox', { name: /^I agree/ }).check();
    await page.getByRole('button', { name: 'Enrol my face' }).click();
    await page.locator('main[data-screen="locked"], main [data-notice="enrolRefused"]').waitFor({ timeout: 60_000 });
    expect(await page.locator('.notice').first().textContent()).toContain('Your face is enrolled');
  };
  const press = (page: Page): Promise<void> => page.getByRole('button', { name: 'Unlock with my face' }).click();
  /** Tries to unlock. Gives what the app says. */
  const attempt = async (page: Page): Promise<string> => {
    await press(page);
    await page.locator('main[data-screen="unlocking"]').waitFor();
    const end = page.locator('main[data-screen="unlocked"], main [data-notice="refused"]').first();
    await end.waitFor({ timeout: 90_000 });
    return (await page.locator('main').innerText()) ?? '';
  };
  const lock = async ({ page, reach }: AppPage): Promise<void> => {
    await page.getByRole('button', { name: 'Lock' }).click();
    await reach('locked');
  };
  const picture = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: `${LEFT_BY_TESTS}unlock-${name}.png`, fullPage: true });

  describe('passive level, a camera that plays files', () => {
    let browser: Browser;
    let context: BrowserContext;
    let app: AppPage;
    let camera: string;

    /** Chromium reads the file when the camera is turned on, at 30 frames per second. */
    const film = (clip: readonly Buffer[]): Promise<void> =>
      writeMjpeg(
        clip.flatMap((frame) => new Array<Buffer>(30 / FRAMES_PER_SECOND).fill(frame)),
        camera,
      );

    beforeAll(async () => {
      camera = join(folder, 'camera.mjpeg');
      await film(await filmEnrolment(people.owner.face));
      browser = await launchChromium({ camera });
      context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block' });
      app = await open(context, 'passive');
    });
    afterAll(() => browser?.close());
    afterEach(() => expect(app.problems.splice(0)).toEqual([]));

    it('enrols', async () => {
      await enrol(app);
      await picture(app.page, 'enrolled');
    });

    it('opens for the owner, also as in another photo, and says how it was decided', async () => {
      await film(await filmRest(people.ownerLater.face, 4));
      const start = performance.now();
      const text = await attempt(app.page);
      console.log(`click to decision ${Math.round(performance.now() - start)} ms`);
      console.log(text);
      expect(text).toContain('the face, and whether it is a living one');
      await picture(app.page, 'unlocked');
      await lock(app);
    });

    it('refuses somebody else, and counts it', async () => {
      await film(await filmRest(people.stranger.face, 4));
      const text = await attempt(app.page);
      console.log(text);
      await picture(app.page, 'stranger');
    });

    it('paper', async () => {
      for (const medium of ['screen', 'paper'] as const) {
        await film(await framedPhotoClip(people.owner, medium, 40, { framesPerSecond: FRAMES_PER_SECOND }));
        const text = await attempt(app.page);
        console.log(medium, text);
        await picture(app.page, medium);
        if (text.includes('Lock\n') && text.startsWith('Unlocked')) await lock(app);
      }
    });
    it('black', async () => {
      await film(await blackClip(2));
      await press(app.page);
      await app.page.waitForTimeout(3000);
      console.log(await app.page.locator('main').innerText());
      expect(await findViolations(app.page)).toEqual([]);
    });
  });
});
