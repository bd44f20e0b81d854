/** SCRFD 500M, an alternative detector. */

import type { DetectorManifest } from '@isoface/core';
import { INSIGHTFACE_PIXELS } from './input-spec.ts';
import { INSIGHTFACE_LICENSE } from './insightface-license.ts';

/** SCRFD 500M with 5 landmarks. Non-commercial: the licence is announced when it is loaded. */
export const scrfd500mKps: DetectorManifest = {
  id: 'scrfd-500m-kps',
  title: 'SCRFD 500M with keypoints',
  origin: 'InsightFace, det_500m.onnx of the model packs buffalo_s and buffalo_sc',
  license: INSIGHTFACE_LICENSE,
  file: {
    name: 'scrfd_500m_kps.onnx',
    sha256: '5e4447f50245bbd7966bd6c0fa52938c61474a04ec7def48753668a9d8b4ea3a',
    bytes: 2_524_817,
    urls: [
      'https://raw.githubusercontent.com/PragatheeshP/Facial_recognition_Attendance_System-with-SCRFD-MobileFaceNet-MiniFASNet/e8fb986504d07c121ebed35340e9fc1fe43dec2b/resources/face_models/det_500m.onnx',
    ],
  },
  input: {
    name: 'input.1',
    width: 640,
    height: 640,
    sizeMultipleOf: 32,
    batch: 'one',
    layout: 'NCHW',
    channelOrder: 'RGB',
    ...INSIGHTFACE_PIXELS,
  },
  task: 'detect',
  decoder: 'scrfd',
  resizeMode: 'letterbox',
  placement: 'topLeft',
  minScore: 0.5,
  nmsIou: 0.4,
};
