/** Landmarks of a face by other networks than its detector: where a face is covered, they disagree. */

import {
  type Box,
  computeUprightCrop,
  decodeIbug68,
  type Face,
  FaceError,
  type HostTensor,
  type InferenceSession,
  type InputSpec,
  invertAffine,
  type LoadableModel,
  type Preprocessor,
  type RgbaImage,
  toFiveLandmarks,
  transformPoints,
} from '@isoface/core';
import type { SecondOpinions } from '@isoface/core/evaluation';
import { faceLandmark68, facemesh468 } from '@isoface/models';
import { createNodeModelSource, createOrtNodeBackend } from '@isoface/runtime-node';
import { toFiveMeshLandmarks } from './face-mesh.ts';

/** Longer side of the box times this. Another crop than that of the packs: what the disagreements mean was fitted to this one. */
const MESH_CROP = 1.4;

/** Options of {@link openSecondOpinions}. */
export interface SecondOpinionOptions {
  readonly preprocessor: Preprocessor;
  /** Folder with model files, found by content, asked after what ships with isoface. @defaultValue the environment variable ISOFACE_MODELS */
  readonly modelsDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Networks that are open. */
export interface OpenSecondOpinions {
  /** Asks all networks about a face. A face without landmarks gets no answers. */
  ask(image: RgbaImage, face: Face): Promise<SecondOpinions>;
  dispose(): Promise<void>;
}

/**
 * Opens the 68-point network and the 468-point mesh, which ship with isoface. On the CPU, on the calling thread.
 *
 * @throws {FaceError} what loading a model throws.
 */
export async function openSecondOpinions({ preprocessor, modelsDir, signal }: SecondOpinionOptions): Promise<OpenSecondOpinions> {
  const source = createNodeModelSource({ modelsDir, offline: true });
  const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
  const open = async (model: LoadableModel): Promise<InferenceSession> =>
    backend.createSession(await source.load(model, { signal }), { name: model.id, signal });
  const landmarker = await open(faceLandmark68);
  const mesh = await open(facemesh468);

  const infer = async (session: InferenceSession, crop: readonly [RgbaImage, Float64Array, InputSpec], mirrored = false) => {
    const [image, transform, input] = crop;
    const tensor = await preprocessor.warp(image, [transform], input, { mirrored });
    try {
      return await session.run({ [input.name]: tensor });
    } finally {
      tensor.dispose();
    }
  };

  return {
    async ask(image, { box, landmarks }) {
      const [rightEye, leftEye] = landmarks ?? [];
      if (rightEye === undefined || leftEye === undefined) return {};
      const eyes = [
        [rightEye.x, rightEye.y],
        [leftEye.x, leftEye.y],
      ] as const;
      const { input } = faceLandmark68;
      const crop = computeUprightCrop(box, ...eyes, input.width);
      const toFive = (relative: Float32Array): Float32Array => toFiveLandmarks(decodeIbug68(relative, crop, input.width));
      const straight = await infer(landmarker, [image, crop, input]);
      const mirrored = await infer(landmarker, [image, crop, input], true);
      const landmarks68 = {
        straight: toFive(requireValues(straight, 'landmarks', faceLandmark68.id)),
        mirrored: swapSides(
          toFive(requireValues(mirrored, 'landmarks', faceLandmark68.id).map((value, i) => (i % 2 === 0 ? 1 - value : value))),
        ),
      };
      const meshCrop = computeUprightCrop(enlarge(box, MESH_CROP), ...eyes, facemesh468.input.width);
      const outputs = await infer(mesh, [image, meshCrop, facemesh468.input]);
      const points = toFiveMeshLandmarks(requireValues(outputs, 'mesh', facemesh468.id));
      const [faceFlag = 0] = requireValues(outputs, 'face_flag', facemesh468.id);
      return { landmarks68, mesh: { landmarks: transformPoints(invertAffine(meshCrop), points), faceFlag } };
    },
    async dispose() {
      await landmarker.dispose();
      await mesh.dispose();
    },
  };
}

function requireValues(outputs: Readonly<Record<string, HostTensor>>, name: string, model: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.data.every(Number.isFinite) === true) return tensor.data;
  const got = tensor === undefined ? 'no such output' : 'numbers that are not finite';
  throw new FaceError('MODEL_INTEGRITY', `Expected finite numbers in the output "${name}" of ${model}, got ${got}; get the model anew.`, {
    model,
  });
}

/** In a mirrored face the right eye is the left one. */
function swapSides(landmarks: Float32Array): Float32Array {
  return Float32Array.from([1, 0, 2, 4, 3].flatMap((point) => Array.from(landmarks.subarray(point * 2, point * 2 + 2))));
}

function enlarge({ x, y, width, height }: Box, by: number): Box {
  return { x: x - (width * (by - 1)) / 2, y: y - (height * (by - 1)) / 2, width: width * by, height: height * by };
}
