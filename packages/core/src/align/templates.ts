/** Reference points that faces are aligned to. */

import type { AlignmentTemplate } from '../ports/model-manifest.ts';

/** Points of a template on its canvas. */
export interface TemplatePoints {
  readonly width: number;
  readonly height: number;
  /** x, y pairs in canvas pixels, shape [N, 2]. */
  readonly points: readonly number[];
  /** For templates over 68 landmarks (iBUG order): which landmark each point belongs to. */
  readonly indices?: readonly number[] | undefined;
}

/**
 * ArcFace, 112 x 112, five points: right eye, left eye, nose tip, right and left mouth corner (the subject's sides).
 * From the reference implementation of Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019.
 */
const ARCFACE_112_5: TemplatePoints = {
  width: 112,
  height: 112,
  points: [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041],
};

/**
 * dlib's mean face on its 150 x 150 chip with padding 0.25, 33 of the 68 points: brows, lower lip and jaw, which move most, are left out.
 * From dlib `image_transforms/interpolation.h` (Boost Software License 1.0).
 */
const DLIB_150_33: TemplatePoints = {
  width: 150,
  height: 150,
  indices: [
    27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 60, 61, 62, 63, 64,
  ],
  // biome-ignore format: one row per part of the face
  points: [
    74.0127, 45.3352, 74.0127, 55.7009, 74.0127, 65.9805, 74.0127, 76.5625,
    61.688, 83.7326, 67.6036, 85.9345, 74.0127, 87.8106, 80.4217, 85.9345, 86.3373, 83.7326,
    37.1737, 46.6423, 43.7122, 42.8758, 51.5825, 42.9852, 58.4606, 48.1733, 51.0918, 49.5099, 43.2743, 49.4077,
    89.5647, 48.1733, 96.4428, 42.9852, 104.3132, 42.8758, 110.8516, 46.6423, 104.751, 49.4077, 96.9335, 49.5099,
    50.4149, 103.0233, 59.0985, 99.5405, 67.8858, 97.7388, 74.0127, 99.2578, 80.1395, 97.7388, 88.9268, 99.5405, 97.6104, 103.0233,
    54.0379, 103.4792, 67.8096, 102.8746, 74.0127, 103.5343, 80.2157, 102.8746, 93.9874, 103.4792,
  ],
};

/**
 * The same chip by five points, for detectors that give five landmarks: right eye, left eye, nose tip, right and left mouth corner.
 * Eyes are the means of their six landmarks of dlib's mean face, the nose tip is landmark 30, the corners are 48 and 54.
 */
const DLIB_150_5: TemplatePoints = {
  width: 150,
  height: 150,
  points: [47.5492, 46.599, 100.4761, 46.599, 74.0127, 76.5625, 50.4149, 103.0233, 97.6104, 103.0233],
};

/** All templates by name. */
export const ALIGNMENT_TEMPLATES: Readonly<Record<AlignmentTemplate, TemplatePoints>> = {
  'arcface-112-5': ARCFACE_112_5,
  'dlib-150-33': DLIB_150_33,
  'dlib-150-5': DLIB_150_5,
};
