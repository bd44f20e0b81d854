/** Suite `peers`: isoface beside other libraries that do the same work, in Node and in a browser. */

import type { BenchOptions } from '../../run/bench-options.ts';
import { choosePacks } from '../../run/choose-packs.ts';
import type { NotMeasured, Piece, Plan, Suite } from '../../run/suite.ts';
import { chooseRuntimes } from '../../runtimes/choose-runtimes.ts';
import { describePeers, PEER_NAMES, QUICK_PEERS } from './contender.ts';
import { describeNodeContenders } from './node/describe-node-contenders.ts';
import { measureNode } from './node/measure-node.ts';
import type { PeersPiece } from './peers-piece.ts';
import { reportPeers } from './peers-report.ts';
import { createPictures } from './pictures.ts';
import { chooseSizes } from './sizes.ts';

/** The peers' other way to work in Node. */
const NATIVE_PEERS: NotMeasured = {
  name: 'peers on tfjs-node',
  reason:
    '@tensorflow/tfjs-node downloads its native library by a script while it is installed, and no dependency may run scripts here: the peers run their wasm builds in Node.',
};

/** The suite. */
export const peersSuite: Suite<PeersPiece> = {
  name: 'peers',
  title: 'Beside other libraries',
  description: 'isoface beside human and face-api on the same pictures: CPU, wall time, memory, downloads, first result',
  minutes: { whole: 3.5, quick: 0.4 },
  plan: planPeers,
  report: reportPeers,
};

async function planPeers(options: BenchOptions, signal: AbortSignal): Promise<Plan<PeersPiece>> {
  const { runtimes, notMeasured: missingRuntimes } = await chooseRuntimes(options, ['node-cpu', 'web-wasm'], signal);
  const { packs, notMeasured: missingPacks } = await choosePacks(options);
  // A first impression has one pack, unless more were named, and the peers that it needs.
  const isShort = options.quick && options.packs === undefined;
  const chosen = isShort ? packs.slice(0, 1) : packs;
  const { peers, notMeasured: missingPeers } = describePeers(options.quick ? PEER_NAMES.slice(0, QUICK_PEERS) : PEER_NAMES);
  const notMeasured = [...missingRuntimes, ...missingPacks, ...missingPeers];
  for (const pack of packs.slice(chosen.length)) {
    notMeasured.push({ name: `pack ${pack}`, reason: '--quick measures one pack; name others with --pack.' });
  }
  if (options.quick) {
    for (const name of PEER_NAMES.slice(QUICK_PEERS)) notMeasured.push({ name, reason: `--quick measures ${QUICK_PEERS} peers.` });
  }
  const sizes = chooseSizes(options);
  const pieces: Piece<PeersPiece>[] = [];
  if (runtimes.includes('node-cpu')) {
    const node = describeNodeContenders(chosen, peers, options.modelsDir);
    notMeasured.push(...node.notMeasured, NATIVE_PEERS);
    pieces.push({
      name: 'node-cpu',
      weight: 1,
      measure: async (context) => measureNode(node.contenders, await createPictures(options.quick), sizes, context),
    });
  }
  if (runtimes.includes('web-wasm')) {
    // Loaded when needed: Playwright takes 55 MB, which would count in what other suites measure.
    const [{ describeWebContenders }, { measureWeb }] = await Promise.all([
      import('./web/describe-web-contenders.ts'),
      import('./web/measure-web.ts'),
    ]);
    const web = await describeWebContenders(chosen, peers, options.modelsDir);
    notMeasured.push(...web.notMeasured);
    pieces.push({
      name: 'web-wasm',
      weight: 2,
      measure: async (context) => measureWeb(web.contenders, await createPictures(options.quick), sizes, context),
    });
  }
  return { pieces, notMeasured };
}
