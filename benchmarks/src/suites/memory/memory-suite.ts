/** Suite `memory`: what an engine holds, allocates and gives back. */

import type { NodeExecutionProvider } from '@isoface/runtime-node';
import type { BenchOptions } from '../../run/bench-options.ts';
import { choosePacks } from '../../run/choose-packs.ts';
import type { NotMeasured, Piece, Plan, Suite } from '../../run/suite.ts';
import { chooseRuntimes } from '../../runtimes/choose-runtimes.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import type { MemoryPiece } from './memory-piece.ts';
import { reportMemory } from './memory-report.ts';
import type { MemoryRequest } from './memory-request.ts';
import { DESCRIPTIONS, runMemoryChild } from './run-memory-child.ts';

const SUPPORTED = ['node-cpu', 'node-webgpu', 'node-cuda', 'web-wasm', 'web-wasm-threads', 'web-webgpu'] as const;
/** Measured where none is named. */
const DEFAULT: readonly RuntimeName[] = SUPPORTED.filter((runtime) => runtime !== 'web-wasm-threads');
const PROVIDERS: Partial<Record<RuntimeName, NodeExecutionProvider>> = { 'node-cpu': 'cpu', 'node-webgpu': 'webgpu', 'node-cuda': 'cuda' };
/** What ending a process takes: disposing its engine and sending the figures. */
const END_MS = 1000;
const GPU_OF_NODE =
  'ONNX Runtime for Node does not tell what lies on the GPU, and the pipeline keeps nothing there. Use the tools of the GPU.';

const THREADS_BY_NAME = 'Its time goes to web-wasm, which holds the same models and buffers. Name the runtime to measure it.';

/** How much of everything is wanted, and how much is made even when time is over. */
interface Amount {
  readonly wanted: number;
  readonly least: number;
}

interface Amounts {
  readonly thread: Amount;
  readonly pool: Amount;
  readonly buffers: Amount;
  readonly cycles: Amount;
  readonly web: Amount;
  readonly gpu: Amount;
}

const WHOLE: Amounts = {
  thread: { wanted: 1000, least: 100 },
  pool: { wanted: 10_000, least: 300 },
  buffers: { wanted: 24, least: 3 },
  cycles: { wanted: 8, least: 3 },
  web: { wanted: 2000, least: 50 },
  gpu: { wanted: 200, least: 10 },
};
const QUICK: Amounts = {
  thread: { wanted: 60, least: 20 },
  pool: { wanted: 300, least: 20 },
  buffers: { wanted: 3, least: 1 },
  cycles: { wanted: 3, least: 2 },
  web: { wanted: 60, least: 10 },
  gpu: { wanted: 10, least: 3 },
};
/** Seconds that the pieces take on a machine with two cores. The soak of the first pack comes to its end; those of others last as long as time is left. */
const WEIGHTS = { thread: 20, poolOfFirst: 110, pool: 60, buffers: 10, cycles: 10, web: 20, gpu: 20 } as const;

/** The suite. */
export const memorySuite: Suite<MemoryPiece> = {
  name: 'memory',
  title: 'Memory, allocation and garbage',
  description: 'memory over 10,000 analyses, allocation and garbage collection, what pooled buffers save, what dispose gives back',
  minutes: { whole: 5.5, quick: 0.4 },
  plan,
  report: reportMemory,
};

async function plan(options: BenchOptions, signal: AbortSignal): Promise<Plan<MemoryPiece>> {
  const packs = await choosePacks(options);
  const runtimes = await chooseRuntimes(options, options.runtimes === undefined ? DEFAULT : SUPPORTED, signal);
  const notMeasured: NotMeasured[] = [...packs.notMeasured, ...runtimes.notMeasured];
  if (options.runtimes === undefined) notMeasured.push({ name: 'runtime web-wasm-threads', reason: THREADS_BY_NAME });
  const amounts = options.quick ? QUICK : WHOLE;
  const pieces: Piece<MemoryPiece>[] = [];
  for (const runtime of runtimes.runtimes) {
    const executionProvider = PROVIDERS[runtime];
    for (const [i, pack] of packs.packs.entries()) {
      const target: Target = { runtime, pack, modelsDir: options.modelsDir, isFirstPack: i === 0, isBrief: options.quick && i > 0 };
      pieces.push(...(executionProvider === undefined ? planWeb(target, amounts) : planNode(target, executionProvider, amounts)));
    }
    if (runtime === 'node-webgpu' || runtime === 'node-cuda') notMeasured.push({ name: `GPU buffers of ${runtime}`, reason: GPU_OF_NODE });
  }
  for (const pack of options.quick ? packs.packs.slice(1) : [])
    notMeasured.push({ name: `pack ${pack}: browsers, buffers and cycles`, reason: 'Left out by --quick; run without it.' });
  // The longest last: what the others leave of their time is theirs.
  const isLong = ({ name }: Piece<MemoryPiece>): boolean => name.endsWith('.pool');
  return { pieces: [...pieces.filter((piece) => !isLong(piece)), ...pieces.filter(isLong)], notMeasured };
}

/** One pack in one runtime. */
interface Target {
  readonly runtime: RuntimeName;
  readonly pack: string;
  readonly modelsDir: string | undefined;
  readonly isFirstPack: boolean;
  /** Only what every pack gets: a first impression has the rest of one pack. */
  readonly isBrief: boolean;
}

function planNode(target: Target, executionProvider: NodeExecutionProvider, amounts: Amounts): Piece<MemoryPiece>[] {
  const { runtime, pack, modelsDir, isFirstPack, isBrief } = target;
  const add = (kind: MemoryRequest['kind'], weight: number): Piece<MemoryPiece> =>
    planChild({ kind, runtime, executionProvider, pack, modelsDir, ...amounts[kind] }, weight);
  return [
    add('thread', WEIGHTS.thread),
    // In Node, tensors are made by the CPU whatever runs the models.
    ...(runtime === 'node-cpu' && !isBrief ? [add('buffers', WEIGHTS.buffers)] : []),
    ...(isBrief ? [] : [add('cycles', WEIGHTS.cycles)]),
    add('pool', isFirstPack ? WEIGHTS.poolOfFirst : WEIGHTS.pool),
  ];
}

function planChild(request: Omit<MemoryRequest, 'timeMs'>, weight: number): Piece<MemoryPiece> {
  const { kind, runtime, pack } = request;
  return {
    name: `${runtime}.${pack}.${kind}`,
    weight,
    measure(context) {
      context.progress(`${runtime}, ${pack}: ${DESCRIPTIONS[kind]}`);
      return runMemoryChild({ ...request, timeMs: context.timeLeftMs() - END_MS }, context.signal);
    },
  };
}

function planWeb(target: Target, amounts: Amounts): Piece<MemoryPiece>[] {
  const { runtime, pack, modelsDir, isBrief } = target;
  if (isBrief) return [];
  const request = { runtime, pack, modelsDir };
  const soak: Piece<MemoryPiece> = {
    name: `${runtime}.${pack}.web`,
    weight: WEIGHTS.web,
    async measure(context) {
      context.progress(`${runtime}, ${pack}: many analyses in a browser`);
      const { soakWeb } = await import('./soak-web.ts');
      return soakWeb({ ...request, ...amounts.web }, context);
    },
  };
  if (runtime !== 'web-webgpu') return [soak];
  const gpu: Piece<MemoryPiece> = {
    name: `${runtime}.${pack}.gpu`,
    weight: WEIGHTS.gpu,
    async measure(context) {
      context.progress(`${runtime}, ${pack}: buffers on the GPU`);
      const { countGpu } = await import('./soak-web.ts');
      return countGpu({ ...request, ...amounts.gpu }, context);
    },
  };
  return [soak, gpu];
}
