/** The face mesh of MediaPipe, which tells active liveness what eyes, mouth and head are doing. */

import type { MeshManifest } from '@isoface/core';
import starterFiles from '../starter-files.json' with { type: 'json' };
import { UNIT_PIXELS } from './input-spec.ts';

/**
 * MediaPipe Face Mesh: outputs `mesh` [N, 1404], 468 points x, y, z in pixels of the 192x192 crop of an upright face, and `face_flag` [N, 1] in [0, 1],
 * whether the crop shows a face. Ships inside this package.
 *
 * The crop is that for boxes of YuNet: of 1.2 to 1.6 it moves the points least when the box is a little off, and it keeps more of a moving head than 1.2.
 */
export const facemesh468: MeshManifest = {
  id: 'facemesh-468',
  title: 'MediaPipe face mesh, 468 points',
  origin: 'Google MediaPipe; TFJS conversion published in the npm package @vladmandic/human 3.3.6, models/facemesh, converted to ONNX',
  license: { spdx: 'Apache-2.0', commercialUse: 'allowed' },
  file: { ...starterFiles['facemesh-468'], urls: [] },
  input: { name: 'input', width: 192, height: 192, batch: 'dynamic', layout: 'NCHW', channelOrder: 'RGB', ...UNIT_PIXELS },
  task: 'mesh',
  decoder: 'mediapipe-468',
  cropScale: 1.3,
};
