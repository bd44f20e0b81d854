/** A search among 100,000 templates does not keep the page from its user. */

import { launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type Site, STRICT_CSP } from '../support/open-site.ts';

/** Other programs may take the processor away from a short task at any moment; one undisturbed trial is what counts. */
const MAX_TRIALS = 3;

let browser: Browser;
let site: Site;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  site = await openSite(browser, { csp: STRICT_CSP });
  page = await site.open();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe('100,000 templates', () => {
  it('are added and searched in a worker without a task of the page that takes 50 ms', async () => {
    for (let trial = 1; trial <= MAX_TRIALS; trial++) {
      const { hitRate, longTasks } = await page.evaluate(() => lab.trySearch('worker'));
      expect(hitRate).toBe(1);
      if (trial < MAX_TRIALS && longTasks.adding.length + longTasks.searching.length > 0) continue;
      expect(longTasks).toEqual({ adding: [], searching: [] });
      break;
    }
    expect(await page.evaluate(() => lab.violations)).toEqual([]);
  });

  it('would be noticed if the page itself searched them', async () => {
    const { hitRate, longTasks } = await page.evaluate(() => lab.trySearch('page'));
    expect(hitRate).toBe(1);
    expect(longTasks.searching).not.toEqual([]);
  });
});
