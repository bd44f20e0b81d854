/** Stage liveness, second half: the face mesh. */

import { requireOutput } from '../detect/require-output.ts';
import { FaceError } from '../errors/face-error.ts';
import type { Box } from '../geometry/box.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import { decodeMesh468, MESH468_COUNT } from '../landmarks/mesh468.ts';
import { computeUprightCrop } from '../landmarks/upright-crop.ts';
import type { MeshManifest } from '../ports/model-manifest.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import type { FrameFace } from './frame-face.ts';
import { batchSizeOf, type OpenModel, runModel } from './run-model.ts';

/**
 * Lays the mesh on faces, in the order given.
 *
 * @param faces - In pixels of the image.
 * @returns For each face 468 x, y, z in pixels of the image, shape [468, 3].
 * @throws {FaceError} `SHAPE_MISMATCH`; `DEGENERATE_LANDMARKS` if the model gives numbers that are not finite, as a broken GPU does.
 */
export async function placeMesh(
  image: FrameImage,
  faces: readonly FrameFace[],
  model: OpenModel<MeshManifest>,
  preprocessor: Preprocessor,
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  const { id, input, cropScale } = model.manifest;
  const transforms = faces.map(({ box, landmarks }) => {
    const [rightX = 0, rightY = 0, leftX = 1, leftY = 0] = landmarks ?? [];
    return computeUprightCrop(enlarge(box, cropScale), [rightX, rightY], [leftX, leftY], input.width);
  });
  const meshes: Float32Array[] = [];
  const batchSize = batchSizeOf(input);
  for (let start = 0; start < faces.length; start += batchSize) {
    const batch = transforms.slice(start, start + batchSize);
    signal?.throwIfAborted();
    const tensor = await preprocessor.warp(image, batch, input);
    const values = requireOutput(await runModel(model, tensor, signal), 'mesh', batch.length * MESH468_COUNT * 3);
    if (!values.every(Number.isFinite)) {
      throw new FaceError(
        'DEGENERATE_LANDMARKS',
        `Expected a finite mesh from ${id}, got NaN or Infinity; try another execution provider.`,
        {
          model: id,
        },
      );
    }
    for (const [position, transform] of batch.entries()) {
      const crop = values.subarray(position * MESH468_COUNT * 3, (position + 1) * MESH468_COUNT * 3);
      meshes.push(decodeMesh468(crop, transform, input.width));
    }
  }
  return meshes;
}

function enlarge({ x, y, width, height }: Box, scale: number): Box {
  const side = Math.max(width, height) * scale;
  return { x: x + width / 2 - side / 2, y: y + height / 2 - side / 2, width: side, height: side };
}
