/** Whether a variant of a model is worth taking. */

import type { AccuracyPiece, Loss, OutputError } from './precision-piece.ts';
import type { SpeedRatio } from './speed-ratio.ts';

/** What a verdict rests on; what was not measured is absent. */
export interface VariantFigures {
  /** Bytes of the file divided by those of float32. */
  readonly size: number;
  readonly speed: readonly { readonly runtime: string; readonly ratio: SpeedRatio }[];
  /** Loss of ten-fold accuracy, percentage points. */
  readonly accuracyLoss?: Loss | undefined;
  /** What those get who exchange the file and keep the threshold: lost true accepts and added false matches, percentage points. */
  readonly kept?: { readonly tar: Loss; readonly fmr: Loss } | undefined;
  /** What it was measured on. */
  readonly pairsUsed?: Pick<AccuracyPiece, 'pairs' | 'pairsOfProtocol'> | undefined;
  readonly error?: OutputError | undefined;
}

/** What a variant is worth. */
export type Verdict = 'worth it' | 'not worth it' | 'undecided';

/** A variant has to be smaller or faster by a tenth. */
const GAIN = 0.9;
/** Percentage points of accuracy that a variant may lose. */
const ACCURACY_LIMIT = 0.5;
/** Pixels of a 640x480 picture that 95 % of the faces' landmarks may move at most. */
const SHIFT_LIMIT = 1;

/** The rules of {@link judgeVariant} for readers of a report. */
export const VERDICT_RULES = `Worth it: smaller or faster by 10 % or more, and harmless. Faster: the median of the time on one of the runtimes, and its interval excludes 1. Harmless: the 95 % interval of the lost accuracy ends at ${ACCURACY_LIMIT} points or below; for detectors and landmark models the same faces, their landmarks moved by at most ${SHIFT_LIMIT} pixel of 640x480 at the 95th percentile. Undecided: it gains, but whether it is harmless is not known. Accuracy is that at the variant's own threshold; what the kept one does is stated where it does harm.`;

/**
 * Judges a variant by these rules:
 *
 * 1. It gains where its file is smaller by 10 % or more, or where on a runtime the median of its time is lower by 10 % or more and the interval of
 *    that median excludes 1. Without a gain it is not worth it.
 * 2. An embedder is harmless where the 95 % interval of its loss of ten-fold accuracy ends at 0.5 points or below, harmful where that interval begins
 *    above; between them more pairs are needed.
 * 3. A detector is harmless where it finds the same faces, and a detector or landmark model where in addition 95 % of the faces have their
 *    landmarks moved by 1 pixel of a 640x480 picture at most; else it is harmful.
 * 4. Accuracy is that at the variant's own threshold. Where at the kept one the false matches increase, or the true accepts decrease, and the interval
 *    excludes 0, the variant needs a threshold of its own, and the report says so beside the verdict.
 * 5. With a gain, it is worth it if harmless, not worth it if harmful, and undecided where neither is known.
 */
export function judgeVariant(figures: VariantFigures): Verdict {
  const harmful = isHarmful(figures);
  if (!hasGain(figures) || harmful === true) return 'not worth it';
  return harmful === false ? 'worth it' : 'undecided';
}

/** Whether the variant is smaller or faster by a tenth. */
export function hasGain({ size, speed }: VariantFigures): boolean {
  return size <= GAIN || speed.some(({ ratio }) => ratio.median <= GAIN && ratio.ci95[1] < 1);
}

/** Whether the threshold of float32 is no threshold for the variant. */
export function needsOwnThreshold({ kept }: VariantFigures): boolean {
  return kept !== undefined && [kept.tar, kept.fmr].some(({ ci95 }) => ci95[0] > 0);
}

/** Whether the variant does harm; `undefined` where that is not known. */
function isHarmful({ accuracyLoss, error }: VariantFigures): boolean | undefined {
  if (accuracyLoss !== undefined) {
    const [low, high] = accuracyLoss.ci95;
    if (high <= ACCURACY_LIMIT) return false;
    return low > ACCURACY_LIMIT ? true : undefined;
  }
  if (error?.kind !== 'shift') return undefined;
  const { lost, extra, p95Px } = error;
  return lost + extra > 0 || p95Px === undefined || p95Px > SHIFT_LIMIT;
}
