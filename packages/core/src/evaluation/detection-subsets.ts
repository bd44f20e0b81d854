/**
 * Which labelled faces a rate is about. Faces outside a subset are ignored, not removed: a detection on one of them is no error.
 *
 * WIDER FACE's own easy, medium and hard sets are lists of the faces of its validation images. Here are two kinds of subsets that any labelled
 * picture has: by size, with the limits of the WIDER FACE paper, and by difficulty, which imitates the official lists and is not comparable with them.
 */

import type { Box } from '../geometry/box.ts';
import type { DetectionTruth } from './detection-precision.ts';

/** What WIDER FACE says about a face; larger = harder. */
export interface FaceBoxAttributes {
  /** 0 clear, 1 normal, 2 heavy. */
  readonly blur: number;
  /** 0 typical, 1 exaggerated. */
  readonly expression: number;
  /** 0 normal, 1 extreme. */
  readonly illumination: number;
  /** 0 none, 1 partial (up to 30 %), 2 heavy. */
  readonly occlusion: number;
  /** 0 typical, 1 atypical. */
  readonly pose: number;
  /** 1 for what the labellers themselves could not make out. */
  readonly invalid: number;
}

/** A face of a detection data set. */
export interface LabelledFaceBox {
  readonly box: Box;
  /** Where the data set has none, only height tells faces apart. */
  readonly attributes?: FaceBoxAttributes | undefined;
}

/** Limits of a subset. Heights are those of the labelled box in pixels of the image as it is on disk. */
export interface DetectionSubset {
  /** Lowest height that belongs to it. */
  readonly minHeight: number;
  /** First height that no longer does. */
  readonly maxHeight: number;
  readonly maxBlur: number;
  readonly maxOcclusion: number;
}

const ANY = { minHeight: 0, maxHeight: Number.POSITIVE_INFINITY, maxBlur: 2, maxOcclusion: 2 } as const;

/**
 * The subsets that reports have.
 *
 * `all`: every valid face. `small`, `medium`, `large`: 10 to 50, 50 to 300, from 300 pixels high, as "scale" in the WIDER FACE paper.
 * `easyStyle` (from 50 px, not heavily blurred, not occluded), `mediumStyle` (from 30 px, not heavily occluded), `hardStyle` (from 10 px): ours, each
 * holding the one before, in the manner of the official easy, medium and hard; not those lists, so not comparable with published numbers.
 */
export const DETECTION_SUBSETS = {
  all: ANY,
  small: { ...ANY, minHeight: 10, maxHeight: 50 },
  medium: { ...ANY, minHeight: 50, maxHeight: 300 },
  large: { ...ANY, minHeight: 300 },
  easyStyle: { ...ANY, minHeight: 50, maxBlur: 1, maxOcclusion: 0 },
  mediumStyle: { ...ANY, minHeight: 30, maxOcclusion: 1 },
  hardStyle: { ...ANY, minHeight: 10 },
} as const satisfies Readonly<Record<string, DetectionSubset>>;

/** One of {@link DETECTION_SUBSETS}. */
export type DetectionSubsetName = keyof typeof DETECTION_SUBSETS;

/** Turns labels into what is to be found: faces outside the subset, invalid ones and boxes without an area are ignored. */
export function selectTruths(faces: readonly LabelledFaceBox[], subset: DetectionSubset = DETECTION_SUBSETS.all): DetectionTruth[] {
  return faces.map((face) => ({ box: face.box, isIgnored: !belongs(face, subset) }));
}

function belongs({ box, attributes }: LabelledFaceBox, { minHeight, maxHeight, maxBlur, maxOcclusion }: DetectionSubset): boolean {
  if (!(box.width > 0 && box.height > 0) || !(box.height >= minHeight && box.height < maxHeight)) return false;
  return attributes === undefined || (attributes.invalid === 0 && attributes.blur <= maxBlur && attributes.occlusion <= maxOcclusion);
}
