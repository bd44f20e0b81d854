/** Whether a smaller form of a model is worth using, in plain words. */

import { describeBytes } from '../models/describe-model.ts';
import { countOf } from '../output/face-text.ts';
import type { CpuTimes } from './measure-cpu.ts';
import type { OutputDifferences } from './output-comparison.ts';

/** Forms that a model can be brought to. */
export const TARGET_FORMS = ['int8', 'float16-stored', 'float16'] as const;

/** One of {@link TARGET_FORMS}. */
export type TargetForm = (typeof TARGET_FORMS)[number];

/** What was measured. */
export interface MeasuredForm {
  readonly form: TargetForm;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly differences: OutputDifferences;
  readonly cpuMs: CpuTimes;
}

/** The answer. */
export interface Verdict {
  readonly isWorthIt: boolean;
  /** One sentence per reason. */
  readonly reasons: readonly string[];
}

/** A file must be at least this much smaller, and a run this much quicker or slower, to count: less is noise. */
const NOTABLE = 0.05;
/** Below, the errors measured say little about the next photo. */
const FEW_INPUTS = 20;
/** Embeddings closer than this, on average and at worst, leave comparisons nearly as they were. */
const GOOD_COSINE = { mean: 0.99, min: 0.95 };
/** Share of the input's side by which landmarks may move on average. */
const GOOD_LANDMARK_SHIFT = 0.01;
const GOOD_IOU = 0.85;
/** Where no task says what the outputs mean. */
const GOOD_RELATIVE_ERROR = 0.05;

/** Weighs accuracy first, then time and size. */
export function judge({ form, bytesBefore, bytesAfter, differences, cpuMs }: MeasuredForm, inputSide: number): Verdict {
  const loss = findLoss(differences, inputSide);
  const speed = cpuMs.after / cpuMs.before;
  const isSmaller = bytesAfter <= bytesBefore * (1 - NOTABLE);
  const isSlower = speed > 1 + NOTABLE;
  const isFaster = speed < 1 - NOTABLE;
  const size = `The file has ${describeBytes(bytesAfter)} instead of ${describeBytes(bytesBefore)}${isSmaller ? '' : ', which is not notably smaller'}.`;
  const pace = `A run takes ${cpuMs.after.toPrecision(2)} ms of CPU time here instead of ${cpuMs.before.toPrecision(2)} ms${describePace(speed)}.`;
  const reasons = [...(loss === undefined ? [] : [loss]), size, pace];
  if (form === 'float16') {
    reasons.push('Half-precision arithmetic gains only on accelerators that have it; this processor converts to float32 and back.');
  }
  if (differences.inputs < FEW_INPUTS) {
    reasons.push(`No more than ${countOf(differences.inputs, 'input')} to judge by; give more photos before you rely on this.`);
  }
  return { isWorthIt: loss === undefined && (isFaster || (isSmaller && !isSlower)), reasons };
}

function describePace(speed: number): string {
  if (speed > 1 + NOTABLE) return `: ${speed.toFixed(1)} times as long`;
  return speed < 1 - NOTABLE ? `: ${(1 / speed).toFixed(1)} times as fast` : ': no notable difference';
}

/** What was lost that users would see; `undefined` where nothing was. */
function findLoss({ allFinite, cosine, landmarks, detection, outputs }: OutputDifferences, inputSide: number): string | undefined {
  if (!allFinite) return 'The outputs hold numbers that are not finite: the file cannot be used.';
  if (cosine !== undefined) {
    if (cosine.mean >= GOOD_COSINE.mean && cosine.min >= GOOD_COSINE.min) return undefined;
    return `Embeddings change too much: their cosine to those of the original is ${cosine.mean.toFixed(4)} on average and ${cosine.min.toFixed(4)} at worst.`;
  }
  if (landmarks !== undefined) {
    if (landmarks.meanPixels <= GOOD_LANDMARK_SHIFT * inputSide) return undefined;
    return `Landmarks move too far: by ${landmarks.meanPixels.toFixed(2)} pixels of the input on average.`;
  }
  if (detection !== undefined && detection.faces > 0) {
    const { faces, foundAgain, additional, meanIou, meanLandmarkPixels = 0 } = detection;
    if (foundAgain < faces) return `Faces are lost: ${foundAgain} of ${faces} are found again.`;
    if (additional > 0) return `Faces are found where the original finds none: ${additional} beside ${faces}.`;
    if (meanIou >= GOOD_IOU && meanLandmarkPixels <= GOOD_LANDMARK_SHIFT * inputSide) return undefined;
    return `Boxes or landmarks move too far: mean overlap ${meanIou.toFixed(3)}, landmarks by ${meanLandmarkPixels.toFixed(2)} pixels of the input.`;
  }
  const worst = Math.max(...outputs.map(({ relative }) => relative));
  return worst <= GOOD_RELATIVE_ERROR ? undefined : `Outputs change too much: relative error ${worst.toPrecision(2)}.`;
}
