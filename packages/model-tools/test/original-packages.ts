/** The npm packages whose weights are converted. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FaceApiModelFiles } from '../src/tfjs/face-api-layers.ts';
import type { TfjsGraphModelFiles } from '../src/tfjs/parse-graph-model.ts';

const require = createRequire(import.meta.url);

/** Folder of `@vladmandic/face-api`. */
export const faceApiDir = dirname(require.resolve('@vladmandic/face-api/package.json'));
/** Folder of `@vladmandic/human`. It does not export its `package.json`, so this starts from `dist/human.node.js`. */
export const humanDir = dirname(dirname(require.resolve('@vladmandic/human')));

/** Files of a face-api network, e.g. `face_landmark_68`. */
export function readFaceApiModel(name: string): FaceApiModelFiles {
  const path = join(faceApiDir, 'model', `${name}_model`);
  return { manifest: readJson(`${path}-weights_manifest.json`), shard: readFileSync(`${path}.bin`) };
}

/** Files of a human network, e.g. `blazeface`. */
export function readHumanModel(name: string): TfjsGraphModelFiles {
  const path = join(humanDir, 'models', name);
  return { model: readJson(`${path}.json`), weights: readFileSync(`${path}.bin`) };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
