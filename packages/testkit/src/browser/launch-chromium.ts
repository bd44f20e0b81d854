/** A real browser for tests that run in Node. */

import { type Browser, chromium, type Page } from 'playwright';
import { type ChromiumOptions, chromiumOptions } from './chromium-options.ts';

/** Starts a headless Chromium; close it when done. */
export function launchChromium(options?: ChromiumOptions): Promise<Browser> {
  return chromium.launch(chromiumOptions(options));
}

/** Limits what the origin of a loaded page may store. `navigator.storage.estimate()` does not tell, storing fails. */
export async function limitStorage(page: Page, quotaBytes: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: quotaBytes });
}
