/** MiniFASNet V1SE, the other of the two networks of Silent-Face. */

import type { LivenessManifest } from '@isoface/core';
import { MINIFASNET } from './minifasnet.ts';

/** MiniFASNet V1SE, which looks at the face and more of what is around it (4 sides of the box). */
export const minifasnetV1se: LivenessManifest = {
  ...MINIFASNET,
  id: 'minifasnet-v1se',
  title: 'MiniFASNet V1SE, 4 x box',
  origin:
    'minivision-ai, Silent-Face-Anti-Spoofing, resources/anti_spoof_models/4_0_0_80x80_MiniFASNetV1SE.pth, converted to ONNX for isoface; no public address has exactly this file',
  file: {
    name: 'minifasnet_v1se_4.0_80x80.onnx',
    sha256: '4bc1ee4294160b89a92660c5a7de4c5192c013353bbecb140be744b8b162b1bb',
    bytes: 1_726_596,
    urls: [],
  },
  cropScale: 4,
};
