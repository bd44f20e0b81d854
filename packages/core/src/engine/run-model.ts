/** One model with its manifest: the only place where tensors meet a session. */

import { FaceError } from '../errors/face-error.ts';
import type { InferenceSession } from '../ports/inference-backend.ts';
import type { InputSpec, ModelManifest } from '../ports/model-manifest.ts';
import type { HostTensor, Tensor } from '../ports/tensor.ts';

/** Faces per model run. On a CPU larger batches gain nothing and cost memory. */
const MAX_BATCH = 8;

/** How many faces go into one run of a model. */
export function batchSizeOf(input: InputSpec): number {
  return input.batch === 'one' ? 1 : MAX_BATCH;
}

/** A model that is open. */
export interface OpenModel<M extends ModelManifest = ModelManifest> {
  readonly manifest: M;
  readonly session: InferenceSession;
}

/**
 * Checks the tensor against the manifest, runs the model and gives the tensor back to its maker, also when it fails or `signal` has aborted.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` if the tensor is not what the manifest asks for.
 */
export async function runModel(model: OpenModel, tensor: Tensor, signal?: AbortSignal): Promise<Readonly<Record<string, HostTensor>>> {
  try {
    signal?.throwIfAborted();
    assertInputShape(model.manifest, tensor.dims);
    const outputs = await model.session.run({ [model.manifest.input.name]: tensor });
    signal?.throwIfAborted();
    return outputs;
  } finally {
    tensor.dispose();
  }
}

/**
 * Checks the shape of a tensor against what a model's manifest asks for.
 *
 * @param dims - Dimensions of the tensor, batch first.
 * @throws {FaceError} `SHAPE_MISMATCH` saying what was expected, what came and what to do.
 */
export function assertInputShape({ id, input }: ModelManifest, dims: readonly number[]): void {
  const [channels, height, width] = input.layout === 'NCHW' ? dims.slice(1) : [dims[3], dims[1], dims[2]];
  const batch = dims[0] ?? 0;
  const fits = (side: number | undefined, fixed: number): boolean =>
    side !== undefined && side > 0 && (input.sizeMultipleOf === undefined ? side === fixed : side % input.sizeMultipleOf === 0);
  const isBatchGood = input.batch === 'one' ? batch === 1 : batch >= 1;
  if (dims.length === 4 && channels === 3 && isBatchGood && fits(height, input.height) && fits(width, input.width)) return;
  const side = (fixed: number): string => (input.sizeMultipleOf === undefined ? String(fixed) : `multiple of ${input.sizeMultipleOf}`);
  const sides = [side(input.height), side(input.width)];
  const expected = [input.batch === 'one' ? '1' : 'N', ...(input.layout === 'NCHW' ? ['3', ...sides] : [...sides, '3'])];
  throw new FaceError(
    'SHAPE_MISMATCH',
    `Expected input [${expected.join(', ')}] for ${id}, got [${dims.join(', ')}]; the model is ${input.layout}.`,
    { model: id, expected, got: dims, layout: input.layout },
  );
}
