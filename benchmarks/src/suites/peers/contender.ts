/** What is compared: equal work, that is detector, landmarks and embedding of every face, on one thread. */

import { resolvePack } from '@isoface/runtime-node';
import { findPackage, readVersion } from '../../find-package.ts';
import type { NotMeasured } from '../../run/suite.ts';

/** One way to analyze faces. */
export interface Contender {
  /** Of a pack, or of a peer: what keys and tables call it. */
  readonly name: string;
  readonly isPeer: boolean;
  readonly library: string;
  readonly version: string;
  /** What was switched on, in words. */
  readonly work: string;
}

/** A peer: another library that does the same work. */
export interface Peer extends Contender {
  readonly isPeer: true;
  readonly kind: 'human' | 'face-api';
  /** What the code that drives it is told, besides where its files are. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Folder of the package. */
  readonly folder: string;
}

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

/** isoface with a pack, by one of its packages. */
export function describePack(pack: string, library: string): Contender {
  const version = readVersion(findPackage(library));
  return { name: pack, isPeer: false, library, version, work: `pack ${resolvePack(pack).title}; quality of each face; defaults` };
}

const DESCRIBERS: Readonly<Record<string, () => Peer>> = {
  human: describeHuman,
  'face-api-tiny': () => describeFaceApi('face-api-tiny', 'tinyFaceDetector'),
  'face-api-ssd': () => describeFaceApi('face-api-ssd', 'ssdMobilenetv1'),
};

/** Peers, those first that a first impression needs: the one most used, and the one that costs least. */
export const PEER_NAMES: readonly string[] = Object.keys(DESCRIBERS);

/** Of {@link PEER_NAMES}, so many are measured with `--quick`. */
export const QUICK_PEERS = 2;

/** The peers whose packages are installed. */
export function describePeers(names: readonly string[]): { readonly peers: readonly Peer[]; readonly notMeasured: readonly NotMeasured[] } {
  const peers: Peer[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const name of names) {
    try {
      const peer = DESCRIBERS[name]?.();
      if (peer !== undefined) peers.push(peer);
    } catch (error) {
      notMeasured.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { peers, notMeasured };
}

function describeHuman(): Peer {
  const folder = findPackage('@vladmandic/human');
  return {
    name: 'human',
    isPeer: true,
    kind: 'human',
    library: '@vladmandic/human',
    version: readVersion(folder),
    options: { config: HUMAN_CONFIG },
    work: 'blazeface detector (maxDetected 100), facemesh, faceres description; filters, iris, emotion, body, hand and gestures off; no cache',
    folder,
  };
}

function describeFaceApi(name: string, detector: 'ssdMobilenetv1' | 'tinyFaceDetector'): Peer {
  const folder = findPackage('@vladmandic/face-api');
  return {
    name,
    isPeer: true,
    kind: 'face-api',
    library: '@vladmandic/face-api',
    version: readVersion(folder),
    options: { detector },
    work: `${detector} with default options, faceLandmark68Net, faceRecognitionNet`,
    folder,
  };
}
