/** Contenders in processes of their own; figures are another matter. */

import { describe, expect, it } from 'vitest';
import { describePeers } from '../src/suites/peers/contender.ts';
import { startContenderProcess } from '../src/suites/peers/node/contender-process.ts';
import { describeNodeContenders, type NodeContender } from '../src/suites/peers/node/describe-node-contenders.ts';
import { measureNode } from '../src/suites/peers/node/measure-node.ts';
import { createPictures } from '../src/suites/peers/pictures.ts';

const SIZES = { rounds: 1, leastRounds: 1, warmup: 0, framesPerRound: 1, starts: 0, withFile: false };
const context = { signal: new AbortController().signal, timeLeftMs: () => 60_000, progress: () => {} };
const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);

describe('contenders in Node', () => {
  it('measures isoface beside peers, which run on wasm with SIMD and one thread', async () => {
    const { contenders, notMeasured } = describeNodeContenders(['starter'], describePeers(['human', 'face-api-tiny']).peers, undefined);
    expect(notMeasured).toEqual([]);
    const value = await measureNode(contenders, await createPictures(true), SIZES, context);
    expect(value).toMatchObject({ runtime: 'node-cpu', platform: process.versions.node, rounds: 1, failed: [] });
    const runs = { backend: 'wasm', simd: true, threads: 1, tfjs: expect.stringMatching(/^\d+\./) };
    expect(value.contenders).toMatchObject([
      { name: 'starter', isPeer: false, runs: { backend: 'cpu', threads: 1 } },
      { name: 'human', isPeer: true, runs },
      { name: 'face-api-tiny', isPeer: true, runs },
    ]);
    for (const { samples, faces } of value.contenders) {
      expect(samples).toMatchObject({
        'frame/cpu': [positive],
        'frame/wall': [positive],
        'photo/cpu': [positive],
        'first-result/wall': [positive],
        'memory/started': [positive],
        'memory/warm': [positive],
      });
      expect(faces).toEqual([
        { picture: 'frame-640x480.png', faces: 1 },
        { picture: 'sample1.jpg', faces: 3 },
      ]);
    }
    // Plain data, without folders of this machine.
    expect(JSON.stringify(value)).not.toContain(process.cwd());
  });

  it('leaves out a peer that does not start and says why', async () => {
    const [peer] = describeNodeContenders([], describePeers(['human']).peers, undefined).contenders as [NodeContender];
    const broken = { ...peer, start: { ...peer.start, folder: '/nowhere' } as NodeContender['start'] };
    const value = await measureNode([broken], await createPictures(true), SIZES, context);
    expect(value.contenders).toEqual([]);
    expect(value.failed).toEqual([{ name: 'human in Node', reason: expect.stringContaining('human.node-wasm.js') }]);
  });

  it('tells during what a process ended', async () => {
    const process = startContenderProcess('nobody', [], context.signal);
    const opening = process.call('open', { kind: 'isoface', pack: 'starter', modelsDir: undefined });
    await process.close();
    await expect(opening).rejects.toMatchObject({ code: 'WORKER_CRASHED', message: expect.stringContaining('"open"') });
  });

  it('is killed by an abort, whose reason is what its caller gets', async () => {
    const abort = new AbortController();
    const process = startContenderProcess('nobody', [], abort.signal);
    const opening = process.call('open', { kind: 'isoface', pack: 'starter', modelsDir: undefined });
    const reason = new Error('Interrupted.');
    abort.abort(reason);
    await expect(opening).rejects.toBe(reason);
    await process.close();
  });
});
