/** How far the opening of an engine has come, from its events. */

import type { EngineProgress } from 'isoface';

/** One file on its way. */
export interface LoadingModel {
  readonly model: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

/** What is known so far. */
export interface OpeningProgress {
  /** In the order in which they began. */
  readonly models: readonly LoadingModel[];
  readonly step:
    | { readonly phase: 'load' }
    | { readonly phase: 'openModel'; readonly loadedModels: number; readonly totalModels: number }
    | { readonly phase: 'selfTest' };
  /** Of the whole, in [0, 1]; never goes back. */
  readonly share: number;
}

/** Before the first event. */
export const NO_PROGRESS: OpeningProgress = { models: [], step: { phase: 'load' }, share: 0 };

/** Opening and testing take about as long as loading from the cache. */
const SHARE_OF_LOADING = 0.6;
const SHARE_OF_OPENING = 0.3;

/** The progress after an event. */
export function addProgress(progress: OpeningProgress, event: EngineProgress): OpeningProgress {
  const advance = (share: number): number => Math.max(progress.share, Math.min(1, share));
  if (event.phase === 'selfTest') {
    return { ...progress, step: { phase: 'selfTest' }, share: advance(SHARE_OF_LOADING + SHARE_OF_OPENING) };
  }
  if (event.phase === 'openModel') {
    const { loadedModels, totalModels } = event;
    const opened = totalModels > 0 ? loadedModels / totalModels : 0;
    return {
      ...progress,
      step: { phase: 'openModel', loadedModels, totalModels },
      share: advance(SHARE_OF_LOADING + SHARE_OF_OPENING * opened),
    };
  }
  const { model, loadedBytes, totalBytes } = event;
  const row = { model, loadedBytes, totalBytes };
  const isKnown = progress.models.some((known) => known.model === model);
  const models = isKnown ? progress.models.map((known) => (known.model === model ? row : known)) : [...progress.models, row];
  const sum = (pick: (loading: LoadingModel) => number): number => models.reduce((total, loading) => total + pick(loading), 0);
  const total = sum((loading) => loading.totalBytes);
  return { ...progress, models, share: advance(total > 0 ? (SHARE_OF_LOADING * sum((loading) => loading.loadedBytes)) / total : 0) };
}
