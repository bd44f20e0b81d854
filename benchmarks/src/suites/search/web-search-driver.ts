/** Searches in a page of Chromium. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@isoface/core';
import { startAssetServer } from '../../browser/asset-server.ts';
import { type Chromium, openChromium } from '../../browser/open-chromium.ts';
import { findPageFolder } from '../../browser/page-folder.ts';
import { findPackage } from '../../find-package.ts';
import { MEMORY_ADVICE, type SearchDriver } from './search-driver.ts';

/**
 * Folder of the built core, which the page loads.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if it is not built.
 */
export function findBuiltCore(): string {
  const folder = findPackage('@isoface/core');
  if (existsSync(join(folder, 'dist/gallery.js'))) return folder;
  throw new FaceError('BACKEND_UNAVAILABLE', 'Expected @isoface/core to be built, found no dist/gallery.js. Run "npm run build:fast".');
}

/** Starts the browser. */
export async function openWebSearchDriver(signal: AbortSignal): Promise<SearchDriver> {
  const server = await startAssetServer({ page: findPageFolder(), core: findBuiltCore() });
  let browser: Chromium;
  try {
    browser = await openChromium({}, signal);
  } catch (error) {
    await server.close();
    throw error;
  }
  const call = <T>(name: string, value?: unknown): Promise<T> =>
    browser.evaluate<T>(`window.search.${name}(${JSON.stringify(value) ?? ''})`);
  return {
    platform: 'web',
    engine: `Chromium ${browser.version.split('.')[0]}`,
    hasFineCpuClock: false,
    async allocate(gallery) {
      // A page of its own for each gallery: the one before takes its memory along.
      await browser.open(`${server.origin}/page/search-page.html`);
      try {
        await call('allocate', gallery);
      } catch (cause) {
        signal.throwIfAborted();
        const gigabytes = (((gallery.count + 1) * gallery.dimension * 4) / 1e9).toFixed(1);
        const message = `Expected ${gigabytes} GB for the templates, got none from the browser. ${MEMORY_ADVICE}`;
        throw new FaceError('BACKEND_UNAVAILABLE', message, {}, { cause });
      }
    },
    fill: (rows) => call('fill', rows),
    prepare: (options) => call('prepare', options),
    search: (variant, isBatch) => call('search', [variant, isBatch]),
    time: (timed) => call('time', timed),
    bytes: (variant) => call('bytes', variant),
    cpuMs: () => browser.cpu().renderer,
    release: async () => browser.open('about:blank'),
    close: async () => {
      await Promise.all([browser.close(), server.close()]);
    },
  };
}
