/** How far the creation of an engine has come, from its events. */

import type { EngineProgress } from 'isoface';

/** One model (or ONNX Runtime) on its way. */
export interface ModelRow {
  readonly model: string;
  /** Where the bytes come from, e.g. `bundled`, `cache`, `download`. */
  readonly source: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** What is known so far. */
export interface OpeningProgress {
  /** In the order in which they began. */
  readonly models: readonly ModelRow[];
  /** What is being done, as a sentence. */
  readonly step: string;
}

/** Before the first event. */
export const OPENING: OpeningProgress = { models: [], step: 'Starting …' };

/** The progress after an event. */
export function addProgress(progress: OpeningProgress, event: EngineProgress): OpeningProgress {
  if (event.phase === 'selfTest') return { ...progress, step: 'Testing on a drawn face …' };
  if (event.phase === 'openModel') return { ...progress, step: `Opened ${event.loadedModels} of ${event.totalModels} models …` };
  const { model, source, loadedBytes, totalBytes } = event;
  const row = { model, source, loadedBytes, totalBytes };
  const isKnown = progress.models.some((known) => known.model === model);
  const models = isKnown ? progress.models.map((known) => (known.model === model ? row : known)) : [...progress.models, row];
  return { models, step: `Loading ${model} …` };
}
