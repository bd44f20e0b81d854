/** What engines leave behind: nothing that grows with the number of images, and nothing after dispose. */

import { launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type Site } from './support/open-site.ts';

let browser: Browser;
let site: Site;
let page: Page;

beforeAll(async () => {
  // Measuring waits for the next collection of garbage, which may take minutes; the flag makes it come at once.
  browser = await launchChromium({ args: ['--enable-blink-features=ForceEagerMeasureMemory'] });
  site = await openSite(browser, { crossOriginIsolated: true });
  page = await site.open();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const measure = (): ReturnType<typeof lab.measureMemory> => page.evaluate(() => lab.measureMemory());

const MB = 1e6;

describe('memory', () => {
  it('stays flat over many images, and is given back by dispose', async () => {
    const empty = await measure();
    expect(empty.workers).toBe(0);
    await page.evaluate(() => lab.create('engine', { threads: 1 }));
    await page.evaluate(() => lab.analyzeTimes('engine', 10));
    const warm = await measure();
    // Models and wasm are counted, or the rest would say nothing.
    expect(warm.workers).toBeGreaterThan(20 * MB);
    await page.evaluate(() => lab.analyzeTimes('engine', 60));
    const used = await measure();
    // Measured: 0.2 MB. The pixels of one picture that nobody gives back would make 9 MB by now.
    expect(used.workers - warm.workers).toBeLessThan(2 * MB);
    expect(used.page - warm.page).toBeLessThan(2 * MB);
    await page.evaluate(() => lab.dispose('engine'));
    await expect.poll(() => page.workers().length).toBe(0);
    const after = await measure();
    expect(after.workers).toBe(0);
    expect(after.page - empty.page).toBeLessThan(2 * MB);
  });
});
