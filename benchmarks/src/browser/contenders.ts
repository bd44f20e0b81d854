/** What is compared, and how each is set up: equal work, that is detector, landmarks and embedding of every face. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getPack } from '@isoface/models';
import { createNodeModelSource } from '@isoface/runtime-node';
import type { Mount } from './asset-server.ts';

/** One way to analyze faces in a browser. */
export interface Contender {
  readonly name: string;
  readonly isPeer: boolean;
  readonly library: string;
  readonly version: string;
  /** Module of the page that drives it, and what that module is told. */
  readonly adapter: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What was switched on, in words. */
  readonly work: string;
  /** Folders and bytes that the contender downloads. */
  readonly mounts: Readonly<Record<string, Mount>>;
}

const require = createRequire(import.meta.url);

/** Everything but detector, mesh and description off; nothing is carried over from one picture to the next. */
const HUMAN_CONFIG = {
  backend: 'wasm',
  cacheSensitivity: 0,
  warmup: 'none',
  filter: { enabled: false, autoBrightness: false, return: false },
  gesture: { enabled: false },
  body: { enabled: false },
  hand: { enabled: false },
  object: { enabled: false },
  segmentation: { enabled: false },
  face: {
    enabled: true,
    detector: { maxDetected: 100 },
    mesh: { enabled: true },
    iris: { enabled: false },
    emotion: { enabled: false },
    antispoof: { enabled: false },
    liveness: { enabled: false },
    description: { enabled: true },
  },
};

const DESCRIBERS: Readonly<Record<string, (modelsDir: string | undefined) => Contender | Promise<Contender>>> = {
  'isoface-starter': (modelsDir) => describeIsoface('starter', modelsDir),
  'isoface-standard': (modelsDir) => describeIsoface('standard', modelsDir),
  human: describeHuman,
  'face-api-ssd': () => describeFaceApi('face-api-ssd', 'ssdMobilenetv1'),
  'face-api-tiny': () => describeFaceApi('face-api-tiny', 'tinyFaceDetector'),
};

/** Names that `--only` takes. */
export const CONTENDER_NAMES: readonly string[] = Object.keys(DESCRIBERS);

/**
 * Finds the files of the contenders.
 *
 * @param only - Names; a contender that is named must be there. All that are there when absent.
 * @throws If a name is unknown, or a package or model of a named contender is missing; the message says which.
 */
export async function describeContenders(
  only: readonly string[] | undefined,
  modelsDir: string | undefined,
): Promise<{
  readonly contenders: readonly Contender[];
  readonly notMeasured: readonly { readonly name: string; readonly reason: string }[];
}> {
  const contenders: Contender[] = [];
  const notMeasured: { readonly name: string; readonly reason: string }[] = [];
  for (const name of only ?? CONTENDER_NAMES) {
    const describe = DESCRIBERS[name];
    if (describe === undefined) throw new Error(`Expected contenders among ${CONTENDER_NAMES.join(', ')}, got "${name}".`);
    try {
      contenders.push(await describe(modelsDir));
    } catch (error) {
      if (only !== undefined) throw error;
      notMeasured.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { contenders, notMeasured };
}

async function describeIsoface(packId: 'starter' | 'standard', modelsDir: string | undefined): Promise<Contender> {
  const library = '@isoface/runtime-web';
  const folder = findPackage(library);
  if (!existsSync(join(folder, 'dist/index.js')))
    throw new Error(`Expected ${library} to be built, found no dist/index.js. Run "npm run build:fast".`);
  const pack = getPack(packId);
  const source = createNodeModelSource({ modelsDir });
  const models = new Map<string, Uint8Array>();
  // The starter pack's models lie beside the package's own files; others come from wherever the application puts them.
  if (packId !== 'starter') {
    for (const manifest of [pack.detector, pack.landmarker, pack.embedder]) {
      if (manifest !== undefined) models.set(manifest.file.name, await source.load(manifest));
    }
  }
  return {
    name: `isoface-${packId}`,
    isPeer: false,
    library,
    version: readVersion(folder),
    adapter: 'isoface',
    options: models.size > 0 ? { pack: packId, modelBase: '/models/' } : { pack: packId },
    work: `pack ${packId}: ${pack.title}; quality of each face; defaults`,
    mounts: { lib: folder, core: findPackage('@isoface/core'), models },
  };
}

function describeHuman(): Contender {
  const folder = findPackage('@vladmandic/human');
  return {
    name: 'human',
    isPeer: true,
    library: '@vladmandic/human',
    version: readVersion(folder),
    adapter: 'human',
    options: { config: HUMAN_CONFIG },
    work: 'blazeface detector (maxDetected 100), facemesh, faceres description; filters, iris, emotion, body, hand and gestures off; no cache',
    mounts: { lib: folder, tfjs: tfjsWasmFolder() },
  };
}

function describeFaceApi(name: string, detector: 'ssdMobilenetv1' | 'tinyFaceDetector'): Contender {
  const folder = findPackage('@vladmandic/face-api');
  return {
    name,
    isPeer: true,
    library: '@vladmandic/face-api',
    version: readVersion(folder),
    adapter: 'face-api',
    options: { detector },
    work: `${detector} with default options, faceLandmark68Net, faceRecognitionNet`,
    mounts: { lib: folder, tfjs: tfjsWasmFolder() },
  };
}

function tfjsWasmFolder(): string {
  return join(findPackage('@tensorflow/tfjs-backend-wasm'), 'dist');
}

/** Folder of an installed package; not every package lets its package.json be resolved. */
function findPackage(name: string): string {
  for (const request of [`${name}/package.json`, name]) {
    try {
      let folder = dirname(require.resolve(request));
      while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
      return folder;
    } catch {
      // Node's own error names folders of this machine; reports are published.
    }
  }
  throw new Error(`Expected the package ${name} to be installed, found none. Install the development dependencies of benchmarks.`);
}

function readVersion(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
