/** The contenders in a browser. */

import { join } from 'node:path';
import { createNodeModelSource, resolvePack } from '@isoface/runtime-node';
import type { Mount } from '../../../browser/asset-server.ts';
import { findPackage } from '../../../find-package.ts';
import type { NotMeasured } from '../../../run/suite.ts';
import { type Contender, describePack, type Peer } from '../contender.ts';

/** A contender, the module of the page that drives it, and what that module is told. */
export interface WebContender {
  readonly contender: Contender;
  readonly adapter: 'isoface' | Peer['kind'];
  readonly options: Readonly<Record<string, unknown>>;
  /** Folders and bytes that the contender downloads. */
  readonly mounts: Readonly<Record<string, Mount>>;
}

/** isoface with these packs, and those of the peers whose files are there. */
export async function describeWebContenders(
  packs: readonly string[],
  peers: readonly Peer[],
  modelsDir: string | undefined,
): Promise<{ readonly contenders: readonly WebContender[]; readonly notMeasured: readonly NotMeasured[] }> {
  const contenders: WebContender[] = [];
  for (const pack of packs) contenders.push(await describeIsoface(pack, modelsDir));
  const notMeasured: NotMeasured[] = [];
  for (const peer of peers) {
    try {
      const tfjs = join(findPackage('@tensorflow/tfjs-backend-wasm'), 'dist');
      contenders.push({ contender: peer, adapter: peer.kind, options: peer.options, mounts: { lib: peer.folder, tfjs } });
    } catch (error) {
      notMeasured.push({ name: `${peer.name} in the browser`, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { contenders, notMeasured };
}

async function describeIsoface(packName: string, modelsDir: string | undefined): Promise<WebContender> {
  const library = '@isoface/runtime-web';
  const folder = findPackage(library);
  const pack = resolvePack(packName);
  const models = new Map<string, Uint8Array>();
  // The starter pack's models lie beside the package's own files; others come from wherever the application puts them.
  if (packName !== 'starter') {
    const source = createNodeModelSource({ modelsDir });
    for (const manifest of [pack.detector, pack.landmarker, pack.embedder]) {
      if (manifest !== undefined) models.set(manifest.file.name, await source.load(manifest));
    }
  }
  return {
    contender: describePack(packName, library),
    adapter: 'isoface',
    options: models.size > 0 ? { pack: packName, modelBase: '/models/' } : { pack: packName },
    mounts: { lib: folder, core: findPackage('@isoface/core'), models },
  };
}
