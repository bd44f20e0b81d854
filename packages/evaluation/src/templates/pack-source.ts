/** Templates from the embedder of a pack. */

import { type AnalyzedFace, type EmbedderManifest, FaceError, selectProminentFace } from '@isoface/core';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import { fingerprintEngine, type Sighting, type TemplateSource } from './template-source.ts';

/**
 * Makes the pack of an engine a template source. The source owns the engine from then on.
 *
 * @param metric - How the pack's manifest says that its embeddings are compared.
 * @throws {FaceError} `INVALID_OPTION` for a pack without an embedder.
 */
export function createPackSource(engine: NodeFaceEngine, metric: EmbedderManifest['metric'] | undefined): TemplateSource {
  const { info } = engine;
  const { contract, dimension, pack } = info;
  if (contract === undefined || dimension === undefined || metric === undefined) {
    throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${pack}"; it can only detect.`, { pack });
  }
  return {
    recognizer: pack,
    contract,
    dimension,
    metric,
    engine: info,
    fingerprint: `${contract}\n${fingerprintEngine(info)}`,
    async *sight(paths, signal) {
      for await (const outcome of engine.analyzeMany(paths, { signal })) {
        if ('error' in outcome) yield outcome;
        else yield { index: outcome.index, sighting: toSighting(outcome.analysis) };
      }
    },
    dispose: () => engine.dispose(),
  };
}

/** The prominent face of an analysis, with its embedding as the template. */
export function toSighting({
  faces,
  width,
  height,
}: {
  readonly faces: readonly AnalyzedFace[];
  readonly width: number;
  readonly height: number;
}): Sighting {
  const prominent = selectProminentFace(faces, width, height);
  if (prominent === undefined) return { width, height, faces: 0 };
  const { embedding, ...face } = prominent;
  return { width, height, faces: faces.length, face, template: embedding?.vector };
}
