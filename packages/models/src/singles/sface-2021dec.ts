/** SFace, the embedder of the sface pack. */

import type { EmbedderManifest } from '@isoface/core';
import { RAW_PIXELS } from './input-spec.ts';

/** SFace 2021dec: 128 numbers, one face per run. Normalisation is inside the graph. */
export const sface2021dec: EmbedderManifest = {
  id: 'sface-2021dec',
  title: 'SFace 2021dec, 128-d',
  origin: 'Zhong et al., SFace (IEEE TIP 2021); published by OpenCV Zoo as face_recognition_sface_2021dec.onnx',
  license: { spdx: 'Apache-2.0', commercialUse: 'allowed' },
  file: {
    name: 'face_recognition_sface_2021dec.onnx',
    sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
    bytes: 38_696_353,
    urls: [
      'https://media.githubusercontent.com/media/opencv/opencv_zoo/47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_recognition_sface/face_recognition_sface_2021dec.onnx',
      'https://github.com/opencv/opencv_zoo/raw/main/models/face_recognition_sface/face_recognition_sface_2021dec.onnx',
    ],
  },
  input: { name: 'data', width: 112, height: 112, batch: 'one', layout: 'NCHW', channelOrder: 'RGB', ...RAW_PIXELS },
  task: 'embed',
  output: 'fc1',
  dimension: 128,
  alignment: { template: 'arcface-112-5', landmarks: 'detector-5' },
  normalization: 'l2',
  metric: 'cosine',
};
