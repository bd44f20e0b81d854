/** Engine calls as data: the two ends of every border that images cross, between a thread and its pool, or a page and its worker. */

import type { Embedding } from '../embed/embedding.ts';
import type { TrackState } from '../track/track-state.ts';
import type { Analysis, Face } from './analysis.ts';
import type { EngineCalls } from './compose-engine.ts';
import type { AnalyzeOptions, DetectOptions, TimedImage, TrackedFrame, TrackOptions } from './face-engine.ts';

type WithoutSignal<Options> = Omit<Options, 'signal'>;

/** What is asked of an engine about an image, without the image and the abort signal: plain data. */
export type EngineRequest =
  | { readonly method: 'detect'; readonly options: WithoutSignal<DetectOptions> }
  | { readonly method: 'analyze'; readonly options: WithoutSignal<AnalyzeOptions> }
  | { readonly method: 'embed'; readonly faces: readonly Face[] }
  | {
      readonly method: 'trackFrame';
      readonly frame: Omit<TimedImage<unknown>, 'image'>;
      readonly state: TrackState | undefined;
      readonly options: WithoutSignal<TrackOptions>;
    };

/** How requests get to an engine elsewhere. */
export interface EngineLink<ImageInput> {
  /** Sends a request and its image; resolves with what {@link answerRequest} gave there. */
  send(image: ImageInput, request: EngineRequest, signal: AbortSignal | undefined): Promise<unknown>;
  /** Whether `error` says that the frame did not reach its end through no fault of its own, and `image` can be sent once more. */
  maySendAgain(error: unknown, image: ImageInput): boolean;
}

/** The calling end. A frame of a track is sent once more if that may help: the state is here, and a track outlives the worker it began in. */
export function toEngineCalls<ImageInput>({ send, maySendAgain }: EngineLink<ImageInput>): EngineCalls<ImageInput> {
  return {
    async detect(image, { signal, ...options } = {}) {
      return (await send(image, { method: 'detect', options }, signal)) as readonly Face[];
    },
    async embed(image, faces, { signal } = {}) {
      return (await send(image, { method: 'embed', faces }, signal)) as readonly Embedding[];
    },
    async analyze(image, { signal, ...options } = {}) {
      return (await send(image, { method: 'analyze', options }, signal)) as Analysis;
    },
    async trackFrame({ image, ...frame }, state, { signal, ...options } = {}) {
      const request: EngineRequest = { method: 'trackFrame', frame, state, options };
      try {
        return (await send(image, request, signal)) as TrackedFrame;
      } catch (error) {
        if (!maySendAgain(error, image)) throw error;
        return (await send(image, request, signal)) as TrackedFrame;
      }
    },
  };
}

/** The answering end: does what was asked. */
export function answerRequest<Image>(
  engine: EngineCalls<Image>,
  image: Image,
  request: EngineRequest,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  switch (request.method) {
    case 'detect':
      return engine.detect(image, { ...request.options, signal });
    case 'analyze':
      return engine.analyze(image, { ...request.options, signal });
    case 'embed':
      return engine.embed(image, request.faces, { signal });
    case 'trackFrame':
      return engine.trackFrame({ ...request.frame, image }, request.state, { ...request.options, signal });
  }
}
