/** Which packs are measured. */

import { isFaceError } from '@isoface/core';
import { createNodeModelSource, resolvePack } from '@isoface/runtime-node';
import type { BenchOptions } from './bench-options.ts';
import type { NotMeasured } from './suite.ts';

const DEFAULT_PACKS = ['starter', 'standard'];

/**
 * The packs that were named, or those of the built-in ones whose files are on this machine.
 *
 * @throws {FaceError} `PACK_UNKNOWN`, or what loading the files of a named pack fails with.
 */
export async function choosePacks({
  packs,
  modelsDir,
}: Pick<BenchOptions, 'packs' | 'modelsDir'>): Promise<{ readonly packs: string[]; readonly notMeasured: NotMeasured[] }> {
  const chosen: string[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const name of packs ?? DEFAULT_PACKS) {
    const pack = resolvePack(name);
    // Nothing is downloaded unless its pack was asked for.
    const source = createNodeModelSource({ modelsDir, offline: packs === undefined });
    try {
      for (const model of [pack.detector, pack.landmarker, pack.embedder]) if (model !== undefined) await source.load(model);
      chosen.push(name);
    } catch (error) {
      if (packs !== undefined || !isFaceError(error)) throw error;
      const advice = `Its files are not on this machine: "isoface models pull ${name}", or --models-dir.`;
      notMeasured.push({ name: `pack ${name}`, reason: advice });
    }
  }
  return { packs: chosen, notMeasured };
}
