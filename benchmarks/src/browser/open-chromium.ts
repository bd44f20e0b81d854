/** A browser of its own with an empty profile and one page. */

import { FaceError } from '@isoface/core';
import { type BrowserServer, chromium, type Page } from 'playwright';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { hasGpuDevice } from '../runtimes/gpu-device.ts';
import { type BrowserCpu, type ProcessMemory, readBrowserCpu, readRendererMemory } from './process-tree.ts';

/** A started browser. */
export interface Chromium {
  readonly version: string;
  /** Opens an address; resolves when its document is there. */
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page; a promise is awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** CPU time so far. */
  cpu(): BrowserCpu;
  /** Of the processes that run pages and their workers. */
  memory(): ProcessMemory;
  close(): Promise<void>;
}

/** Options of {@link openChromium}. */
export interface ChromiumOptions {
  /** Whether pages need WebGPU: that of the machine's GPU, or one in software where there is none. @defaultValue false */
  readonly gpu?: boolean | undefined;
}

/** What to do without a browser. */
export const GET_CHROMIUM =
  'Run "node scripts/chromium.mjs", which finds or installs one, or set ISOFACE_CHROMIUM to the path of a Chromium or Chrome.';

/** Switches that every browser is started with. */
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page that measures its memory otherwise waits up to 20 seconds for the next garbage collection.
  '--enable-blink-features=ForceEagerMeasureMemory',
];
const HARDWARE_GPU = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist', '--use-angle=vulkan', '--enable-features=Vulkan'];
/** Without the last three, pixels that are imported to the GPU kill the process that works for it. */
const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-angle=swiftshader', '--use-vulkan=swiftshader', '--enable-features=Vulkan'];

function chromiumArguments({ gpu = false }: ChromiumOptions): readonly string[] {
  if (!gpu) return BROWSER_ARGUMENTS;
  return [...BROWSER_ARGUMENTS, ...(hasGpuDevice() ? HARDWARE_GPU : SOFTWARE_GPU)];
}

/**
 * Starts a browser; it is killed when `signal` is aborted.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if it does not start; `signal.reason`.
 */
export async function openChromium(options: ChromiumOptions, signal: AbortSignal): Promise<Chromium> {
  signal.throwIfAborted();
  const server = await launch(options);
  const kill = (): void => void server.kill();
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', kill);
    await server.close();
  };
  signal.addEventListener('abort', kill);
  try {
    // Aborted while it was starting: nobody would kill it.
    signal.throwIfAborted();
    const browser = await chromium.connect(server.wsEndpoint());
    return drive(server, await browser.newPage(), browser.version(), { close, signal });
  } catch (error) {
    await close();
    signal.throwIfAborted();
    throw error;
  }
}

async function launch(options: ChromiumOptions): Promise<BrowserServer> {
  try {
    return await chromium.launchServer({
      executablePath: findChromium(),
      args: [...chromiumArguments(options)],
      // Whoever is told to end closes it: closed behind their back it would look like a failure.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new FaceError('BACKEND_UNAVAILABLE', `Expected a Chromium that starts, got: ${reason} ${GET_CHROMIUM}`, {}, { cause });
  }
}

function drive(
  server: BrowserServer,
  page: Page,
  version: string,
  { close, signal }: { readonly close: () => Promise<void>; readonly signal: AbortSignal },
): Chromium {
  const pid = server.process().pid;
  if (pid === undefined) throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a process number of the started browser, got none.');
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  /** What Playwright says of a killed browser tells nothing to those who killed it. */
  const orAborted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  };
  return {
    version,
    async open(url) {
      await orAborted(page.goto(url, { waitUntil: 'domcontentloaded', timeout: 120_000 }));
      if (errors.length > 0) throw new FaceError('BACKEND_UNAVAILABLE', `The page failed: ${errors.join('; ')}`);
    },
    evaluate: <T>(expression: string) => orAborted(page.evaluate<T>(expression)),
    cpu: () => readBrowserCpu(pid),
    memory: () => readRendererMemory(pid),
    close,
  };
}
