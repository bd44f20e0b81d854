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
  isFaceError,
  type LoadableModel,
  type Preprocessor,
  type RgbaImage,
  toFiveLandmarks,
  transformPoints,
} from '@isoface/core';
import type { SecondOpinions } from '@isoface/core/evaluation';
import { faceLandmark68 } from '@isoface/models';
import { createNodeModelSource, createOrtNodeBackend } from '@isoface/runtime-node';
import { FACE_MESH_INPUT, faceMesh468, toFiveMeshLandmarks } from './face-mesh.ts';

/** The mesh was trained on crops with some room around the face: longer side of the box times this. */
const MESH_CROP = 1.4;

/** Options of {@link openSecondOpinions}. */
export interface SecondOpinionOptions {
  readonly preprocessor: Preprocessor;
  /** Folder with model files, found by content; the mesh is taken from here. @defaultValue the environment variable ISOFACE_MODELS */
  readonly modelsDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Networks that are open. */
export interface OpenSecondOpinions {
  /** Whether the 468-point mesh was found. */
  readonly hasMesh: boolean;
  /** Asks all networks about a face; those that are absent are absent in the answer. A face without landmarks gets no answers. */
  ask(image: RgbaImage, face: Face): Promise<SecondOpinions>;
  dispose(): Promise<void>;
}

/**
 * Opens the 68-point network, which ships with isoface, and the mesh where the models folder has it. On the CPU, on the calling thread.
 *
 * @throws {FaceError} what loading a model throws; a mesh that is not there is no error.
 */
export async function openSecondOpinions({ preprocessor, modelsDir, signal }: SecondOpinionOptions): Promise<OpenSecondOpinions> {
  const source = createNodeModelSource({ modelsDir, offline: true });
  const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
  const open = async (model: LoadableModel): Promise<InferenceSession> =>
    backend.createSession(await source.load(model, { signal }), { name: model.id, signal });
  const landmarker = await open(faceLandmark68);
  const mesh = await open(faceMesh468).catch((error: unknown) => {
    if (isFaceError(error, 'MODEL_NOT_FOUND')) return undefined;
    throw error;
  });

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
    hasMesh: mesh !== undefined,
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
      if (mesh === undefined) return { landmarks68 };
      const meshCrop = computeUprightCrop(enlarge(box, MESH_CROP), ...eyes, FACE_MESH_INPUT.width);
      const outputs = await infer(mesh, [image, meshCrop, FACE_MESH_INPUT]);
      const points = toFiveMeshLandmarks(requireValues(outputs, 'mesh', faceMesh468.id));
      const [faceFlag = 0] = requireValues(outputs, 'face_flag', faceMesh468.id);
      return { landmarks68, mesh: { landmarks: transformPoints(invertAffine(meshCrop), points), faceFlag } };
    },
    async dispose() {
      await landmarker.dispose();
      await mesh?.dispose();
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
