/** A contender's page in a browser of its own. */

import { type AssetServer, startAssetServer } from '../../../browser/asset-server.ts';
import { callPage } from '../../../browser/bench-page.ts';
import { type Chromium, openChromium } from '../../../browser/open-chromium.ts';
import { findPageFolder } from '../../../browser/page-folder.ts';
import type { Pictures } from '../pictures.ts';
import type { WebContender } from './describe-web-contenders.ts';

/** Serves a contender's files and the pictures. One server lasts over all starts, so that files are compressed before the first that counts. */
export function serveContender(contender: WebContender, pictures: Pictures): Promise<AssetServer> {
  return startAssetServer({ ...contender.mounts, page: findPageFolder(), pictures: pictures.files });
}

/** Address of the page for a contender. */
export function pageAddress({ adapter, options }: WebContender, server: AssetServer): string {
  return `${server.origin}/page/index.html?${new URLSearchParams({ adapter, options: JSON.stringify(options) })}`;
}

/** Opens a new browser with an empty profile, passes it on, and closes it when `use` fails. */
export async function startBrowser<T>(signal: AbortSignal, use: (browser: Chromium) => Promise<T>): Promise<T> {
  const browser = await openChromium({}, signal);
  try {
    return await use(browser);
  } catch (error) {
    await browser.close();
    signal.throwIfAborted();
    throw error;
  }
}

/** Private memory of the renderers while the page holds no contender, bytes, and the browser's version. */
export async function measureBlankPage(signal: AbortSignal): Promise<{ readonly privateMemory: number; readonly version: string }> {
  const server = await startAssetServer({ page: findPageFolder() });
  try {
    return await startBrowser(signal, async (browser) => {
      await browser.open(`${server.origin}/page/index.html`);
      await callPage(browser, 'memory');
      const blank = { privateMemory: browser.memory().private, version: browser.version };
      await browser.close();
      return blank;
    });
  } finally {
    await server.close();
  }
}
