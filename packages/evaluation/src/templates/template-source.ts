/** Where templates come from: an engine with its pack, or an engine's detector with a recognizer of another kind. */

import type { AnalyzedFace, EngineInfo } from '@isoface/core';
import type { Recognizer, TemplateMetric } from '@isoface/core/recognizers';

/** What was seen in one image. */
export interface Sighting {
  /** Size of the upright image, pixels. */
  readonly width: number;
  readonly height: number;
  /** Faces found. */
  readonly faces: number;
  /** The face that the image is about (large and central), without its embedding. */
  readonly face?: Omit<AnalyzedFace, 'embedding'> | undefined;
  /** Its template; absent where no face was found, or it could not be aligned. */
  readonly template?: Float32Array | undefined;
}

/** One settled image of {@link TemplateSource.sight}. */
export type SightingOutcome = { readonly index: number; readonly sighting: Sighting } | { readonly index: number; readonly error: unknown };

/** The one interface behind which all recognizers are measured. */
export interface TemplateSource {
  /** Id of the recognizer: the pack's for its own embedder. */
  readonly recognizer: string;
  readonly contract: string;
  readonly dimension: number;
  readonly metric: TemplateMetric;
  readonly engine: EngineInfo;
  /** Everything that changes what is seen in an image, as text: sightings may be kept and used again under it. */
  readonly fingerprint: string;
  /** Makes the recognizer out of templates, shape [N, D]: there is none before it was trained. Absent for all others. */
  readonly train?: ((templates: Float32Array, count: number) => Recognizer) | undefined;
  /** Looks at the images, several at a time, and yields the outcomes in their order. Rejects with `signal.reason` when aborted. */
  sight(paths: Iterable<string>, signal?: AbortSignal): AsyncIterable<SightingOutcome>;
  dispose(): Promise<void>;
}

/** What of an engine decides about detection: the models, the size at which the detector works, and what runs them. */
export function fingerprintEngine({ pack, models, executionProvider, detectionSize, flipAveraging, versions }: EngineInfo): string {
  return JSON.stringify({
    pack,
    models: models.map(({ id, bytes }) => `${id}:${bytes}`),
    executionProvider,
    detectionSize,
    flipAveraging,
    onnxruntime: versions['onnxruntime'],
    isoface: versions['isoface'],
  });
}
