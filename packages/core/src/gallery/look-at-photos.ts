/** From photos to embeddings, several at a time. */

import { type Embedding, isEmbedding } from '../embed/embedding.ts';
import type { Analysis, AnalyzedFace, StageTimings } from '../engine/analysis.ts';
import { type ChoiceOptions, chooseFace } from '../engine/choose-face.ts';
import { settleInOrder } from '../engine/settle-in-order.ts';

/** Who looks. */
export interface PhotoReader<ImageInput> {
  /** Images under way at the same time. */
  readonly imagesUnderWay: number;
  analyze(image: ImageInput, options: { readonly signal?: AbortSignal | undefined }): Promise<Analysis>;
}

/** What was seen on one input. */
export type Look = { readonly timings?: StageTimings | undefined } & (
  | { readonly embedding: Embedding; readonly face?: AnalyzedFace | undefined }
  | { readonly reason: 'noFace' | 'multipleFaces' | 'lowQuality'; readonly message: string; readonly face?: AnalyzedFace | undefined }
);

/** Looks at photos and passes embeddings through; outcomes in the order of the inputs. */
export async function* lookAtPhotos<ImageInput>(
  { imagesUnderWay, analyze }: PhotoReader<ImageInput>,
  inputs: readonly (ImageInput | Embedding)[],
  choice: ChoiceOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly index: number } & ({ readonly look: Look } | { readonly error: unknown })> {
  const look = async (input: ImageInput | Embedding): Promise<Look> => {
    if (isEmbedding(input)) return { embedding: input };
    const analysis = await analyze(input, { signal });
    return { ...chooseFace(analysis, choice), timings: analysis.timings };
  };
  for await (const outcome of settleInOrder(inputs, imagesUnderWay, look, signal)) {
    yield 'error' in outcome ? outcome : { index: outcome.index, look: outcome.value };
  }
}
