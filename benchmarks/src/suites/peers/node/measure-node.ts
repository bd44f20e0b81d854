/** The comparison in Node: every contender in a process of its own, all of them on the same decoded pictures. */

import { toMiB, toThousandths } from '../../../rounded.ts';
import type { NotMeasured, PieceContext } from '../../../run/suite.ts';
import type { FigureName } from '../figures.ts';
import type { ContenderFigures, PeersPiece } from '../peers-piece.ts';
import { decodePicture, type Pictures } from '../pictures.ts';
import type { Sizes } from '../sizes.ts';
import { takeTurns } from '../take-turns.ts';
import type { NodeAnalysis } from './child-call.ts';
import { type ContenderProcess, startContenderProcess } from './contender-process.ts';
import type { NodeContender } from './describe-node-contenders.ts';

/** A contender that runs, and what was measured of it. */
interface Running {
  readonly contender: NodeContender;
  readonly process: ContenderProcess;
  readonly start: { readonly readyMs: number; readonly firstResultMs: number; readonly cpuMs: number; readonly resident: number };
  readonly frames: NodeAnalysis[];
  /** By round; means over the photos. */
  readonly photos: { readonly wallMs: number; readonly cpuMs: number }[];
  readonly faces: Map<string, number>;
}

/**
 * Measures the contenders in turns.
 *
 * @throws What isoface fails with; a peer that does not start is left out and told in `failed`.
 */
export async function measureNode(
  contenders: readonly NodeContender[],
  pictures: Pictures,
  sizes: Sizes,
  context: PieceContext,
): Promise<PeersPiece> {
  const running: Running[] = [];
  const failed: NotMeasured[] = [];
  try {
    for (const contender of contenders) {
      context.progress(`${contender.contender.name}: start`);
      const started = await startContender(contender, pictures, context.signal);
      if ('reason' in started) failed.push(started);
      else running.push(started);
    }
    const rounds = await measureRounds(running, pictures, sizes, context);
    const figures: ContenderFigures[] = [];
    for (const contender of running) figures.push(await summarize(contender));
    return { runtime: 'node-cpu', platform: process.versions.node, rounds, warmup: sizes.warmup, starts: 1, contenders: figures, failed };
  } finally {
    await Promise.all(running.map(({ process }) => process.close()));
  }
}

async function startContender(contender: NodeContender, pictures: Pictures, signal: AbortSignal): Promise<Running | NotMeasured> {
  const { name, isPeer } = contender.contender;
  const frame = { name: pictures.frame, image: await decodePicture(pictures, pictures.frame) };
  const started = performance.now();
  const process = startContenderProcess(name, contender.modulePaths, signal);
  try {
    await process.call('open', contender.start);
    const readyMs = performance.now() - started;
    await process.call('load', frame);
    await process.call('analyze', frame.name);
    const firstResultMs = performance.now() - started;
    const start = { readyMs, firstResultMs, ...(await process.call('usage', undefined)) };
    // Refuses what would be no fair comparison.
    await process.call('describe', undefined);
    for (const photo of pictures.photos) await process.call('load', { name: photo, image: await decodePicture(pictures, photo) });
    return { contender, process, start, frames: [], photos: [], faces: new Map() };
  } catch (error) {
    await process.close();
    signal.throwIfAborted();
    if (!isPeer) throw error;
    return { name: `${name} in Node`, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @returns The number of counted rounds. */
async function measureRounds(
  running: readonly Running[],
  { frame, photos }: Pictures,
  { rounds, leastRounds, warmup, framesPerRound }: Sizes,
  { progress, signal, timeLeftMs }: PieceContext,
): Promise<number> {
  let turn = 0;
  for (let round = -warmup; round < rounds; round++) {
    if (round >= leastRounds && timeLeftMs() < 0) return round;
    progress(round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`);
    for (let i = 0; i < framesPerRound; i++) {
      await takeTurns(running, turn++, async ({ process, frames, faces }) => {
        signal.throwIfAborted();
        const analysis = await process.call('analyze', frame);
        faces.set(frame, analysis.faces);
        if (round >= 0) frames.push(analysis);
      });
    }
    const sums = new Map(running.map((one) => [one, { wallMs: 0, cpuMs: 0 }]));
    for (const photo of photos) {
      await takeTurns(running, turn++, async (one) => {
        signal.throwIfAborted();
        const { faces, wallMs, cpuMs } = await one.process.call('analyze', photo);
        one.faces.set(photo, faces);
        const sum = sums.get(one);
        if (sum !== undefined) sums.set(one, { wallMs: sum.wallMs + wallMs, cpuMs: sum.cpuMs + cpuMs });
      });
    }
    if (round < 0) continue;
    for (const [one, { wallMs, cpuMs }] of sums) one.photos.push({ wallMs: wallMs / photos.length, cpuMs: cpuMs / photos.length });
  }
  return rounds;
}

async function summarize({ contender: { contender }, process, start, frames, photos, faces }: Running): Promise<ContenderFigures> {
  const { resident } = await process.call('usage', undefined);
  const samples: Partial<Record<FigureName, readonly number[]>> = {
    'frame/cpu': frames.map(({ cpuMs }) => toThousandths(cpuMs)),
    'frame/wall': frames.map(({ wallMs }) => toThousandths(wallMs)),
    'photo/cpu': photos.map(({ cpuMs }) => toThousandths(cpuMs)),
    'photo/wall': photos.map(({ wallMs }) => toThousandths(wallMs)),
    'ready/wall': [Math.round(start.readyMs)],
    'first-result/wall': [Math.round(start.firstResultMs)],
    'first-result/cpu': [Math.round(start.cpuMs)],
    'memory/started': [toMiB(start.resident)],
    'memory/warm': [toMiB(resident)],
  };
  const { name, isPeer, library, version, work } = contender;
  return {
    name,
    isPeer,
    library,
    version,
    work,
    runs: await process.call('describe', undefined),
    samples,
    faces: [...faces].map(([picture, count]) => ({ picture, faces: count })),
  };
}
