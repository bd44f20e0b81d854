/** What the suite `peers` says of measurements, with known answers. */

import { describe, expect, it } from 'vitest';
import { computeRatios } from '../src/suites/peers/compute-ratios.ts';
import { describePeers, PEER_NAMES } from '../src/suites/peers/contender.ts';
import { toTensor } from '../src/suites/peers/node/tensorflow.ts';
import type { ContenderFigures, PeersPiece } from '../src/suites/peers/peers-piece.ts';
import { peersSuite } from '../src/suites/peers/peers-suite.ts';
import { chooseSizes } from '../src/suites/peers/sizes.ts';
import { takeTurns } from '../src/suites/peers/take-turns.ts';

function contender(name: string, samples: ContenderFigures['samples'], faces = { frame: 1, photo: 3 }): ContenderFigures {
  return {
    name,
    isPeer: name.startsWith('peer'),
    library: `lib-${name}`,
    version: '1.2.3',
    work: 'all of it',
    runs: { backend: 'wasm', threads: 1 },
    samples,
    faces: [
      { picture: 'frame-640x480.png', faces: faces.frame },
      { picture: 'sample1.jpg', faces: faces.photo },
    ],
  };
}

function side(...contenders: readonly ContenderFigures[]): PeersPiece {
  return { runtime: 'node-cpu', platform: '20.1.2', rounds: 3, warmup: 1, starts: 1, contenders, failed: [] };
}

const OWN = contender('starter', { 'frame/cpu': [10, 20, 30], 'memory/warm': [50] });
const CHEAP = contender('peer-a', { 'frame/cpu': [40, 40, 40], 'memory/warm': [400] });
const DEAR = contender('peer-b', { 'frame/cpu': [90, 80, 80], 'memory/warm': [100] });

describe('computeRatios', () => {
  it('divides by the smallest median of the peers, figure by figure', () => {
    const ratios = computeRatios([OWN, CHEAP, DEAR]);
    expect(ratios.map(({ figure, peer, value, peerValue, ratio }) => ({ figure, peer, value, peerValue, ratio }))).toEqual([
      { figure: 'frame/cpu', peer: 'peer-a', value: 20, peerValue: 40, ratio: 0.5 },
      { figure: 'memory/warm', peer: 'peer-b', value: 50, peerValue: 100, ratio: 0.5 },
    ]);
    expect(ratios[0]?.pairs).toEqual([0.25, 0.5, 0.75]);
  });

  it('gives an interval over the samples, and none for a single one', () => {
    const [frame, memory] = computeRatios([OWN, CHEAP, DEAR]);
    // Of three samples all draws lie between the least and the largest, and each of these is drawn thrice in 1 of 27.
    expect(frame?.interval).toEqual([0.25, 0.75]);
    expect(memory?.interval).toBeUndefined();
  });

  it('draws the same places from all: what slows a round slows its pair', () => {
    const own = contender('starter', { 'frame/cpu': [10, 20, 40, 80] });
    const peer = contender('peer-a', { 'frame/cpu': [20, 40, 80, 160] });
    expect(computeRatios([own, peer])[0]?.interval).toEqual([0.5, 0.5]);
  });

  it('chooses the best peer anew in every draw', () => {
    const own = contender('starter', { 'frame/cpu': [10, 10, 10] });
    // The median of one is 20 and of the other 30; drawn otherwise, the second is the better one.
    const peers = [contender('peer-a', { 'frame/cpu': [20, 20, 100] }), contender('peer-b', { 'frame/cpu': [40, 30, 20] })];
    const [ratio] = computeRatios([own, ...peers]);
    expect(ratio).toMatchObject({ peer: 'peer-a', ratio: 0.5 });
    // Even with the third sample drawn thrice no peer takes more than 20.
    expect(ratio?.interval).toEqual([0.5, 0.5]);
  });

  it('has nothing to divide by without peers, and leaves out figures that no peer has', () => {
    expect(computeRatios([OWN])).toEqual([]);
    expect(computeRatios([contender('starter', { 'track/cpu': [5], 'file/cpu': [5] }), CHEAP])).toEqual([]);
  });
});

describe('report', () => {
  const report = (...pieces: readonly PeersPiece[]) => peersSuite.report(pieces.map((value) => ({ name: value.runtime, value })));

  it('says how little of the CPU time is taken, beside whom and under which condition', () => {
    const { findings } = report(side(OWN, CHEAP, DEAR));
    expect(findings[0]).toBe(
      'Node 20, whole pipeline on a 640x480 frame with one face, one thread: starter takes 1/2.0 of the CPU time of peer-a, the peer that takes least (20.0 ms beside 40.0 ms per image, medians of 3 rounds, ratio between 0.25 and 0.75).',
    );
    expect(findings[1]).toContain('starter 50 MiB, peer-b 100 MiB');
  });

  it('says it as well where more is taken', () => {
    const slow = contender('starter', { 'frame/cpu': [80, 80] });
    expect(report(side(slow, CHEAP)).findings[0]).toContain('starter takes 2.0 times the CPU time of peer-a');
  });

  it.each([
    ['peer', OWN, contender('peer-a', { 'frame/cpu': [1, 1] }, { frame: 0, photo: 3 })],
    ['pack', contender('starter', { 'frame/cpu': [1, 1] }, { frame: 0, photo: 3 }), CHEAP],
  ])('says nothing of the frame where the %s did not find its face: less work is no merit', (_, own, peer) => {
    expect(report(side(own, peer)).findings.filter((finding) => finding.includes('frame'))).toEqual([]);
  });

  it('keeps what was measured of one side, of a side without peers, and of nothing', () => {
    expect(report()).toMatchObject({ series: [], findings: [], charts: [], tables: [] });
    const alone = report(side(OWN));
    expect(alone.findings).toEqual([]);
    expect(alone.series.map(({ key }) => key)).toEqual(['node-cpu/starter/frame/cpu', 'node-cpu/starter/memory/warm']);
    const both = report(side(OWN, CHEAP), { ...side(OWN, CHEAP), runtime: 'web-wasm', platform: '150.0.1' });
    expect(new Set(both.series.map(({ key }) => key)).size).toBe(both.series.length);
    expect(both.findings.filter((finding) => finding.startsWith('Chromium 150'))).not.toEqual([]);
  });

  it('gives pairs of rounds as a series', () => {
    const series = report(side(OWN, CHEAP)).series.find(({ key }) => key === 'node-cpu/starter/frame/cpu-over-best-peer');
    expect(series).toMatchObject({ unit: 'ratio', better: 'lower', samples: [0.25, 0.5, 0.75] });
  });

  it('shows the faces that each found, and the peers that did not start', () => {
    const { tables } = report({
      ...side(OWN, contender('peer-a', {}, { frame: 1, photo: 2 })),
      failed: [{ name: 'peer-b', reason: 'It is old.' }],
    });
    expect(tables.find(({ caption }) => caption.includes('faces found'))?.rows).toEqual([
      ['frame-640x480.png', 1, 1],
      ['sample1.jpg', 3, 2],
    ]);
    expect(tables.at(-1)?.rows).toEqual([['peer-b', 'It is old.']]);
  });

  it('has rows as long as its columns, in the tables and in the file', () => {
    const { tables, csv } = report(side(OWN, CHEAP, DEAR));
    for (const { columns, rows } of tables) for (const row of rows) expect(row).toHaveLength(columns.length);
    const rows = [...csv.rows];
    // Samples of three contenders, and the faces of two pictures.
    expect(rows).toHaveLength(3 * (3 + 1 + 2));
    for (const row of rows) expect(row).toHaveLength(csv.columns.length);
  });
});

describe('parts', () => {
  it('lets another contender begin each time', async () => {
    const order: string[] = [];
    for (let turn = 0; turn < 3; turn++) await takeTurns(['a', 'b', 'c'], turn, async (name) => void order.push(name));
    expect(order.join('')).toBe('abcbcacab');
  });

  it('takes twenty frames by default, and fewer for a first impression', () => {
    const whole = chooseSizes({ rounds: 5, warmup: 2, quick: false });
    expect(whole.rounds * whole.framesPerRound).toBe(20);
    expect(chooseSizes({ rounds: 5, warmup: 2, quick: true })).toMatchObject({ rounds: 2, warmup: 1, starts: 0, withFile: false });
  });

  it('gives peers RGB without the alpha of the pixels', () => {
    const made: unknown[] = [];
    const tf = { tensor: (...values: readonly unknown[]) => made.push(values) } as unknown as Parameters<typeof toTensor>[0];
    toTensor(tf, { width: 2, height: 1, data: new Uint8Array([1, 2, 3, 255, 4, 5, 6, 0]) }, [1]);
    expect(made).toEqual([[new Float32Array([1, 2, 3, 4, 5, 6]), [1, 1, 2, 3], 'float32']]);
  });

  it('finds the installed peers', () => {
    const { peers, notMeasured } = describePeers(PEER_NAMES);
    expect(peers.map(({ name }) => name)).toEqual(PEER_NAMES);
    expect(notMeasured).toEqual([]);
  });
});
