/** Suite `search`: who of many (1:N), by comparing a probe with every template. */

import { FaceError } from '@isoface/core';
import { findChromium } from '../../../../scripts/find-chromium.mjs';
import type { BenchOptions } from '../../run/bench-options.ts';
import type { NotMeasured, Piece, Plan, Suite } from '../../run/suite.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import { type GalleryRounds, measureGallery } from './measure-gallery.ts';
import { createNodeSearchDriver } from './node-search-driver.ts';
import { planGalleries, planVariants } from './plan-galleries.ts';
import type { SearchDriver } from './search-driver.ts';
import { runSearchMemoryChild } from './search-memory.ts';
import type { Gallery, SearchPlatform, SearchValue } from './search-piece.ts';
import { reportSearch } from './search-report.ts';
import { findBuiltCore, openWebSearchDriver } from './web-search-driver.ts';

/** Samples that a median is quoted of. */
const QUOTABLE = 20;

/** Samples without which runs cannot be compared. */
const COMPARABLE = 5;

/** The suite. It needs no pack and no picture: templates are generated. */
export const searchSuite: Suite<SearchValue> = {
  name: 'search',
  title: 'Search among many (1:N)',
  description: 'time and memory of a search over 1,000 to 1,000,000 templates, beside the time that memory needs to give them',
  minutes: { whole: 2.5, quick: 0.33 },
  plan: planSearch,
  report: reportSearch,
};

async function planSearch(options: BenchOptions, signal: AbortSignal): Promise<Plan<SearchValue>> {
  signal.throwIfAborted();
  const { platforms, notMeasured: missing } = choosePlatforms(options.runtimes);
  const { galleries, notMeasured } = planGalleries(options.quick, process.availableMemory());
  const drivers = new Map<SearchPlatform, Promise<SearchDriver>>();
  const open = (platform: SearchPlatform): Promise<SearchDriver> => {
    const known = drivers.get(platform);
    if (known !== undefined) return known;
    const opening = platform === 'node' ? Promise.resolve(createNodeSearchDriver()) : openWebSearchDriver(signal);
    drivers.set(platform, opening);
    // A browser that did not start is started anew for the next piece.
    opening.catch(() => drivers.delete(platform));
    return opening;
  };
  const rounds = { rounds: Math.max(QUOTABLE, options.rounds), leastRounds: COMPARABLE, warmup: options.warmup };
  return {
    pieces: [
      ...galleries.flatMap((gallery) => platforms.map((platform) => toPiece(platform, gallery, rounds, open))),
      ...galleries.filter((gallery) => platforms.includes('node') && isMeasuredInMemory(gallery)).map(toMemoryPiece),
    ],
    notMeasured: [...missing, ...notMeasured],
    async dispose() {
      for (const driver of drivers.values()) await driver.then(({ close }) => close()).catch(() => {});
    },
  };
}

function toPiece(
  platform: SearchPlatform,
  gallery: Gallery,
  rounds: GalleryRounds,
  open: (platform: SearchPlatform) => Promise<SearchDriver>,
): Piece<SearchValue> {
  return {
    name: `${platform}-${gallery.count}x${gallery.dimension}`,
    // Starting and generating, then what grows with the matrix; the largest takes about 30 times as long as the smallest.
    weight: 1 + (30 * gallery.count * gallery.dimension) / 512e6,
    async measure(context) {
      const driver = await open(platform);
      try {
        return await measureGallery(driver, gallery, planVariants(gallery), { ...rounds, ...context });
      } finally {
        await driver.release().catch(() => {});
      }
    },
  };
}

/** A million templates of the pack `standard`. */
function isMeasuredInMemory({ count, dimension }: Gallery): boolean {
  return count === 1_000_000 && dimension === 256;
}

function toMemoryPiece(gallery: Gallery): Piece<SearchValue> {
  return {
    name: `memory-${gallery.count}x${gallery.dimension}`,
    weight: 10,
    measure: ({ signal }) => runSearchMemoryChild(gallery, signal),
  };
}

/** No model runs: all runtimes of Node search alike, and all of the browser. */
function choosePlatforms(runtimes: readonly RuntimeName[] | undefined): {
  readonly platforms: readonly SearchPlatform[];
  readonly notMeasured: readonly NotMeasured[];
} {
  const named = runtimes && new Set(runtimes.map((name): SearchPlatform => (name.startsWith('node') ? 'node' : 'web')));
  const problem = named === undefined || named.has('web') ? findWebProblem() : undefined;
  if (named === undefined) {
    return problem === undefined
      ? { platforms: ['node', 'web'], notMeasured: [] }
      : { platforms: ['node'], notMeasured: [{ name: 'web', reason: problem }] };
  }
  if (problem !== undefined) throw new FaceError('BACKEND_UNAVAILABLE', problem);
  return { platforms: [...named], notMeasured: [] };
}

function findWebProblem(): string | undefined {
  if (findChromium() === undefined) return 'There is no Chromium on this machine: install one, or name it in ISOFACE_CHROMIUM.';
  try {
    findBuiltCore();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
