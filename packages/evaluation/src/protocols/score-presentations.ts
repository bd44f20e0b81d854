/** Passive liveness scores of a folder of presentations. */

import { basename, resolve } from 'node:path';
import { type EngineInfo, type FaceEngine, FaceError, selectProminentFace } from '@isoface/core';
import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import { isImageError } from '../dataset/image-error.ts';
import { BONA_FIDE_LABEL } from './liveness-labels.ts';
import type { LivenessScore, LivenessScores } from './read-liveness-scores.ts';
import { readPresentations } from './read-presentations.ts';

/** The part of an engine that scores pictures. The engine must have passive liveness models. */
export type LivenessEngine = Pick<FaceEngine<string>, 'info' | 'analyzeMany'>;

/** What gave the scores. */
export interface LivenessScorer {
  readonly pack: string;
  /** Ids of the passive models whose scores are averaged. */
  readonly models: readonly string[];
  readonly executionProvider: EngineInfo['executionProvider'];
  readonly detectionSize: number;
  readonly versions: EngineInfo['versions'];
  /** Pictures that could be read: each has a row in the table. */
  readonly pictures: number;
  /** Those of them in which no face was found: non-responses. */
  readonly withoutFace: number;
  /** Those with more than one face; the large and central one was scored. */
  readonly severalFaces: number;
  /** Pictures per second of wall time, decoding included. */
  readonly imagesPerSecond: number;
}

/** Scores with what made them. */
export interface ScoredPresentations extends LivenessScores {
  /** Name of the folder. */
  readonly dataset: string;
  readonly scorer: LivenessScorer;
}

/** Options of {@link scorePresentations}. */
export interface ScorePresentationsOptions {
  /** Folder with labelled pictures, see {@link readPresentations}. */
  readonly data: string;
  readonly engine: LivenessEngine;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Scores the large and central face of every picture. A picture without a face has no score; one that cannot be read is a problem and no presentation.
 *
 * @throws {FaceError} `INVALID_OPTION` for an engine without passive liveness models; `DATASET_INVALID` if no picture can be read; what reading the
 * folder throws; `signal.reason` when aborted.
 */
export async function scorePresentations({ data, engine, signal, onProgress }: ScorePresentationsOptions): Promise<ScoredPresentations> {
  const { info } = engine;
  if (info.liveness.passive.length === 0) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected an engine with passive liveness models, got pack "${info.pack}" without; create it with the option liveness and a pack that has them.`,
      { pack: info.pack },
    );
  }
  const { presentations, problems: found } = await readPresentations(data, signal);
  const scores: LivenessScore[] = [];
  const problems: DatasetProblem[] = [...found];
  let [withoutFace, severalFaces, done] = [0, 0, 0];
  onProgress?.(0, presentations.length);
  const started = performance.now();
  const paths = presentations.map(({ path }) => path);
  for await (const outcome of engine.analyzeMany(paths, { liveness: true, embeddings: false, signal })) {
    signal?.throwIfAborted();
    const presentation = presentations[outcome.index];
    if (presentation === undefined) continue;
    const { relativePath: path, attack, clip } = presentation;
    if ('error' in outcome) {
      if (!isImageError(outcome.error)) throw outcome.error;
      problems.push({ path, code: 'unreadable', message: outcome.error.message });
    } else {
      const { faces, width, height } = outcome.analysis;
      const face = selectProminentFace(faces, width, height);
      if (face === undefined) withoutFace++;
      if (faces.length > 1) severalFaces++;
      scores.push({ path, attack, score: face?.liveness?.score, clip });
    }
    onProgress?.(++done, presentations.length);
  }
  const seconds = (performance.now() - started) / 1000;
  if (scores.length === 0) {
    throw new FaceError('DATASET_INVALID', `Expected pictures in ${data}, got none of ${presentations.length} that can be read.`, {
      path: data,
      problems: problems.slice(0, 10),
    });
  }
  const { pack, executionProvider, detectionSize, versions, liveness } = info;
  return {
    dataset: basename(resolve(data)),
    scores,
    problems,
    scorer: {
      pack,
      models: liveness.passive,
      executionProvider,
      detectionSize,
      versions,
      pictures: scores.length,
      withoutFace,
      severalFaces,
      imagesPerSecond: presentations.length / seconds,
    },
  };
}

/** The scores as the tab-separated table that `readLivenessScores` reads: path, label, score (empty where there is none), clip. */
export function formatLivenessScores(scores: readonly LivenessScore[]): string {
  const rows = scores.map(({ path, attack, score, clip }) => [
    // A line that starts with # would be a comment.
    path.startsWith('#') ? `./${path}` : path,
    attack ?? BONA_FIDE_LABEL,
    score === undefined ? '' : `${score}`,
    clip ?? '',
  ]);
  return [['path', 'label', 'score', 'clip'], ...rows].map((row) => `${row.join('\t')}\n`).join('');
}
