/** Workers that die, are given up or are no longer wanted: every call is answered, and the engine goes on where it can. */

import { drawSelfTestFace } from '@isoface/core';
import { launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser, BrowserContext, Page, Worker } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtFile, openSite, type Site } from './support/open-site.ts';

/** Workers start slowly on a busy machine. */
const PATIENT = { timeout: 60_000 };

let browser: Browser;
let site: Site;
let context: BrowserContext;
let page: Page;

/** Runs before the worker's own code: calls into wasm fail as after a trap as soon as `trap` is set. */
const TRAP = `
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (source, imports) => {
    const made = await instantiate(source, imports);
    const { exports } = made.instance ?? made;
    const guard = (call) => (...args) => {
      if (self.trap) throw new WebAssembly.RuntimeError('unreachable');
      return call(...args);
    };
    const entries = Object.entries(exports).map(([name, value]) => [name, typeof value === 'function' ? guard(value) : value]);
    const instance = { exports: Object.fromEntries(entries) };
    return made.instance ? { ...made, instance } : instance;
  };
`;

/** Runs before the worker's own code, and ends it as soon as it is asked to open an engine. */
const CLOSE_AT_OPEN = `self.addEventListener('message', ({ data }) => data?.path?.[0] === 'open' && self.close());`;

beforeAll(async () => {
  browser = await launchChromium();
  site = await openSite(browser);
  const { width, height, data } = drawSelfTestFace();
  site.put(
    'face.png',
    await sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer(),
  );
  // One context: models are cached by the first page.
  context = await browser.newContext();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** A page with an engine and the file of a face. */
async function openEngine(): Promise<void> {
  page = await site.open(context);
  await page.evaluate(() => lab.create('engine'));
}

/** The worker that runs now. */
async function worker(): Promise<Worker> {
  await expect.poll(() => page.workers().length).toBe(1);
  return page.workers()[0] as Worker;
}

/** Ends the worker from inside when its next call comes, without an event for its page. */
async function killAtNextCall(): Promise<void> {
  await (await worker()).evaluate(() => self.addEventListener('message', () => self.close()));
}

/** Starts detections and keeps their outcomes: the number of faces or the code of the error, and the order in which they came. */
function startCalls(count: number, kind: 'blob' | 'videoFrame' = 'blob'): Promise<void> {
  return page.evaluate((args) => lab.startCalls('engine', ...args), [count, kind] as const);
}
function outcomes(): Promise<{ outcomes: (number | string)[]; order: number[] }> {
  return page.evaluate(() => lab.finishCalls());
}
function events(): Promise<string[]> {
  return page.evaluate(() => lab.events.map(({ type }) => type));
}

describe('an engine whose worker ends', () => {
  beforeAll(openEngine);
  beforeEach(() => page.evaluate(() => void lab.events.splice(0)));
  afterAll(() => page.close());

  it('answers calls under way and waiting, in their order', async () => {
    await killAtNextCall();
    await startCalls(6);
    const { outcomes: faces, order } = await outcomes();
    expect(faces).toEqual([1, 1, 1, 1, 1, 1]);
    // Two calls are in the worker at once and may finish in either order.
    expect(order.map((call, place) => Math.abs(call - place)).filter((shift) => shift > 1)).toEqual([]);
    expect(await events()).toEqual(['restart', 'restarted']);
    expect(page.workers()).toHaveLength(1);
  });

  it('fails the calls whose frames were handed to the worker, and answers those that wait', async () => {
    await killAtNextCall();
    await startCalls(5, 'videoFrame');
    // What the worker had is lost, but for an answer that was already on its way.
    const { outcomes: seen } = await outcomes();
    expect(new Set(seen.slice(0, 3))).toContain('WORKER_CRASHED');
    expect(seen.filter((outcome) => outcome === 1).length).toBeGreaterThanOrEqual(3);
    expect(seen.slice(3)).toEqual([1, 1]);
    expect(await events()).toEqual(['restart', 'restarted']);
  });

  it('notices an error that nobody catches, while nothing runs', async () => {
    await (await worker()).evaluate(
      () =>
        void setTimeout(() => {
          throw new Error('boom');
        }),
    );
    await expect.poll(events, PATIENT).toEqual(['restart', 'restarted']);
    expect(await page.evaluate(() => lab.events[0])).toMatchObject({ reason: expect.stringContaining('boom'), executionProvider: 'wasm' });
    await startCalls(1);
    expect((await outcomes()).outcomes).toEqual([1]);
  });

  it('answers an abort while the next worker starts, and the other calls later', async () => {
    await killAtNextCall();
    await page.evaluate(() => lab.onEvent('restart', () => lab.abortCall(2)));
    await startCalls(4);
    const { outcomes: seen, order } = await outcomes();
    expect(seen).toEqual([1, 1, 'the very reason', 1]);
    expect(order[0]).toBe(2);
    await page.evaluate(() => lab.onEvent('restart', () => {}));
  });

  it('gives up when workers end again and again: calls fail, no endless loop', async () => {
    let started = 0;
    page.on('worker', () => void started++);
    site.override('/dist/engine-worker.js', { body: CLOSE_AT_OPEN + builtFile('engine-worker.js') });
    await killAtNextCall();
    await startCalls(4);
    expect((await outcomes()).outcomes).toEqual(Array(4).fill('WORKER_CRASHED'));
    await startCalls(2);
    expect((await outcomes()).outcomes).toEqual(['WORKER_CRASHED', 'WORKER_CRASHED']);
    expect((await events()).at(-1)).toBe('failed');
    expect(started).toBeLessThanOrEqual(3);
    await expect.poll(() => page.workers().length).toBe(0);
    site.override('/dist/engine-worker.js', undefined);
  });
});

describe('a trap in wasm', () => {
  it('counts as the end of the worker, for its memory is in no known state', async () => {
    site.override('/dist/engine-worker.js', { body: TRAP + builtFile('engine-worker.js') });
    await openEngine();
    await (await worker()).evaluate(() => Object.assign(self, { trap: true }));
    await startCalls(3);
    expect((await outcomes()).outcomes).toEqual([1, 1, 1]);
    expect(await page.evaluate(() => lab.events[0])).toMatchObject({ type: 'restart', reason: expect.stringContaining('unreachable') });
    site.override('/dist/engine-worker.js', undefined);
    await page.close();
  });
});

describe('creation', () => {
  it('stops when it is aborted during a download, and keeps nothing that is half', async () => {
    const fresh = await browser.newContext();
    page = await site.open(fresh);
    site.override('/dist/models/face-recognition.onnx', { stallAfter: 1_000_000 });
    const outcome = await page.evaluate(async () => {
      const controller = new AbortController();
      const reason = { why: 'any value can be a reason' };
      const isHalf = (event: (typeof lab.progress)[number]): boolean => event.loadedBytes === 1_000_000;
      const creation = lab.create('engine', { signal: controller.signal });
      const timer = setInterval(() => {
        if (lab.progress.some(isHalf)) controller.abort(reason);
      }, 20);
      try {
        await creation;
        return 'created';
      } catch (error) {
        return error === reason ? 'the very reason' : String(error);
      } finally {
        clearInterval(timer);
      }
    });
    expect(outcome).toBe('the very reason');
    await expect.poll(() => page.workers().length).toBe(0);
    const kept = await page.evaluate(() => lab.cachedSizes());
    expect(kept).not.toContain(1_000_000);
    site.override('/dist/models/face-recognition.onnx', undefined);
    await page.evaluate(() => lab.create('engine'));
    expect((await page.evaluate(() => lab.cachedSizes())).length).toBe(4);
    await fresh.close();
  });
});

describe('the page', () => {
  it('is free while the worker works', async () => {
    await openEngine();
    site.override('/in/large.jpg', {
      body: await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#876' } })
        .jpeg()
        .toBuffer(),
    });
    // Long tasks are counted by the browser: those of more than 50 ms in the page's own thread. Their time is the wall clock's, so that a busy
    // machine adds to it; what a model run in the page would block is many times more.
    const { blockedMs, totalMs } = await page.evaluate(async () => {
      const engine = lab.engine('engine');
      const [face, large] = [await lab.blob('/in/face.png'), await lab.blob('/in/large.jpg')];
      await engine.analyze(face);
      let blocked = 0;
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) blocked += duration;
      });
      observer.observe({ type: 'longtask' });
      const start = performance.now();
      await Promise.all(Array.from({ length: 20 }, (_, i) => engine.analyze(i % 2 === 0 ? face : large)));
      await new Promise((resolve) => setTimeout(resolve, 100));
      observer.disconnect();
      return { blockedMs: blocked, totalMs: performance.now() - start };
    });
    expect(blockedMs / totalMs).toBeLessThan(0.05);
  });

  it('has no worker after dispose, although one was being started', async () => {
    await page.evaluate(() => lab.onEvent('restart', () => lab.dispose('engine')));
    await killAtNextCall();
    await startCalls(4);
    expect((await outcomes()).outcomes).toEqual(Array(4).fill('DISPOSED'));
    await expect.poll(() => page.workers().length).toBe(0);
    expect(await events()).toEqual(['restart']);
  });
});
