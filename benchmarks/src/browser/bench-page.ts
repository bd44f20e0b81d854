/** The functions of the page in `page/bench-page.js`, called from outside, with the CPU time that the browser spent meanwhile. */

import { toMiB } from '../rounded.ts';
import type { Chromium } from './open-chromium.ts';
import type { BrowserCpu } from './process-tree.ts';

/** MiB, after a garbage collection. */
export interface MemoryFigures {
  /**
   * Page and workers as the browser counts them (`measureUserAgentSpecificMemory`); absent where it does not. Chromium counts wasm memory only if
   * it is shared between threads, so this says nothing about an engine with its weights in wasm memory, and contenders cannot be compared by it.
   */
  readonly pageMiB?: number | undefined;
  /** Resident memory of the renderer processes. */
  readonly rendererRssMiB: number;
  /** Of that, what no other process shares, beyond a page that loaded nothing: the figure to compare. */
  readonly privateOverBlankMiB: number;
}

/** A value with the CPU time that the browser spent until the page had answered. */
export interface Timed<T> {
  readonly value: T;
  readonly cpu: BrowserCpu;
}

/** What the page says of a start. */
export interface PageStart {
  readonly readyMs: number;
  readonly firstResultMs: number;
  readonly faces: number;
}

/** What the page says of one round over the pictures. */
export interface PageRound {
  readonly results: readonly { readonly picture: string; readonly faces: number; readonly wallMs: number }[];
  readonly longTasks: readonly number[];
}

/** What the page says of one file. */
export interface PageFile {
  readonly faces: number;
  readonly wallMs: number;
  readonly longTasks: readonly number[];
}

/** What the page says of a series of frames. */
export interface PageTrack {
  readonly wallMs: readonly number[];
  readonly facesPerFrame: number;
  readonly longTasks: readonly number[];
}

/** Runs `work` and reads the browser's CPU time before and after. */
export async function withCpu<T>(browser: Chromium, work: () => Promise<T>): Promise<Timed<T>> {
  const before = browser.cpu();
  const value = await work();
  const after = browser.cpu();
  return { value, cpu: { renderer: after.renderer - before.renderer, other: after.other - before.other } };
}

/** Calls a function of the page; arguments and result are JSON. */
export function callPage<T>(browser: Chromium, name: string, ...values: readonly unknown[]): Promise<T> {
  return browser.evaluate<T>(`window.bench.${name}(${values.map((value) => JSON.stringify(value)).join(', ')})`);
}

/** Reads the memory of the page. */
export async function readMemory(browser: Chromium, blankPrivate: number): Promise<MemoryFigures> {
  const pageBytes = await callPage<number | undefined>(browser, 'memory');
  const memory = browser.memory();
  return {
    pageMiB: pageBytes === undefined ? undefined : toMiB(pageBytes),
    rendererRssMiB: toMiB(memory.resident),
    privateOverBlankMiB: toMiB(memory.private - blankPrivate),
  };
}
