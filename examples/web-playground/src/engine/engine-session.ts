/** One engine at a time: a new choice ends the engine before it. */

import { createFaceEngine, type EngineEvent, type WebEngineOptions, type WebFaceEngine } from 'isoface';
import { addProgress, OPENING, type OpeningProgress } from './opening-progress.ts';

/** What there is of an engine. */
export type EngineState =
  | { readonly status: 'opening'; readonly progress: OpeningProgress }
  | { readonly status: 'ready'; readonly engine: WebFaceEngine; readonly openedInMs: number }
  | { readonly status: 'failed'; readonly error: unknown };

/** Holds the engine of the page. */
export interface EngineSession {
  /** Ends the engine that runs, or is being opened, and opens another. Settles when that is done, failed, or was overtaken by a later call. */
  open(options: WebEngineOptions): Promise<void>;
}

/** Parts of a session; the engine's factory is replaced in tests. */
export interface EngineSessionOptions {
  readonly onState: (state: EngineState) => void;
  readonly onEvent: (event: EngineEvent) => void;
  readonly create?: (options: WebEngineOptions) => Promise<WebFaceEngine>;
}

/** Creates a session without an engine. */
export function createEngineSession({ onState, onEvent, create = createFaceEngine }: EngineSessionOptions): EngineSession {
  let opening = new AbortController();
  let engine: WebFaceEngine | undefined;
  return {
    async open(options) {
      opening.abort();
      opening = new AbortController();
      const { signal } = opening;
      const previous = engine;
      engine = undefined;
      let progress = OPENING;
      onState({ status: 'opening', progress });
      // Two engines at once would need the memory of both.
      await previous?.dispose();
      if (signal.aborted) return;
      const startedAt = performance.now();
      try {
        const opened = await create({
          ...options,
          signal,
          onProgress(event) {
            if (signal.aborted) return;
            progress = addProgress(progress, event);
            onState({ status: 'opening', progress });
          },
          onEvent(event) {
            if (signal.aborted) return;
            onEvent(event);
            if (event.type === 'failed') onState({ status: 'failed', error: new Error(event.reason) });
          },
        });
        if (signal.aborted) {
          await opened.dispose();
          return;
        }
        engine = opened;
        onState({ status: 'ready', engine: opened, openedInMs: performance.now() - startedAt });
      } catch (error) {
        if (!signal.aborted) onState({ status: 'failed', error });
      }
    },
  };
}
