/** The recommended pack: more accurate than the starter pack, downloaded once. */

import type { PackManifest } from '@isoface/core';
import { faceReidentificationRetail0095 } from '../singles/face-reidentification-retail-0095.ts';
import { yunet2023mar } from '../singles/yunet-2023mar.ts';
import { calibratedThresholds, selfTestExpectation } from './measured.ts';

/** YuNet 2023mar and face-reidentification-retail-0095 (256-d), both under permissive licences. */
export const standardPack: PackManifest = {
  schemaVersion: 1,
  id: 'standard',
  title: 'Standard: YuNet 2023mar, face-reidentification-retail-0095 256-d',
  detector: yunet2023mar,
  embedder: faceReidentificationRetail0095,
  ...calibratedThresholds('standard'),
  selfTest: selfTestExpectation('standard'),
};
