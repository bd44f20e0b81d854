/** The contenders in Node. */

import { dirname, join } from 'node:path';
import { findPackage } from '../../../find-package.ts';
import type { NotMeasured } from '../../../run/suite.ts';
import { type Contender, describePack, type Peer } from '../contender.ts';
import type { NodeContenderStart } from './child-call.ts';

/** A contender and what its process is told. */
export interface NodeContender {
  readonly contender: Contender;
  readonly start: NodeContenderStart;
  /** Folders of packages that it needs and is not installed beside. */
  readonly modulePaths: readonly string[];
}

/** Packages that the peers' wasm builds load in Node without depending on them. */
const NEEDED: Readonly<Record<Peer['kind'], readonly string[]>> = {
  human: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-converter', '@tensorflow/tfjs-backend-wasm'],
  'face-api': ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
};

/** isoface with these packs, and those of the peers that can be loaded in Node. */
export function describeNodeContenders(
  packs: readonly string[],
  peers: readonly Peer[],
  modelsDir: string | undefined,
): { readonly contenders: readonly NodeContender[]; readonly notMeasured: readonly NotMeasured[] } {
  const contenders = packs.map(
    (pack): NodeContender => ({
      contender: describePack(pack, '@isoface/runtime-node'),
      start: { kind: 'isoface', pack, modelsDir },
      modulePaths: [],
    }),
  );
  const notMeasured: NotMeasured[] = [];
  for (const peer of peers) {
    try {
      contenders.push(describePeer(peer));
    } catch (error) {
      notMeasured.push({ name: `${peer.name} in Node`, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { contenders, notMeasured };
}

function describePeer(peer: Peer): NodeContender {
  const { folder, kind, options } = peer;
  const modulePaths = NEEDED[kind].map((name) => modulesFolder(findPackage(name), name));
  const wasm = join(findPackage('@tensorflow/tfjs-backend-wasm'), 'dist');
  return {
    contender: peer,
    start: { kind, ...options, folder, wasm } as NodeContenderStart,
    modulePaths: [...new Set(modulePaths)],
  };
}

/** The folder `node_modules` that a package lies in. */
function modulesFolder(folder: string, name: string): string {
  return name.includes('/') ? dirname(dirname(folder)) : dirname(folder);
}
