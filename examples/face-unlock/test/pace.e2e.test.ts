/** Whether the page stays free while faces are looked at: the models run in a worker. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '@isoface/testkit/browser-tools';
import { hasSharedData, sharedPath, writeMjpeg } from '@isoface/testkit/node';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServedPlayground } from '../../web-playground/test/support/serve-for-tests.ts';
import { FILE_RATE, filmEnrolment, filmRest } from './support/film-clips.ts';
import { type FilmedPerson, filmPeople } from './support/film-people.ts';
import type { AppPage } from './support/open-app.ts';
import { serveApp } from './support/serve-app.ts';
import { enrol, openWith, tryUnlock } from './support/use-app.ts';

/** What the main thread did. */
interface Pace {
  /** Frames that were drawn per second. */
  readonly rate: number;
  readonly longestFrameMs: number;
  /** Tasks of more than 50 ms, as browsers report them. */
  readonly longTasks: readonly number[];
}

/** Measures the page while something runs. */
async function measurePace(page: Page, run: () => Promise<unknown>): Promise<Pace> {
  await page.evaluate(() => {
    const frames: number[] = [];
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => Math.round(duration))));
    observer.observe({ type: 'longtask' });
    const tick = (time: number): void => {
      frames.push(time);
      request = requestAnimationFrame(tick);
    };
    let request = requestAnimationFrame(tick);
    const stop = (): unknown => {
      cancelAnimationFrame(request);
      observer.disconnect();
      const gaps = frames.slice(1).map((time, i) => time - (frames[i] as number));
      const total = gaps.reduce((sum, gap) => sum + gap, 0);
      return { rate: (gaps.length / total) * 1000, longestFrameMs: Math.max(...gaps), longTasks };
    };
    Object.assign(globalThis, { stopMeasuring: stop });
  });
  await run();
  // Long tasks are reported with a delay.
  await page.waitForTimeout(200);
  return page.evaluate(() => (globalThis as unknown as { stopMeasuring(): Pace }).stopMeasuring());
}

const print = (what: string, { rate, longestFrameMs, longTasks }: Pace): void =>
  console.log(
    `${what}: ${rate.toFixed(1)} frames per second, longest ${longestFrameMs.toFixed(0)} ms, long tasks [${longTasks.join(', ')}] ms`,
  );

describe.skipIf(!hasSharedData)('the page of the face unlock', () => {
  let served: ServedPlayground;
  let browser: Browser;
  let folder: string;
  let owner: FilmedPerson;
  let app: AppPage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-pace-'));
    ({ owner } = await filmPeople({ owner: sharedPath('data/deepface-pairs/images/img15.jpg') }));
    const camera = join(folder, 'camera.mjpeg');
    await writeMjpeg(await filmEnrolment(owner.face), camera);
    served = await serveApp({ ISOFACE_MODELS: sharedPath('models') });
    browser = await launchChromium({ camera });
    const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block' });
    app = await openWith(context, served.url, { liveness: 'passive+active', showOverlay: true });
    await app.reach('welcome');
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is measured by what notices a busy page', async () => {
    const { longTasks } = await measurePace(app.page, () =>
      app.page.evaluate(
        () =>
          new Promise<void>((resolve) => {
            setTimeout(() => {
              const end = performance.now() + 100;
              while (performance.now() < end);
              resolve();
            });
          }),
      ),
    );
    expect(longTasks).toHaveLength(1);
  });

  it('is free while it enrols and unlocks: no task of the page takes more than 50 ms', async () => {
    const enrolling = await measurePace(app.page, () => enrol(app));
    print('Enrolling', enrolling);
    await writeMjpeg(await filmRest(owner.face, 4, FILE_RATE), join(folder, 'camera.mjpeg'));
    // Nobody moves as asked: all models run until the film begins anew, which is noticed, or the time is over.
    let text = '';
    const unlocking = await measurePace(app.page, async () => {
      ({ text } = await tryUnlock(app));
    });
    print('Unlocking', unlocking);
    expect(text).toContain('This counts as a failed attempt.');
    expect(enrolling.longTasks).toEqual([]);
    expect(unlocking.longTasks).toEqual([]);
  });
});
