/** Many images through one engine; a bad one does not stop the others. */

import type { Analysis, AnalyzeOptions } from '@isoface/core';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import { type ErrorData, toErrorData } from '../output/describe-error.ts';
import type { Session } from '../session.ts';

/** What became of one image. `input` is what the user typed. */
export type ImageOutcome = { readonly input: string; readonly analysis: Analysis } | { readonly input: string; readonly error: ErrorData };

/** Analyzes the images, several at a time, and yields the outcomes in the order of the arguments. */
export async function* analyzeImages(
  engine: NodeFaceEngine,
  inputs: readonly string[],
  session: Session,
  options: Pick<AnalyzeOptions, 'embeddings' | 'liveness' | 'minScore' | 'maxFaces'> = {},
): AsyncIterableIterator<ImageOutcome> {
  const { signal, progress, resolvePath } = session;
  progress.items('Photos', 0, inputs.length);
  const outcomes = engine.analyzeMany(inputs.map(resolvePath), { ...options, signal });
  for await (const outcome of outcomes) {
    signal.throwIfAborted();
    const input = inputs[outcome.index] as string;
    yield 'error' in outcome ? { input, error: toErrorData(outcome.error) } : { input, analysis: outcome.analysis };
    progress.items('Photos', outcome.index + 1, inputs.length);
  }
}

/** One error for a document in which some of the images failed, or `undefined` if none did. */
export function summarizeFailures(images: readonly (object | { readonly error: ErrorData })[]): ErrorData | undefined {
  const errors = images.flatMap((image) => ('error' in image ? [image.error] : []));
  const [first] = errors;
  if (first === undefined || images.length === 1) return first;
  return { ...first, message: `${errors.length} of ${images.length} images failed, the first one so: ${first.message}` };
}
