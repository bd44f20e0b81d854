/** An engine for the length of one command. */

import type { EngineInfo } from '@isoface/core';
import { createFaceEngine, type NodeEngineOptions, type NodeFaceEngine } from '@isoface/runtime-node';
import type { Session } from '../session.ts';
import { type EngineCliOptions, toEngineOptions } from './engine-options.ts';

/**
 * Creates the engine, gives it to `use` and disposes it, whatever happens.
 *
 * @param models - What the engine needs beside finding and embedding faces.
 */
export async function withEngine<T>(
  options: EngineCliOptions,
  session: Session,
  use: (engine: NodeFaceEngine) => Promise<T>,
  models: Pick<NodeEngineOptions, 'liveness'> = {},
): Promise<T> {
  const { signal, progress } = session;
  const engineOptions = await toEngineOptions(options, session);
  const engine = await createFaceEngine({ ...engineOptions, ...models, signal, onProgress: progress.model });
  try {
    progress.clear();
    announceLicenses(engine.info, session);
    return await use(engine);
  } finally {
    await engine.dispose();
  }
}

/** What a document says about the engine that made it. */
export function toEngineData({
  pack,
  contract,
  executionProvider,
  flipAveraging,
  detectionSize,
  dimension,
  warnings,
  versions,
}: EngineInfo) {
  return { pack, contract, executionProvider, flipAveraging, detectionSize, dimension, warnings, versions };
}

/** Says which models may not be used for everything. Providers that were passed over under `auto` are everyday facts: they are in the JSON document and in `isoface doctor`. */
export function announceLicenses({ models }: EngineInfo, { note }: Session): void {
  for (const { id, license } of models) {
    if (license.commercialUse === 'allowed') continue;
    const terms = license.commercialUse === 'prohibited' ? 'no commercial use' : 'commercial use is not regulated';
    note(`Licence of ${id}: ${license.spdx}, ${terms}. ${license.notice ?? ''}`.trimEnd());
  }
}
