/** Embeddings that lie in files: of `embed --json`, or descriptors of other software. */

import { type Embedding, FaceError } from '@isoface/core';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import type { Session } from '../session.ts';
import { readJsonFile } from './read-json-file.ts';

/** Whether an argument names an embedding file rather than an image. */
export function isEmbeddingFile(input: string): boolean {
  return input.toLowerCase().endsWith('.json');
}

/**
 * Reads an embedding that the engine can compare with its own.
 *
 * @param descriptorFrom - The software that the file comes from, e.g. `face-api.js`: the file then holds nothing but numbers.
 * @throws {FaceError} `IO_FAILED`, `INVALID_EMBEDDING`, `SHAPE_MISMATCH` or `CONTRACT_MISMATCH`.
 */
export async function readEmbeddingFile(
  input: string,
  engine: NodeFaceEngine,
  { resolvePath, signal }: Session,
  descriptorFrom: string | undefined,
): Promise<Embedding> {
  const content = await readJsonFile(resolvePath(input), 'INVALID_EMBEDDING', signal);
  const numbers = toNumbers(content);
  if (numbers !== undefined) {
    if (descriptorFrom !== undefined) return engine.importEmbedding(numbers, descriptorFrom);
    throw new FaceError(
      'INVALID_EMBEDDING',
      `Expected an embedding of isoface in ${input}, got ${numbers.length} numbers without their origin; add --descriptor-from face-api.js if they come from there.`,
      { path: input },
    );
  }
  const embedding = toEmbedding(selectStored(content, input), input);
  assertOwn(embedding, engine, input);
  return embedding;
}

/** The embedding in `{ vector, contract }`, in a face of `embed`, or in a document of `embed` that holds exactly one face. */
function selectStored(content: unknown, input: string): unknown {
  if (!isRecord(content) || 'vector' in content) return content;
  if ('embedding' in content) return content['embedding'];
  const images = Array.isArray(content['images']) ? content['images'] : [];
  const faces = images.flatMap((image: unknown) => (isRecord(image) && Array.isArray(image['faces']) ? (image['faces'] as unknown[]) : []));
  const [face] = faces;
  if (faces.length === 1 && isRecord(face)) return face['embedding'];
  throw new FaceError(
    'INVALID_EMBEDDING',
    `Expected one embedding in ${input}, got ${faces.length}; embed a photo of one person, or keep one { vector, contract, provenance } in the file.`,
    { path: input, faces: faces.length },
  );
}

function toEmbedding(stored: unknown, input: string): Embedding {
  const numbers = isRecord(stored) ? toNumbers(stored['vector']) : undefined;
  if (!isRecord(stored) || numbers === undefined || typeof stored['contract'] !== 'string') {
    throw new FaceError(
      'INVALID_EMBEDDING',
      `Expected { vector, contract, provenance } as \`isoface embed --json\` writes it in ${input}.`,
      { path: input },
    );
  }
  const provenance = isRecord(stored['provenance']) ? stored['provenance'] : {};
  const text = (name: string): string | undefined => (typeof provenance[name] === 'string' ? provenance[name] : undefined);
  return {
    vector: Float32Array.from(numbers),
    contract: stored['contract'],
    provenance: {
      executionProvider: text('executionProvider'),
      flipAveraging: provenance['flipAveraging'] === true,
      importedFrom: text('importedFrom'),
    },
  };
}

/** Two foreign embeddings could be compared with each other, but not by the metric and thresholds of this pack. */
function assertOwn({ contract, vector }: Embedding, { info }: NodeFaceEngine, input: string): void {
  if (contract !== info.contract) {
    throw new FaceError(
      'CONTRACT_MISMATCH',
      `Expected an embedding of pack "${info.pack}" in ${input}, got one of another contract (${contract.slice(0, 12)}…); embed the photo again with this pack, or choose the pack with --pack.`,
      { path: input, expected: info.contract, got: contract },
    );
  }
  if (vector.length !== info.dimension) {
    throw new FaceError('SHAPE_MISMATCH', `Expected ${info.dimension} numbers in ${input}, got ${vector.length}.`, {
      path: input,
      expected: info.dimension,
      got: vector.length,
    });
  }
}

/** An array of numbers; also `{"0": …, "1": …}`, which is what JSON makes of a Float32Array. */
function toNumbers(value: unknown): number[] | undefined {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'number') ? value : undefined;
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  const isIndexed = entries.length > 0 && entries.every(([key, entry], i) => key === String(i) && typeof entry === 'number');
  return isIndexed ? (Object.values(value) as number[]) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
