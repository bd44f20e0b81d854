/** Every model that this package describes, by id. */

import { FaceError, type ModelManifest } from '@isoface/core';
import { nearestName } from '../packs/nearest-name.ts';
import { blazeface } from './blazeface.ts';
import { faceLandmark68 } from './face-landmark-68.ts';
import { faceRecognition } from './face-recognition.ts';
import { faceReidentificationRetail0095 } from './face-reidentification-retail-0095.ts';
import { facemesh468 } from './facemesh-468.ts';
import { minifasnetV1se } from './minifasnet-v1se.ts';
import { minifasnetV2 } from './minifasnet-v2.ts';
import { mobilefacenetInsightfaceY1 } from './mobilefacenet-insightface-y1.ts';
import { scrfd500mKps } from './scrfd-500m-kps.ts';
import { sface2021dec } from './sface-2021dec.ts';
import { ultrafaceRfb320 } from './ultraface-rfb-320.ts';
import { yunet2023mar } from './yunet-2023mar.ts';

/** The models of the built-in packs and those that fit into packs of your own. */
export const builtinModels: readonly ModelManifest[] = [
  blazeface,
  faceLandmark68,
  faceRecognition,
  facemesh468,
  yunet2023mar,
  faceReidentificationRetail0095,
  minifasnetV2,
  minifasnetV1se,
  sface2021dec,
  scrfd500mKps,
  ultrafaceRfb320,
  mobilefacenetInsightfaceY1,
];

/**
 * Finds a built-in model.
 *
 * @throws {FaceError} `INVALID_OPTION` if there is none of this id.
 */
export function getModel(id: string): ModelManifest {
  const model = builtinModels.find((candidate) => candidate.id === id);
  if (model !== undefined) return model;
  const known = builtinModels.map((candidate) => candidate.id);
  const near = nearestName(id, known);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  throw new FaceError('INVALID_OPTION', `Expected one of the models ${known.join(', ')}, got ${JSON.stringify(id)}.${hint}`, { id, known });
}
