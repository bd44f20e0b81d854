/** An engine on the thread that calls it. A worker runs exactly this; so does `worker: false`. */

import {
  createBestPreprocessor,
  createFaceEngine as createCoreEngine,
  type EngineInfo,
  type FaceEngine,
  isFaceError,
  type PackManifest,
} from '@isoface/core';
import { getPack, parsePackManifest } from '@isoface/models';
import packageJson from '../package.json' with { type: 'json' };
import { findObstacle } from './available-providers.ts';
import { createNodeModelSource } from './models/node-model-source.ts';
import { sha256 } from './models/sha256.ts';
import { type NodeEngineOptions, resolveProviders } from './node-engine-options.ts';
import { createOrtNodeBackend, type NodeExecutionProvider, onnxruntimeVersion } from './ort-node-backend.ts';
import { createSharpImageDecoder, type NodeImageInput } from './sharp-image-decoder.ts';

/** An engine in Node. */
export type NodeFaceEngine = FaceEngine<NodeImageInput>;

/**
 * Opens an engine on the first execution provider that starts and passes the self-test.
 *
 * @throws {FaceError} what the last provider failed with, if none does; `BACKEND_UNAVAILABLE` naming what is missing for a strict one.
 */
export async function openEngine(
  options: Omit<NodeEngineOptions, 'threads' | 'maxQueue' | 'worker'>,
  now = (): number => performance.now(),
): Promise<NodeFaceEngine> {
  const pack = resolvePack(options.pack);
  const providers = resolveProviders(options.executionProviders);
  const isAuto = (options.executionProviders ?? 'auto') === 'auto';
  const { modelsDir, cacheDir, offline } = options;
  const warnings: string[] = [];
  const onWarning = ({ message }: { readonly message: string }): void => void warnings.push(message);
  const modelSource = createNodeModelSource({ modelsDir, cacheDir, offline, onWarning });
  const decoder = createSharpImageDecoder({ maxPixels: options.maxPixels, maxBytes: options.maxBytes });

  const open = async (executionProvider: NodeExecutionProvider): Promise<NodeFaceEngine> => {
    const { intraOpThreads, intraOpSpinning } = options;
    const backend = createOrtNodeBackend({ executionProvider, intraOpThreads, intraOpSpinning });
    const versions = { isoface: packageJson.version, node: process.versions.node, onnxruntime: await onnxruntimeVersion() };
    const preprocessor = await createBestPreprocessor();
    const loadGalleries = (): Promise<typeof import('@isoface/core/gallery')> => import('@isoface/core/gallery');
    return createCoreEngine({ pack, backend, preprocessor, decoder, modelSource, sha256, now, versions, loadGalleries }, options);
  };

  for (const provider of providers.slice(0, -1)) {
    const obstacle = isAuto ? await findObstacle(provider) : undefined;
    if (obstacle !== undefined) {
      warnings.push(`${provider} passed over: ${obstacle}`);
      continue;
    }
    try {
      return withWarnings(await open(provider), warnings);
    } catch (error) {
      if (!isFaceError(error, 'BACKEND_UNAVAILABLE', 'SELF_TEST_FAILED')) throw error;
      warnings.push(`${provider} passed over: ${error.message}`);
    }
  }
  return withWarnings(await open(providers.at(-1) as NodeExecutionProvider), warnings);
}

/** A built-in pack by name, or a manifest of the caller's, checked. */
export function resolvePack(pack: string | PackManifest = 'starter'): PackManifest {
  return typeof pack === 'string' ? getPack(pack) : parsePackManifest(pack);
}

function withWarnings(engine: NodeFaceEngine, warnings: readonly string[]): NodeFaceEngine {
  const info: EngineInfo = { ...engine.info, warnings: [...engine.info.warnings, ...warnings] };
  return { ...engine, info };
}
