/** Many probes against one gallery: in batches, so that the gallery is read once for many, and two at a time, so that the engine is never idle. */

import { type Embedding, isFaceError } from '@isoface/core';
import type { Gallery, IdentifyOptions, IdentifyResult } from '@isoface/core/gallery';
import type { NodeImageInput } from '@isoface/runtime-node';
import { type ErrorData, toErrorData } from '../output/describe-error.ts';

/** What became of one probe. `input` is what the user typed. */
export type ProbeOutcome =
  | { readonly input: string; readonly result: IdentifyResult }
  | { readonly input: string; readonly error: ErrorData };

/** Options of {@link identifyProbes}. */
export interface IdentifyProbesOptions extends IdentifyOptions {
  readonly signal: AbortSignal;
  /** Reads what the user typed: the path of an image, or the embedding in a file. */
  readonly readProbe: (input: string) => Promise<string | Embedding>;
}

const BATCH = 32;

/**
 * Identifies the probes, several at a time, and yields the outcomes in their order. A probe that cannot be read does not stop the others.
 *
 * @throws what concerns all probes alike: an abort, an option out of range, a gallery that cannot be read.
 */
export async function* identifyProbes(
  gallery: Gallery<NodeImageInput>,
  inputs: readonly string[],
  options: IdentifyProbesOptions,
): AsyncGenerator<ProbeOutcome> {
  const start = (from: number): Promise<Batch> | undefined =>
    from >= inputs.length ? undefined : settle(identifyBatch(gallery, inputs.slice(from, from + BATCH), options));
  let current = start(0);
  for (let from = BATCH; current !== undefined; from += BATCH) {
    const next = start(from);
    const batch = await current;
    if ('failure' in batch) {
      // Both work on one gallery, which the caller closes.
      await next;
      throw batch.failure;
    }
    yield* batch.outcomes;
    current = next;
  }
}

type Batch = { readonly outcomes: readonly ProbeOutcome[] } | { readonly failure: unknown };

/** A batch is waited for after the next one was started: its failure must not be left unheard meanwhile. */
function settle(work: Promise<readonly ProbeOutcome[]>): Promise<Batch> {
  return work.then(
    (outcomes) => ({ outcomes }),
    (failure: unknown) => ({ failure }),
  );
}

async function identifyBatch(
  gallery: Gallery<NodeImageInput>,
  inputs: readonly string[],
  { readProbe, ...options }: IdentifyProbesOptions,
): Promise<readonly ProbeOutcome[]> {
  const read = await Promise.all(
    inputs.map(async (input) => {
      try {
        return { input, probe: await readProbe(input) };
      } catch (error) {
        return toFailedProbe(input, error);
      }
    }),
  );
  const readable = read.filter((entry) => 'probe' in entry);
  const outcomes = await identifyReadable(gallery, readable, options);
  let next = 0;
  return read.map((entry) => ('probe' in entry ? (outcomes[next++] as ProbeOutcome) : entry));
}

interface Probe {
  readonly input: string;
  readonly probe: string | Embedding;
}

async function identifyReadable(
  gallery: Gallery<NodeImageInput>,
  probes: readonly Probe[],
  options: IdentifyOptions,
): Promise<readonly ProbeOutcome[]> {
  if (probes.length === 0) return [];
  try {
    const results = await gallery.identifyMany(
      probes.map(({ probe }) => probe),
      options,
    );
    return probes.map(({ input }, i) => ({ input, result: results[i] as IdentifyResult }));
  } catch (error) {
    const [only] = probes;
    if (only !== undefined && probes.length === 1) return [toFailedProbe(only.input, error)];
    if (!isProbeError(error)) throw error;
    // One of them is bad and nobody says which: each by itself.
    return Promise.all(probes.map(async (probe) => (await identifyReadable(gallery, [probe], options))[0] as ProbeOutcome));
  }
}

/** @throws the error, if it is not about this probe. */
function toFailedProbe(input: string, error: unknown): ProbeOutcome {
  if (!isProbeError(error)) throw error;
  return { input, error: toErrorData(error) };
}

function isProbeError(error: unknown): boolean {
  return isFaceError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED', 'INVALID_EMBEDDING', 'CONTRACT_MISMATCH', 'SHAPE_MISMATCH');
}
