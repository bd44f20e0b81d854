/** MiniFASNet V2, one of the two networks of Silent-Face. */

import type { LivenessManifest } from '@isoface/core';
import { MINIFASNET } from './minifasnet.ts';

/** MiniFASNet V2, which looks at the face and some of what is around it (2.7 sides of the box). */
export const minifasnetV2: LivenessManifest = {
  ...MINIFASNET,
  id: 'minifasnet-v2',
  title: 'MiniFASNet V2, 2.7 x box',
  origin:
    'minivision-ai, Silent-Face-Anti-Spoofing, resources/anti_spoof_models/2.7_80x80_MiniFASNetV2.pth, converted to ONNX for isoface; no public address has exactly this file',
  file: {
    name: 'minifasnet_v2_2.7_80x80.onnx',
    sha256: 'cc8f38ea1895d714b52f60490048e1ee08615c2c71ba7e009eab89e004586ead',
    bytes: 1_729_883,
    urls: [],
  },
  cropScale: 2.7,
};
