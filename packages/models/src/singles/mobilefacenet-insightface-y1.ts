/** MobileFaceNet y1, an alternative embedder. */

import type { EmbedderManifest } from '@isoface/core';
import { INSIGHTFACE_PIXELS } from './input-spec.ts';
import { INSIGHTFACE_LICENSE } from './insightface-license.ts';

/** InsightFace MobileFaceNet y1: 128 numbers. Non-commercial; its ONNX form is not published, so it loads from a local folder only. */
export const mobilefacenetInsightfaceY1: EmbedderManifest = {
  id: 'mobilefacenet-insightface-y1',
  title: 'MobileFaceNet y1, 128-d',
  origin: 'InsightFace, model-y1-test2 (ArcFace, MS1M-refine-v1), MXNet weights converted to ONNX',
  license: INSIGHTFACE_LICENSE,
  file: {
    name: 'mobilefacenet_128d_insightface_y1.onnx',
    sha256: 'f13fc1373b14269006d8f27775040e2fdccd437656b97683faea8bde6b0fea3b',
    bytes: 3_985_883,
    urls: [],
  },
  input: { name: 'input', width: 112, height: 112, batch: 'dynamic', layout: 'NCHW', channelOrder: 'RGB', ...INSIGHTFACE_PIXELS },
  task: 'embed',
  output: 'embedding',
  dimension: 128,
  alignment: { template: 'arcface-112-5', landmarks: 'detector-5' },
  normalization: 'l2',
  metric: 'cosine',
};
