/** Liveness scores that any detector of presentation attacks gave, as a table. */

import { FaceError } from '@isoface/core';
import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import { findColumn, normalizeName, parseTable } from '../dataset/parse-table.ts';
import { readLines } from '../dataset/read-text.ts';
import { ClipLabels, type LinePlace, lineError, toAttackKind } from './liveness-labels.ts';

/** One presentation, or one frame of it. */
export interface LivenessScore {
  readonly path: string;
  /** Name of the attack kind; absent for bona fide presentations. */
  readonly attack?: string | undefined;
  /** Larger = more bona fide; absent where the detector gave none. */
  readonly score?: number | undefined;
  /** Frames with the same clip belong to one presentation. */
  readonly clip?: string | undefined;
}

/** A table of scores. */
export interface LivenessScores {
  readonly scores: readonly LivenessScore[];
  readonly problems: readonly DatasetProblem[];
}

/** Names of the columns; those of a table without a header are taken in this order. */
const COLUMNS = {
  path: ['path', 'file', 'image', 'frame'],
  label: ['label', 'class', 'kind', 'attack'],
  score: ['score', 'liveness', 'livenessscore'],
  clip: ['clip', 'video', 'clipid', 'sequence'],
} as const;
/** What a detector that gave no score leaves in its place. */
const NO_SCORE = new Set(['', 'na', 'n/a', 'none', 'null', '-']);

/**
 * Reads a table with the columns path, label and score, and perhaps clip: tab-separated or comma-separated, with or without a header. The label is
 * `bonafide` (or `live`, `real`, `genuine`) or the name of an attack kind. An empty score (or `NA`, `none`, `null`, `-`) is a non-response.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` for a table without these columns, without rows, or with a row that cannot be understood, and
 * for a clip whose frames have different labels.
 */
export async function readLivenessScores(file: string, signal?: AbortSignal): Promise<LivenessScores> {
  const { lines, problems } = await readLines(file, signal);
  const { header, rows } = parseTable(lines, isHeader);
  const columns = findColumns(header, rows[0]?.cells.length ?? 0, file);
  const clips = new ClipLabels();
  const seen = new Set<string>();
  const repeated: DatasetProblem[] = [];
  const scores = rows.map(({ cells, line }): LivenessScore => {
    const path = cells[columns.path] ?? '';
    const clip = columns.clip < 0 ? '' : (cells[columns.clip] ?? '');
    const label = (cells[columns.label] ?? '').trim();
    const score = toScore(cells[columns.score] ?? '', { file, line });
    if (path === '' || label === '') {
      throw lineError(
        { file, line },
        `Expected a path and a label, got ${JSON.stringify(cells.join(' '))}`,
        'write "bonafide" or the kind of attack',
      );
    }
    const attack = toAttackKind(label);
    if (clip !== '') clips.add(clip, attack, { file, line });
    if (seen.has(`${clip}\n${path}`)) {
      repeated.push({ path, code: 'duplicate-path', message: 'Scored more than once; all scores count.', line });
    }
    seen.add(`${clip}\n${path}`);
    return { path, attack, score, clip: clip === '' ? undefined : clip };
  });
  if (scores.length === 0) {
    throw new FaceError('DATASET_INVALID', `Expected rows of path, label and score in ${file}, got none.`, { path: file });
  }
  return { scores, problems: [...problems, ...repeated] };
}

function isHeader(cells: readonly string[]): boolean {
  return cells.some((cell) => (COLUMNS.score as readonly string[]).includes(normalizeName(cell)));
}

function findColumns(header: readonly string[] | undefined, cells: number, file: string): Record<keyof typeof COLUMNS, number> {
  if (header === undefined) return { path: 0, label: 1, score: 2, clip: cells > 3 ? 3 : -1 };
  const columns = {
    path: findColumn(header, COLUMNS.path),
    label: findColumn(header, COLUMNS.label),
    score: findColumn(header, COLUMNS.score),
    clip: findColumn(header, COLUMNS.clip),
  };
  const missing = (['path', 'label', 'score'] as const).filter((name) => columns[name] < 0);
  if (missing.length === 0) return columns;
  throw new FaceError('DATASET_INVALID', `Expected the columns path, label and score in ${file}, got ${header.join(', ')}.`, {
    path: file,
    missing,
  });
}

function toScore(text: string, place: LinePlace): number | undefined {
  const trimmed = text.trim();
  if (NO_SCORE.has(trimmed.toLowerCase())) return undefined;
  const score = Number(trimmed);
  if (Number.isFinite(score)) return score;
  throw lineError(place, `Expected a number as score, got ${JSON.stringify(trimmed)}`, 'leave it empty where there is none');
}
