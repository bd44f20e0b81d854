/** GPUs that go away or give wrong numbers: the engine notices, says so, and goes on elsewhere. Chromium runs WebGPU in software here. */

import { launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFile, openSite, type Site } from './support/open-site.ts';

/** Software takes a minute for what a GPU does at once. */
const TIMEOUT_MS = 600_000;

/** Runs before the worker's own code, and keeps its device where a test finds it. */
const KEEP_DEVICE = `
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    self.device = await requestDevice.apply(this, args);
    return self.device;
  };
`;

/** A GPU as some drivers make one: it takes all work, reports success, and computes nothing. */
const DO_NOTHING = `
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function () {};
`;

let browser: Browser;
const sites: Site[] = [];

beforeAll(async () => {
  browser = await launchChromium({ webgpu: true });
});
afterAll(async () => {
  await browser?.close();
  await Promise.all(sites.map((site) => site.close()));
});

/** A site whose worker runs some code before its own. */
async function openSiteWith(code: string): Promise<Site> {
  const overrides = { '/dist/engine-worker.js': { body: `${code}\n${builtFile('engine-worker.js')}`, contentType: 'text/javascript' } };
  const site = await openSite(browser, { overrides });
  sites.push(site);
  return site;
}

describe('an engine on a GPU', () => {
  it(
    'is passed over when its build of ONNX Runtime is not on the site',
    async () => {
      const site = await openSite(browser, { overrides: { '/dist/ort/ort-wasm-simd-threaded.jspi.wasm': { status: 404 } } });
      sites.push(site);
      const page = await site.open();
      const info = await page.evaluate(() => lab.create('engine', { executionProviders: ['webgpu', 'wasm'] }));
      expect(info.executionProvider).toBe('wasm');
      expect(info.warnings.join()).toMatch(/webgpu passed over: .*onnxruntime/);
      await page.close();
    },
    TIMEOUT_MS,
  );

  it(
    'goes on with wasm when the device is lost, and says so',
    async () => {
      const page = await (await openSiteWith(KEEP_DEVICE)).open();
      const before = await page.evaluate(() => lab.create('engine', { executionProviders: ['webgpu', 'wasm'] }));
      expect(before).toMatchObject({ executionProvider: 'webgpu', runtime: { softwareGpu: true, preprocessing: 'gpu' } });

      const [worker] = page.workers();
      await worker?.evaluate(() => (globalThis as unknown as { readonly device: GPUDevice }).device.destroy());
      await expect
        .poll(() => page.evaluate(() => lab.events.map(({ type }) => type)), { timeout: 120_000 })
        .toEqual(['restart', 'restarted']);

      const after = await page.evaluate(() => lab.engine('engine').info);
      expect(after.executionProvider).toBe('wasm');
      expect(after.contract).toBe(before.contract);
      expect(after.warnings.join()).toMatch(/webgpu given up: .*GPU was lost/);
      expect(await page.evaluate(() => lab.tryOut({ executionProviders: 'wasm' }))).toMatchObject({ ok: true, value: { faces: 1 } });
      await page.close();
    },
    TIMEOUT_MS,
  );

  it(
    'is passed over when its numbers are wrong: the self-test sees it',
    async () => {
      const page = await (await openSiteWith(DO_NOTHING)).open();
      const info = await page.evaluate(() => lab.create('engine', { executionProviders: ['webgpu', 'wasm'] }));
      expect(info.executionProvider).toBe('wasm');
      expect(info.warnings.join()).toMatch(/webgpu passed over: /);
      const strict = await page.evaluate(() => lab.tryOut({ executionProviders: 'webgpu' }));
      expect(strict).toMatchObject({ ok: false, error: { code: expect.stringMatching(/SELF_TEST_FAILED|BACKEND_UNAVAILABLE/) as string } });
      await page.close();
    },
    TIMEOUT_MS,
  );
});
