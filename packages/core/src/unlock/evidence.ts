/** What the good frames of one face have shown so far. Nothing of it outlives a change of the face, the picture or the company. */

import type { Embedding } from '../embed/embedding.ts';
import { compareEmbeddings } from '../match/compare-embeddings.ts';
import type { GalleryHeader } from '../ports/gallery-store.ts';
import type { WatchedFrame } from './watch-frames.ts';

/** Evidence of one face. */
export interface Evidence {
  /** Id of the track. */
  readonly trackId: number;
  readonly width: number;
  readonly height: number;
  /** The first embedding, which all later ones are compared with. */
  readonly first?: Embedding | undefined;
  /** Embeddings of good frames, oldest first. */
  readonly embeddings: readonly Embedding[];
  /** Passive scores of good frames, oldest first. */
  readonly scores: readonly number[];
  /** Pixels that were counted: the same ones again prove nothing. */
  readonly fingerprints: ReadonlySet<number>;
}

/** What a frame did to the evidence. */
export interface EvidenceStep {
  /** Absent: there is none. */
  readonly evidence?: Evidence | undefined;
  /** Why what was there before counts no more. */
  readonly broken?: 'faceLost' | 'severalFaces' | 'identityChanged' | 'discontinuity' | undefined;
  /** Similarity of the embedding of this frame to the first one, if it has one. */
  readonly similarity?: number | undefined;
}

/** How embeddings are compared. */
export interface SameFace {
  readonly metric: GalleryHeader['metric'];
  readonly threshold: number;
}

/** Embeddings that are kept: what is decided rests on the newest. */
const MOST_EMBEDDINGS = 12;
/** Scores that are kept: some ten seconds of a fast camera. */
const MOST_SCORES = 300;

/**
 * Takes a frame in.
 *
 * @param isGood - Whether its embedding and score may count.
 */
export function addFrame(before: Evidence | undefined, frame: WatchedFrame, isGood: boolean, sameFace: SameFace): EvidenceStep {
  const { faces, width, height, fingerprint } = frame.result;
  if (faces.length > 1) return { broken: 'severalFaces' };
  const [face] = faces;
  if (face === undefined) return before === undefined ? {} : { broken: 'faceLost' };
  const hasJumped = before !== undefined && (before.width !== width || before.height !== height);
  const isOther = before !== undefined && before.trackId !== face.id;
  const broken = hasJumped ? 'discontinuity' : isOther ? 'identityChanged' : undefined;
  const kept = broken === undefined ? before : undefined;
  const base: Evidence = kept ?? { trackId: face.id, width, height, embeddings: [], scores: [], fingerprints: new Set() };
  // Out of sight for a moment: the track bridges it, but there is nothing to see.
  if (frame.face === undefined) return { evidence: base, broken };
  const { embedding, isEmbeddingNew, liveness } = frame.face;
  const isRepeated = fingerprint !== undefined && base.fingerprints.has(fingerprint);
  // Of a face that looks away, or is blurred, an embedding says little about who it is.
  const fresh = isEmbeddingNew && isGood && !isRepeated ? embedding : undefined;
  const similarity =
    fresh === undefined || base.first === undefined ? undefined : compareEmbeddings(fresh, base.first, sameFace.metric).similarity;
  if (similarity !== undefined && similarity < sameFace.threshold) {
    const again = addFrame(undefined, frame, isGood, sameFace);
    return { evidence: again.evidence, broken: 'identityChanged', similarity };
  }
  if (!isGood || isRepeated) return { evidence: base, broken, similarity };
  const evidence: Evidence = {
    ...base,
    first: base.first ?? fresh,
    embeddings: fresh === undefined ? base.embeddings : [...base.embeddings, fresh].slice(-MOST_EMBEDDINGS),
    scores: liveness === undefined ? base.scores : [...base.scores, liveness.score].slice(-MOST_SCORES),
    fingerprints: fingerprint === undefined ? base.fingerprints : new Set([...base.fingerprints, fingerprint]),
  };
  return { evidence, broken, similarity };
}

/** Mean of numbers; `NaN` for none, which reaches no threshold. */
export function computeMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How alike some embeddings and the templates are: each by its most similar template, then the mean. `NaN` where something is missing. */
export function compareWithTemplates(
  embeddings: readonly Embedding[],
  templates: readonly Embedding[],
  metric: GalleryHeader['metric'],
): number {
  const best = (embedding: Embedding): number =>
    templates.length === 0
      ? Number.NaN
      : Math.max(...templates.map((template) => compareEmbeddings(embedding, template, metric).similarity));
  return computeMean(embeddings.map(best));
}
