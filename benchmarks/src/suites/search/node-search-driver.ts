/** Searches in this process. */

import { setImmediate, setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FaceError } from '@isoface/core';
import { createTemplateIndex } from '@isoface/core/gallery';
import { createSearchWork, fillUnitRows, plantMatch, type SearchWork } from '../../../page/search-work.js';
import { cpuNow } from '../../statistics.ts';
import { MEMORY_ADVICE, type SearchDriver } from './search-driver.ts';

/** Time for giving memory back: measured as 120 on a busy machine, for the matrix and its copy twice that. */
const FREEING_MS_PER_GB = 250;

/** Creates the driver. */
export function createNodeSearchDriver(): SearchDriver {
  let matrix = new Float32Array(0);
  let work: SearchWork | undefined;
  const running = (): SearchWork => {
    if (work === undefined) throw new Error('Expected prepare() before a search.');
    return work;
  };
  /** Ctrl-C is heard between two calls. */
  const afterEvents = async <T>(call: () => T | Promise<T>): Promise<T> => {
    await setImmediate();
    return call();
  };
  return {
    platform: 'node',
    engine: `Node ${process.versions.node}`,
    hasFineCpuClock: true,
    allocate: async ({ count, dimension }) => {
      matrix = allocateMatrix((count + 1) * dimension);
    },
    fill: ({ dimension, range }) => afterEvents(() => fillUnitRows(matrix, dimension, range)),
    prepare: ({ match, ...options }) =>
      afterEvents(async () => {
        plantMatch(matrix, options.dimension, match);
        work = await createSearchWork(createTemplateIndex, { matrix, ...options });
        return work.prepareMs;
      }),
    search: (variant, isBatch) => afterEvents(() => running().search(variant, isBatch)),
    time: (call) =>
      afterEvents(() => {
        if (call.length === 3) return running()[call[0]](call[1], call[2]);
        return running()[call[0]](call[1]);
      }),
    bytes: (variant) => running().bytes(variant),
    cpuMs: cpuNow,
    release: async () => {
      const gigabytes = matrix.byteLength / 1e9;
      matrix = new Float32Array(0);
      await work?.dispose();
      work = undefined;
      // Nobody would collect it while a browser searches, and both together may not fit.
      collectGarbage();
      // Another thread gives the memory back; it would disturb what comes next.
      await setTimeout(gigabytes * FREEING_MS_PER_GB);
    },
    close: async () => {},
  };
}

/** Without a flag of the process: flags are passed on to child processes. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function allocateMatrix(length: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(length);
  } catch (cause) {
    const gigabytes = ((length * 4) / 1e9).toFixed(1);
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `Expected ${gigabytes} GB for the templates, got none from Node. ${MEMORY_ADVICE}`,
      {},
      { cause },
    );
  }
}
