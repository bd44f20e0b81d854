/** One contender in a browser of its own with an empty profile. */

import { type Browser, type BrowserServer, chromium, type Page } from 'playwright';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { type BrowserCpu, type ProcessMemory, readBrowserCpu, readRendererMemory } from './process-tree.ts';

/** Switches that every browser of the suite is started with. */
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page that measures its memory otherwise waits up to 20 seconds for the next garbage collection.
  '--enable-blink-features=ForceEagerMeasureMemory',
];

/** A started browser with one page. */
export interface BrowserSession {
  readonly version: string;
  /** Opens an address; resolves when its scripts have run. */
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page, a promise is awaited. */
  evaluate<T>(expression: string): Promise<T>;
  cpu(): BrowserCpu;
  rendererMemory(): ProcessMemory;
  close(): Promise<void>;
}

/** Starts the browser that the tests use too. */
export async function openBrowserSession(signal: AbortSignal): Promise<BrowserSession> {
  signal.throwIfAborted();
  const server = await chromium.launchServer({
    executablePath: findChromium(),
    args: BROWSER_ARGUMENTS,
    handleSIGINT: false,
  });
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', kill);
    await server.close();
  };
  const kill = (): void => void server.kill();
  signal.addEventListener('abort', kill);
  try {
    // Aborted while it was starting: nobody would kill it.
    signal.throwIfAborted();
    const browser = await chromium.connect(server.wsEndpoint());
    return connectSession(server, browser, await browser.newPage(), close);
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw error;
  }
}

function connectSession(server: BrowserServer, browser: Browser, page: Page, close: () => Promise<void>): BrowserSession {
  const pid = server.process().pid;
  if (pid === undefined) throw new Error('Expected a process number of the started browser, got none. It did not start.');
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.setDefaultTimeout(120_000);
  return {
    version: browser.version(),
    async open(url) {
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      if (errors.length > 0) throw new Error(`The page failed: ${errors.join('; ')}`);
    },
    evaluate: <T>(expression: string) => page.evaluate<T>(expression),
    cpu: () => readBrowserCpu(pid),
    rendererMemory: () => readRendererMemory(pid),
    close,
  };
}
