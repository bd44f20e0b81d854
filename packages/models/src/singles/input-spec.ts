/** Pixel scalings that several models share. */

import type { InputSpec } from '@isoface/core';

/** The model takes pixel values 0..255 as they are; what normalisation it needs is part of its graph. */
export const RAW_PIXELS = { mean: [0, 0, 0], scale: [1, 1, 1] } as const satisfies Pick<InputSpec, 'mean' | 'scale'>;

/** (pixel - 127.5) / 128, the scaling of InsightFace's SCRFD and MobileFaceNet. */
export const INSIGHTFACE_PIXELS = {
  mean: [127.5, 127.5, 127.5],
  scale: [1 / 128, 1 / 128, 1 / 128],
} as const satisfies Pick<InputSpec, 'mean' | 'scale'>;

/** (pixel - 127.5) / 127.5, the scaling of MediaPipe's BlazeFace. */
export const MEDIAPIPE_PIXELS = {
  mean: [127.5, 127.5, 127.5],
  scale: [1 / 127.5, 1 / 127.5, 1 / 127.5],
} as const satisfies Pick<InputSpec, 'mean' | 'scale'>;

/** pixel / 255, the scaling of MediaPipe's face mesh. */
export const UNIT_PIXELS = {
  mean: [0, 0, 0],
  scale: [1 / 255, 1 / 255, 1 / 255],
} as const satisfies Pick<InputSpec, 'mean' | 'scale'>;
