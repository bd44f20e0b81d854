/** Intel's face re-identification network, the embedder of the standard pack. */

import type { EmbedderManifest } from '@isoface/core';
import derivedFiles from '../packs/derived-files.json' with { type: 'json' };
import { RAW_PIXELS } from './input-spec.ts';

const RELEASE =
  'https://storage.openvinotoolkit.org/repositories/open_model_zoo/2023.0/models_bin/1/face-reidentification-retail-0095/FP16';
const MIRROR =
  'https://raw.githubusercontent.com/MisterFoziljon/OpenVino-Face-Recognition/e5c5661ba6ff6156d827dd795107af025f0b2ca3/models/face-reidentification-retail-0095/FP16';

/** face-reidentification-retail-0095: 256 numbers. Published as OpenVINO IR (FP16), imported to ONNX; normalisation is inside the graph. */
export const faceReidentificationRetail0095: EmbedderManifest = {
  id: 'face-reidentification-retail-0095',
  title: 'face-reidentification-retail-0095, 256-d',
  origin: 'Intel Open Model Zoo 2023.0, face-reidentification-retail-0095, FP16',
  license: { spdx: 'Apache-2.0', commercialUse: 'allowed' },
  file: { ...derivedFiles['face-reidentification-retail-0095'], urls: [] },
  importFrom: {
    format: 'openvino-ir',
    files: [
      {
        name: 'face-reidentification-retail-0095.xml',
        sha256: 'ce53d2c9c08c0bd1c1660fb8a5b6d0e3e4ec19eb92f1036d2d83a85e83082dce',
        bytes: 350_427,
        urls: [`${RELEASE}/face-reidentification-retail-0095.xml`, `${MIRROR}/face-reidentification-retail-0095.xml`],
      },
      {
        name: 'face-reidentification-retail-0095.bin',
        sha256: '241229ca3d206321868d46ce74a3c0b06c49cea58db7dc70b2e842ff287545d1',
        bytes: 2_213_628,
        urls: [`${RELEASE}/face-reidentification-retail-0095.bin`, `${MIRROR}/face-reidentification-retail-0095.bin`],
      },
    ],
  },
  input: { name: 'input', width: 128, height: 128, batch: 'dynamic', layout: 'NCHW', channelOrder: 'BGR', ...RAW_PIXELS },
  task: 'embed',
  output: 'embedding',
  dimension: 256,
  // The network was trained on the middle 96 of the template's 112 columns, stretched to a square.
  alignment: { template: 'arcface-112-5', landmarks: 'detector-5', region: { x: 8, y: 0, width: 96, height: 112 } },
  normalization: 'l2',
  metric: 'cosine',
};
