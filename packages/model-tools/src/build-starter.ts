/** Makes the models of the starter pack from the two npm packages that carry their weights. The only file here that reads files. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@isoface/core';
import { importBlazeface } from './tfjs/import-blazeface.ts';
import { importFaceLandmark68 } from './tfjs/import-face-landmark-68.ts';
import { importFaceRecognition } from './tfjs/import-face-recognition.ts';
import { importFacemesh } from './tfjs/import-facemesh.ts';
import type { TfjsGraphModelFiles } from './tfjs/parse-graph-model.ts';

/** Where the original weights are. */
export interface StarterSources {
  /** Folder of the package `@vladmandic/face-api`. */
  readonly faceApiDir: string;
  /** Folder of the package `@vladmandic/human`. */
  readonly humanDir: string;
}

/** A model of the starter pack, ready to be written. */
export interface StarterModel {
  /** File name. */
  readonly name: string;
  /** ONNX bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Converts detector, landmark and recognition networks and the face mesh. Deterministic: the same packages always give the same bytes.
 *
 * @throws {FaceError} `IO_FAILED` if a file cannot be read; `MODEL_INTEGRITY` if one is damaged
 */
export function buildStarterModels({ faceApiDir, humanDir }: StarterSources): StarterModel[] {
  return [
    { name: 'blazeface.onnx', bytes: importBlazeface(readHumanModel(humanDir, 'blazeface')) },
    { name: 'face-landmark-68.onnx', bytes: importFaceLandmark68(readFaceApiModel(faceApiDir, 'face_landmark_68_model')) },
    { name: 'face-recognition.onnx', bytes: importFaceRecognition(readFaceApiModel(faceApiDir, 'face_recognition_model')) },
    { name: 'facemesh-468.onnx', bytes: importFacemesh(readHumanModel(humanDir, 'facemesh')) },
  ];
}

function readHumanModel(humanDir: string, name: string): TfjsGraphModelFiles {
  const path = join(humanDir, 'models', name);
  return { model: readJson(`${path}.json`), weights: read(`${path}.bin`) };
}

function readFaceApiModel(faceApiDir: string, name: string): { manifest: unknown; shard: Uint8Array } {
  const path = join(faceApiDir, 'model', name);
  return { manifest: readJson(`${path}-weights_manifest.json`), shard: read(`${path}.bin`) };
}

function readJson(path: string): unknown {
  const text = new TextDecoder().decode(read(path));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FaceError('MODEL_INTEGRITY', `Expected JSON in ${path}; reinstall the package.`, { path }, { cause });
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new FaceError('IO_FAILED', `Cannot read ${path}; reinstall the package.`, { path }, { cause });
  }
}
