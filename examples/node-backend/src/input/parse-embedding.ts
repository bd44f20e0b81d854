/** From JSON of a stranger to an embedding of this engine. */

import { type Embedding, type EngineInfo, FaceError } from 'isoface';
import { HttpError } from '../http/http-error.ts';
import type { EmbeddingJson } from './embedding-schema.ts';

/** The parts of an engine that say what its embeddings look like. */
export type EmbeddingFacts = Pick<EngineInfo, 'contract' | 'dimension' | 'flipAveraging' | 'pack'>;

/**
 * Checks everything about an embedding that can be checked. That it was made of a photo at all cannot: who sends embeddings is trusted with
 * that.
 *
 * @throws {HttpError} 409 `CONTRACT_MISMATCH` for one of another pack.
 * @throws {FaceError} `SHAPE_MISMATCH` or `INVALID_EMBEDDING`.
 */
export function parseEmbedding({ vector, contract }: EmbeddingJson, facts: EmbeddingFacts): Embedding {
  if (contract !== facts.contract) {
    throw new HttpError(
      409,
      'CONTRACT_MISMATCH',
      `Expected an embedding of contract ${facts.contract?.slice(0, 12)}… (pack "${facts.pack}"), got ${contract.slice(0, 12)}…: ` +
        'their numbers mean different things. Create the engine of the page with the pack that GET /v1/contract names, and embed the photo again.',
    );
  }
  const numbers = typeof vector === 'string' ? decodeFloats(vector) : Float32Array.from(vector);
  if (numbers.length !== facts.dimension) {
    throw new FaceError('SHAPE_MISMATCH', `Expected ${facts.dimension} numbers, got ${numbers.length}.`, { expected: facts.dimension });
  }
  // Also numbers that are finite in JSON and not in 32 bits.
  if (!numbers.every(Number.isFinite) || numbers.every((value) => value === 0)) {
    throw new FaceError('INVALID_EMBEDDING', 'Expected finite numbers that are not all zero; make the embedding again.');
  }
  return { vector: numbers, contract, provenance: { flipAveraging: facts.flipAveraging } };
}

function decodeFloats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length % 4 !== 0 || bytes.toString('base64') !== base64) {
    throw new FaceError('SHAPE_MISMATCH', `Expected base64 of 32-bit numbers, got ${bytes.length} bytes in ${base64.length} characters.`);
  }
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}
