/** The recommended pack: more accurate than the starter pack, downloaded once. */

import type { PackManifest } from '@isoface/core';
import { faceReidentificationRetail0095 } from '../singles/face-reidentification-retail-0095.ts';
import { facemesh468 } from '../singles/facemesh-468.ts';
import { minifasnetV1se } from '../singles/minifasnet-v1se.ts';
import { minifasnetV2 } from '../singles/minifasnet-v2.ts';
import { yunet2023mar } from '../singles/yunet-2023mar.ts';
import { calibratedThresholds, selfTestExpectation } from './measured.ts';

/**
 * YuNet 2023mar and face-reidentification-retail-0095 (256-d), for liveness the two MiniFASNets and the face mesh, all under permissive licences. The
 * MiniFASNets cannot be downloaded; the pack works without them.
 */
export const standardPack: PackManifest = {
  schemaVersion: 1,
  id: 'standard',
  title: 'Standard: YuNet 2023mar, face-reidentification-retail-0095 256-d',
  detector: yunet2023mar,
  embedder: faceReidentificationRetail0095,
  liveness: [minifasnetV2, minifasnetV1se],
  mesh: facemesh468,
  ...calibratedThresholds('standard'),
  selfTest: selfTestExpectation('standard'),
};
