/** Vectors that other software made with the same network. */

import { assertUsableVector, type Embedding, toUnitVector } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { PackManifest } from '../ports/model-manifest.ts';

/** See `FaceEngine.importEmbedding`. */
export function importEmbedding(pack: PackManifest, contract: string | undefined, values: ArrayLike<number>, from: string): Embedding {
  const accepted = pack.accepts?.map((entry) => entry.from) ?? [];
  if (contract === undefined || pack.embedder === undefined || !accepted.includes(from)) {
    throw new FaceError(
      'CONTRACT_MISMATCH',
      `Expected vectors of software that pack "${pack.id}" accepts (${accepted.join(', ') || 'none'}), got "${from}"; embed the photos again with this pack.`,
      { pack: pack.id, from, accepted },
    );
  }
  const { dimension, normalization } = pack.embedder;
  if (values.length !== dimension) {
    throw new FaceError('SHAPE_MISMATCH', `Expected a vector of ${dimension} numbers for pack "${pack.id}", got ${values.length}.`, {
      expected: dimension,
      got: values.length,
    });
  }
  const vector = Float32Array.from(values);
  assertUsableVector(vector);
  return {
    vector: normalization === 'l2' ? toUnitVector(vector) : vector,
    contract,
    provenance: { flipAveraging: false, importedFrom: from },
  };
}
