/** UltraFace, an alternative detector without landmarks. */

import type { DetectorManifest } from '@isoface/core';

/** UltraFace RFB-320: boxes only, so it cannot align faces for an embedder without a landmarker. Weak on small faces. */
export const ultrafaceRfb320: DetectorManifest = {
  id: 'ultraface-rfb-320',
  title: 'UltraFace RFB-320',
  origin: 'Linzaer, Ultra-Light-Fast-Generic-Face-Detector-1MB, models/onnx/version-RFB-320.onnx',
  license: { spdx: 'MIT', commercialUse: 'allowed' },
  file: {
    name: 'ultraface_rfb_320.onnx',
    sha256: '34cd7e60aeff28744c657de7a3dc64e872d506741de66987f3426f2b79f88017',
    bytes: 1_270_727,
    urls: [
      'https://raw.githubusercontent.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB/dffdddda9794a50607cba8f318507a28c1c27cab/models/onnx/version-RFB-320.onnx',
    ],
  },
  input: {
    name: 'input',
    width: 320,
    height: 240,
    batch: 'one',
    layout: 'NCHW',
    channelOrder: 'RGB',
    mean: [127, 127, 127],
    scale: [1 / 128, 1 / 128, 1 / 128],
  },
  task: 'detect',
  decoder: 'ultraface',
  resizeMode: 'stretch',
  placement: 'topLeft',
  minScore: 0.7,
  nmsIou: 0.3,
};
