/** BlazeFace, the detector of the starter pack. */

import type { DetectorManifest } from '@isoface/core';
import starterFiles from '../starter-files.json' with { type: 'json' };
import { MEDIAPIPE_PIXELS } from './input-spec.ts';

/** MediaPipe BlazeFace "back" model, 256x256, 896 anchors, 6 keypoints. Ships inside this package. */
export const blazeface: DetectorManifest = {
  id: 'blazeface',
  title: 'BlazeFace (back camera, 256x256)',
  origin: 'Google MediaPipe; TFJS conversion published in the npm package @vladmandic/human 3.3.6, models/blazeface, converted to ONNX',
  license: { spdx: 'Apache-2.0', commercialUse: 'allowed' },
  file: { ...starterFiles.blazeface, urls: [] },
  input: { name: 'input', width: 256, height: 256, batch: 'dynamic', layout: 'NCHW', channelOrder: 'RGB', ...MEDIAPIPE_PIXELS },
  task: 'detect',
  decoder: 'blazeface',
  resizeMode: 'letterbox',
  placement: 'center',
  minScore: 0.5,
  nmsIou: 0.3,
};
