/** OpenCV's pair of models: embeddings comparable with `cv2.FaceRecognizerSF`. */

import type { PackManifest } from '@isoface/core';
import { sface2021dec } from '../singles/sface-2021dec.ts';
import { yunet2023mar } from '../singles/yunet-2023mar.ts';
import { calibratedThresholds, selfTestExpectation } from './measured.ts';

/** YuNet 2023mar and SFace 2021dec (128-d), 39 MB to download. */
export const sfacePack: PackManifest = {
  schemaVersion: 1,
  id: 'sface',
  title: 'SFace: YuNet 2023mar, SFace 2021dec 128-d',
  detector: yunet2023mar,
  embedder: sface2021dec,
  ...calibratedThresholds('sface'),
  selfTest: selfTestExpectation('sface'),
};
