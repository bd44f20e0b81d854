/** The landmark network of face-api.js, the landmarker of the starter pack. */

import type { LandmarkerManifest } from '@isoface/core';
import starterFiles from '../starter-files.json' with { type: 'json' };
import { RAW_PIXELS } from './input-spec.ts';

/** face-api.js `face_landmark_68`: output `landmarks`, [N, 136], x and y relative to the 112x112 crop. Ships inside this package. */
export const faceLandmark68: LandmarkerManifest = {
  id: 'face-landmark-68',
  title: 'face-api.js 68 landmarks',
  origin:
    'Vincent Mühler, face-api.js; weights published in the npm package @vladmandic/face-api 1.7.15, model/face_landmark_68, converted to ONNX',
  license: { spdx: 'MIT', commercialUse: 'allowed' },
  file: { ...starterFiles['face-landmark-68'], urls: [] },
  input: { name: 'input', width: 112, height: 112, batch: 'dynamic', layout: 'NCHW', channelOrder: 'RGB', ...RAW_PIXELS },
  task: 'landmarks',
  decoder: 'ibug68',
};
