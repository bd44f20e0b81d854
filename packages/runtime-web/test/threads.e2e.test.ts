/** Threads of the wasm provider: only where the page is isolated, and with the same numbers. */

import { launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine, largestDifference } from './support/compare.ts';
import { openSite, type Site, STRICT_CSP } from './support/open-site.ts';

let browser: Browser;
const sites: Site[] = [];

async function open(options: Parameters<typeof openSite>[1]): ReturnType<Site['open']> {
  const site = await openSite(browser, options);
  sites.push(site);
  return site.open();
}

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all(sites.map((site) => site.close()));
});

describe('threads', () => {
  it('give the same faces as one, in an isolated page with a strict policy', async () => {
    const page = await open({ crossOriginIsolated: true, csp: STRICT_CSP });
    const analyses = [];
    for (const threads of [1, 2]) {
      const info = await page.evaluate((count) => lab.create('engine', { threads: count }), threads);
      expect(info.runtime).toMatchObject({ threads, ortBuild: 'wasm' });
      analyses.push(await page.evaluate(() => lab.analyze('engine', '/photos/sample3.jpg')));
      await page.evaluate(() => lab.dispose('engine'));
    }
    const [one, two] = analyses;
    expect(two?.faces).toHaveLength(one?.faces.length ?? -1);
    for (const [i, face] of (one?.faces ?? []).entries()) {
      const other = two?.faces[i];
      if (other === undefined) throw new Error('Expected the same number of faces.');
      // Sums are added in another order.
      expect(cosine(face.embedding, other.embedding)).toBeGreaterThanOrEqual(0.9999);
      expect(largestDifference(face.box, other.box)).toBeLessThanOrEqual(0.05);
    }
    expect(await page.evaluate(() => lab.violations)).toEqual([]);
  });

  it('are refused where the page is not isolated, which has no shared memory', async () => {
    const page = await open({});
    expect(await page.evaluate(() => typeof SharedArrayBuffer)).toBe('undefined');
    const refused = await page.evaluate(() => lab.settle(() => lab.create('engine', { threads: 2 })));
    expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_OPTION', message: expect.stringMatching(/COOP and COEP/) } });
    const info = await page.evaluate(() => lab.create('engine'));
    expect(info.runtime).toMatchObject({ threads: 1 });
  });
});
