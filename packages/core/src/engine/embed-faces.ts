/** Stages align (second half) and embed: from faces with landmarks to embeddings. */

import { computeAlignment } from '../align/compute-alignment.ts';
import { requireOutput } from '../detect/require-output.ts';
import { assertUsableVector, type Embedding, toUnitVector } from '../embed/embedding.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import type { EmbedderManifest } from '../ports/model-manifest.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import type { FrameFace } from './frame-face.ts';
import { batchSizeOf, type OpenModel, runModel } from './run-model.ts';
import type { StageClock } from './stage-clock.ts';

/** What the embedding stage needs. */
export interface EmbedFacesContext {
  readonly embedder: OpenModel<EmbedderManifest>;
  readonly preprocessor: Preprocessor;
  readonly clock: StageClock;
  readonly contract: string;
  readonly flipAveraging: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Embeds faces, in the order given.
 *
 * With `flipAveraging` the vector is the mean over the face and its mirror image: one more embedder run per face, fewer false non-matches.
 *
 * @throws {FaceError} `SHAPE_MISMATCH`, `DEGENERATE_LANDMARKS`; `INVALID_EMBEDDING` if the model gives NaN or zeros, as a broken GPU does.
 */
export async function embedFaces(image: FrameImage, faces: readonly FrameFace[], context: EmbedFacesContext): Promise<Embedding[]> {
  const { embedder, contract, flipAveraging, clock } = context;
  const { manifest, session } = embedder;
  const transforms = await clock.time('align', () => faces.map((face) => computeAlignment(face, manifest)));
  const embeddings: Embedding[] = [];
  const batchSize = batchSizeOf(manifest.input);
  for (let start = 0; start < faces.length; start += batchSize) {
    const batch = transforms.slice(start, start + batchSize);
    const plain = await runBatch(image, batch, false, context);
    const mirrored = flipAveraging ? await runBatch(image, batch, true, context) : undefined;
    await clock.time('embed', () => {
      for (let i = 0; i < batch.length; i++) {
        const slice = (values: Float32Array): Float32Array => values.slice(i * manifest.dimension, (i + 1) * manifest.dimension);
        const raw = mirrored === undefined ? slice(plain) : average(slice(plain), slice(mirrored));
        assertUsableVector(raw);
        embeddings.push({
          vector: manifest.normalization === 'l2' ? toUnitVector(raw) : raw,
          contract,
          provenance: { executionProvider: session.executionProvider, flipAveraging },
        });
      }
    });
  }
  return embeddings;
}

async function runBatch(
  image: FrameImage,
  transforms: readonly Float64Array[],
  mirrored: boolean,
  { embedder, preprocessor, clock, signal }: EmbedFacesContext,
): Promise<Float32Array> {
  const { manifest } = embedder;
  signal?.throwIfAborted();
  const tensor = await clock.time('align', () => preprocessor.warp(image, transforms, manifest.input, { mirrored }));
  return clock.time('embed', async () => {
    const outputs = await runModel(embedder, tensor, signal);
    return requireOutput(outputs, manifest.output, transforms.length * manifest.dimension);
  });
}

function average(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => (value + (b[i] as number)) / 2);
}
