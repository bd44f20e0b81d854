/** The default pack: it works without a download, and descriptors of face-api.js stay valid. */

import type { PackManifest } from '@isoface/core';
import { blazeface } from '../singles/blazeface.ts';
import { faceLandmark68 } from '../singles/face-landmark-68.ts';
import { faceRecognition } from '../singles/face-recognition.ts';
import { facemesh468 } from '../singles/facemesh-468.ts';
import { calibratedThresholds, selfTestExpectation } from './measured.ts';

/** BlazeFace, 68 landmarks and dlib's 128-d network, 7 MB, and the face mesh, 1 MB, inside this package. No passive liveness. */
export const starterPack: PackManifest = {
  schemaVersion: 1,
  id: 'starter',
  title: 'Starter: BlazeFace, 68 landmarks, dlib 128-d',
  detector: blazeface,
  landmarker: faceLandmark68,
  embedder: faceRecognition,
  // Boxes of BlazeFace are smaller than those that the crop of the manifest is meant for; here 1.5 is the steadiest.
  mesh: { ...facemesh468, cropScale: 1.5 },
  ...calibratedThresholds('starter'),
  selfTest: selfTestExpectation('starter'),
  accepts: [
    {
      from: 'face-api.js',
      evidence:
        'Same weights. Against 806 descriptors of face-api.js (SSD detector, LFW) the new ones lie at Euclidean distance 0.15 (median) and 0.22 (95 %); a mixed gallery keeps 99.0 % accuracy at its threshold 0.6.',
    },
  ],
};
