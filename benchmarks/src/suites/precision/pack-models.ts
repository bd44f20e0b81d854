/** The models of a pack with their bytes. */

import type { PackManifest } from '@isoface/core';
import { createNodeModelSource, resolvePack } from '@isoface/runtime-node';
import type { MeasuredManifest } from './precision-piece.ts';

/** One model as it is shipped. */
export interface PackModel<M extends MeasuredManifest = MeasuredManifest> {
  readonly manifest: M;
  readonly bytes: Uint8Array;
}

/** A pack whose models were read. */
export interface LoadedPack {
  readonly manifest: PackManifest;
  /** In the order of the pipeline, without those of liveness. */
  readonly models: readonly PackModel[];
}

/**
 * Reads the models of a pack.
 *
 * @throws {FaceError} `PACK_UNKNOWN`, or what loading the files fails with.
 */
export async function loadPack(name: string, modelsDir: string | undefined, signal: AbortSignal): Promise<LoadedPack> {
  const manifest = resolvePack(name);
  const source = createNodeModelSource({ modelsDir });
  const models: PackModel[] = [];
  for (const model of [manifest.detector, manifest.landmarker, manifest.embedder]) {
    if (model !== undefined) models.push({ manifest: model, bytes: await source.load(model, { signal }) });
  }
  return { manifest, models };
}
