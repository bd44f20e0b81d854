/** dlib's face recognition network, the embedder of the starter pack. */

import type { EmbedderManifest } from '@isoface/core';
import starterFiles from '../starter-files.json' with { type: 'json' };
import { RAW_PIXELS } from './input-spec.ts';

/**
 * dlib ResNet-29, 128 numbers, as face-api.js uses it. The vectors are kept at the length the model gives them (1.3 to 1.7),
 * so that Euclidean distances to descriptors of face-api.js mean the same. Ships inside this package.
 */
export const faceRecognition: EmbedderManifest = {
  id: 'face-recognition',
  title: 'dlib ResNet-29, 128-d',
  origin:
    'Davis King, dlib_face_recognition_resnet_model_v1; conversion published in the npm package @vladmandic/face-api 1.7.15, model/face_recognition, converted to ONNX',
  license: { spdx: 'CC0-1.0', commercialUse: 'allowed' },
  file: { ...starterFiles['face-recognition'], urls: [] },
  input: { name: 'input', width: 150, height: 150, batch: 'dynamic', layout: 'NCHW', channelOrder: 'RGB', ...RAW_PIXELS },
  task: 'embed',
  output: 'embedding',
  dimension: 128,
  alignment: { template: 'dlib-150-33', landmarks: 'ibug68' },
  normalization: 'none',
  metric: 'cosine',
};
