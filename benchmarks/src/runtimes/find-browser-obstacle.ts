/** Why a browser is not measured on this machine. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isFaceError } from '@isoface/core';
import { findChromium } from '../../../scripts/find-chromium.mjs';
import { GET_CHROMIUM, openChromium } from '../browser/open-chromium.ts';
import { findPackage } from '../find-package.ts';
import { startRuntimeServer } from './runtime-server.ts';

/** What is asked of the browser. */
export interface BrowserDemands {
  /** `hardware`: a GPU that is none of software; `any`: also one of software; absent: none. */
  readonly gpu?: 'hardware' | 'any' | undefined;
}

/** Looks for a browser, the built package and the GPU. Returns what is missing and what to do about it. */
export async function findBrowserObstacle({ gpu }: BrowserDemands, signal: AbortSignal): Promise<string | undefined> {
  if (process.platform !== 'linux') return "CPU time and memory of a browser are read from Linux's /proc; measure on Linux.";
  try {
    if (findChromium() === undefined) return `No Chromium was found. ${GET_CHROMIUM}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!existsSync(join(findBuiltRuntime(), 'dist/index.js')))
    return 'The package @isoface/runtime-web is not built. Run "npm run build:fast".';
  if (gpu === undefined) return undefined;
  try {
    return describeAdapter(await readAdapter(signal), gpu);
  } catch (error) {
    if (!isFaceError(error, 'BACKEND_UNAVAILABLE')) throw error;
    return error.message;
  }
}

/** Folder of `@isoface/runtime-web`, whether it is built or not. */
export function findBuiltRuntime(): string {
  return findPackage('@isoface/runtime-web');
}

interface Adapter {
  readonly isFallback: boolean;
}

function describeAdapter(adapter: Adapter | null, wanted: 'hardware' | 'any'): string | undefined {
  if (adapter === null) return 'The browser offers no WebGPU adapter: it needs a GPU with a Vulkan driver.';
  if (wanted === 'any' || !adapter.isFallback) return undefined;
  return 'The browser offers a GPU that is emulated in software only. Name the runtime to measure that.';
}

/** Pages see a GPU only from a secure context, such as a server on this machine. */
async function readAdapter(signal: AbortSignal): Promise<Adapter | null> {
  const server = await startRuntimeServer({ folders: {}, files: new Map([['empty.json', Buffer.from('{}')]]), pictures: [] });
  try {
    const browser = await openChromium({ gpu: true }, signal);
    try {
      await browser.open(`${server.origin}/files/empty.json`);
      return await browser.evaluate<Adapter | null>(
        `(async () => {
          const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
          return adapter && { isFallback: adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false };
        })()`,
      );
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}
