/** Port: anything that turns aligned faces into templates. Implement it to measure a recognizer of your own beside ours. */

import type { EmbedderManifest } from '../ports/model-manifest.ts';

/** How faces are cut for a recognizer. */
export interface RecognizerCrop {
  /** Size of the crop, pixels. */
  readonly width: number;
  readonly height: number;
  /** `rgb`: three planes R, G, B. `grey`: one plane of luminance (BT.601). Values 0..255. */
  readonly channels: 'rgb' | 'grey';
  /** Which landmarks are laid on which reference points; the template is stretched to the size of the crop. */
  readonly alignment: EmbedderManifest['alignment'];
}

/**
 * How two templates are compared, by `computeTemplateSimilarity`. The similarity is the cosine, the negated Euclidean distance, or the
 * negated chi-square distance `2 * sum((a - b)² / (a + b))`: larger = more alike in each case.
 */
export type TemplateMetric = 'cosine' | 'euclidean' | 'chiSquare';

/** Turns aligned faces into templates. */
export interface Recognizer {
  /** Short name for reports, e.g. `lbph`. */
  readonly id: string;
  /**
   * Fingerprint of everything that changes what a template means, training and the cut of the faces included: templates are comparable
   * exactly when it is equal. Any text: a digest, or what it stands for in words, e.g.
   * `lbph-1:r1:n8:g9x9:92x92-grey:arcface-112-5/detector-5:warp1`.
   */
  readonly contract: string;
  /** Length of a template, D. */
  readonly dimension: number;
  readonly metric: TemplateMetric;
  readonly crop: RecognizerCrop;
  /**
   * Computes the templates of `count` faces.
   *
   * @param crops - Shape [N, C, H, W], 0..255, C by `crop.channels`. Valid during the call only.
   * @returns Shape [N, D], finite; not all zero where the metric is `cosine`, not negative where it is `chiSquare`. It belongs to the caller.
   */
  computeTemplates(crops: Float32Array, count: number): Promise<Float32Array> | Float32Array;
  /** Frees what is outside the JavaScript heap. Idempotent. */
  dispose?(): Promise<void>;
}
