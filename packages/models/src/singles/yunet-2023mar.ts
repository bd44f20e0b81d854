/** YuNet, the detector of the standard and sface packs. */

import type { DetectorManifest } from '@isoface/core';
import derivedFiles from '../packs/derived-files.json' with { type: 'json' };
import { RAW_PIXELS } from './input-spec.ts';

/**
 * YuNet 2023mar: boxes and 5 landmarks. The published file takes 640x640 only; it is rewritten to take any batch and any size in steps of 32.
 * Scores follow OpenCV, sqrt(class score * objectness).
 */
export const yunet2023mar: DetectorManifest = {
  id: 'yunet-2023mar',
  title: 'YuNet 2023mar',
  origin: 'Shiqi Yu et al., libfacedetection.train; published by OpenCV Zoo as face_detection_yunet_2023mar.onnx',
  license: { spdx: 'MIT', commercialUse: 'allowed' },
  file: { ...derivedFiles['yunet-2023mar-dynamic'], urls: [] },
  importFrom: {
    format: 'onnx-dynamic-size',
    files: [
      {
        name: 'face_detection_yunet_2023mar.onnx',
        sha256: '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4',
        bytes: 232_589,
        // The media host sends CORS headers, github.com does not; the third is the training repository, where the same bytes have another name.
        urls: [
          'https://media.githubusercontent.com/media/opencv/opencv_zoo/47534e27c9851bb1128ccc0102f1145e27f23f98/models/face_detection_yunet/face_detection_yunet_2023mar.onnx',
          'https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx',
          'https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/0047ac24afb1a50a0c6105001c89d1b5b805dbf1/onnx/yunet_s_640_640.onnx',
        ],
      },
    ],
  },
  input: {
    name: 'input',
    width: 320,
    height: 320,
    sizeMultipleOf: 32,
    batch: 'dynamic',
    layout: 'NCHW',
    channelOrder: 'BGR',
    ...RAW_PIXELS,
  },
  task: 'detect',
  decoder: 'yunet',
  resizeMode: 'letterbox',
  placement: 'topLeft',
  minScore: 0.6,
  nmsIou: 0.3,
};
