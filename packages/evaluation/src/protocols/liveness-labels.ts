/** What labels of presentations mean: bona fide, or an attack of some kind. */

import { basename } from 'node:path';
import { FaceError } from '@isoface/core';
import { normalizeName } from '../dataset/parse-table.ts';

/** How a bona fide presentation may be labelled, whatever the case and punctuation. */
const BONA_FIDE: ReadonlySet<string> = new Set(['bonafide', 'live', 'real', 'genuine']);
/** How `bonafide` is written in tables that isoface makes. */
export const BONA_FIDE_LABEL = 'bonafide';

/** A line of a table. */
export interface LinePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The kind of attack that a label names, as it is written; `undefined` for bona fide presentations. */
export function toAttackKind(label: string): string | undefined {
  return BONA_FIDE.has(normalizeName(label)) ? undefined : label;
}

/** Remembers the label of every clip: one clip is one presentation. */
export class ClipLabels {
  readonly #labels = new Map<string, string>();

  /** @throws {FaceError} `DATASET_INVALID` if the clip was labelled otherwise before. */
  add(clip: string, attack: string | undefined, place: LinePlace): void {
    const label = attack ?? BONA_FIDE_LABEL;
    const known = this.#labels.get(clip) ?? label;
    this.#labels.set(clip, label);
    if (known === label) return;
    throw lineError(place, `Expected one label for clip "${clip}", got "${known}" and "${label}"`, 'give clips names of their own');
  }
}

/** An error about one line of a table. */
export function lineError({ file, line }: LinePlace, what: string, remedy: string): FaceError {
  return new FaceError('DATASET_INVALID', `${what} in line ${line} of ${basename(file)}; ${remedy}.`, { path: file, line });
}
