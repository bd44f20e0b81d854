/** The same work with buffers that are used again and with new ones. */

import { createHash } from 'node:crypto';
import {
  computeFit,
  createCpuPreprocessor,
  createFaceEngine,
  createSimdPreprocessor,
  type FaceEngine,
  FaceError,
  type InferenceBackend,
  type Preprocessor,
  type RgbaImage,
} from '@isoface/core';
import {
  createNodeModelSource,
  createOrtNodeBackend,
  createSharpImageDecoder,
  type NodeImageInput,
  resolvePack,
} from '@isoface/runtime-node';
import { toThousandths } from '../../rounded.ts';
import { cpuNow } from '../../statistics.ts';
import { createFrame } from '../../test-images.ts';
import { profileAllocations, sumBySite } from './allocation-sites.ts';
import { withFreshBuffers } from './keep-buffers.ts';
import type { AnalysisTrace, BufferBlock, BufferCase, BufferComparison } from './memory-piece.ts';
import { goesOn, type MemoryRequest } from './memory-request.ts';
import { type Collector, findCollector } from './sample-memory.ts';
import { medianAllocation } from './summarize-allocation.ts';
import { createTraceRecorder } from './trace-analyses.ts';
import { nowMs, type WatchedPause, watchGc } from './watch-gc.ts';

/** Few enough for many turns. */
const ANALYSES_PER_BLOCK = 10;
const FITS_PER_BLOCK = 40;
const WARMUP_BLOCKS = 1;
const PROFILED_ANALYSES = 30;
/** Sites beyond these are summed up. */
const LISTED_SITES = 12;

interface Contest {
  readonly work: string;
  readonly perBlock: number;
  readonly reused: () => Promise<unknown>;
  readonly fresh: () => Promise<unknown>;
}

interface RawBlock {
  readonly startMs: number;
  readonly endMs: number;
  readonly cpuMs: number;
  readonly trace: AnalysisTrace;
}

/** Measures; to be called in a process that does nothing else. */
export async function compareBuffers(request: MemoryRequest): Promise<BufferComparison> {
  const { runtime, pack } = request;
  const frame = await readFrame();
  const outputs = { bytes: 0 };
  const reusing = await openWith(await createSimdPreprocessor(), request, outputs);
  const fresh = await openWith(withFreshBuffers(await createSimdPreprocessor()), request, { bytes: 0 });
  try {
    const contests = [
      {
        work: 'analysis of a frame of 640x480 with one face',
        perBlock: ANALYSES_PER_BLOCK,
        reused: () => reusing.analyze(frame),
        fresh: () => fresh.analyze(frame),
      },
      contestOfFit('the detector input alone, SIMD', await createSimdPreprocessor(), frame, pack),
      contestOfFit('the detector input alone, plain TypeScript', createCpuPreprocessor(), frame, pack),
    ];
    const collector = findCollector();
    const share = request.timeMs / contests.length;
    const cases: BufferCase[] = [];
    for (const [i, contest] of contests.entries()) cases.push(await compare(contest, { ...request, timeMs: share * (i + 1) }, collector));
    outputs.bytes = 0;
    await reusing.analyze(frame);
    const outputBytes = outputs.bytes;
    const head = await profileAllocations(async () => {
      for (let i = 0; i < PROFILED_ANALYSES; i++) await reusing.analyze(frame);
    });
    const sites = sumBySite(head).map(({ site, bytes }) => ({ site, bytes: Math.round(bytes / PROFILED_ANALYSES) }));
    const sampledBytes = sites.reduce((sum, { bytes }) => sum + bytes, 0);
    return { kind: 'buffers', runtime, pack, cases, outputBytes, sites: sites.slice(0, LISTED_SITES), sampledBytes };
  } finally {
    await reusing.dispose();
    await fresh.dispose();
  }
}

async function compare({ work, perBlock, reused, fresh }: Contest, request: MemoryRequest, collector: Collector): Promise<BufferCase> {
  for (let i = 0; i < WARMUP_BLOCKS * perBlock; i++) {
    await reused();
    await fresh();
  }
  const watch = watchGc();
  const raw: { readonly reused: RawBlock[]; readonly fresh: RawBlock[] } = { reused: [], fresh: [] };
  for (let round = 0; goesOn(request, round); round++) {
    // Which one comes first changes, so that neither always works after the other.
    for (const way of round % 2 === 0 ? (['reused', 'fresh'] as const) : (['fresh', 'reused'] as const)) {
      raw[way].push(await runBlock(way === 'reused' ? reused : fresh, perBlock, collector));
    }
  }
  const pauses = await watch.stop();
  const finish = (block: RawBlock): BufferBlock => toBlock(block, pauses, perBlock);
  return { work, perBlock, reused: raw.reused.map(finish), fresh: raw.fresh.map(finish) };
}

/** A block pays for its own garbage: it begins with none among the new objects and ends when its own is collected. */
async function runBlock(work: () => Promise<unknown>, perBlock: number, collector: Collector): Promise<RawBlock> {
  collector.young();
  const recorder = createTraceRecorder();
  const startMs = nowMs();
  const startCpu = cpuNow();
  for (let i = 0; i < perBlock; i++) await recorder.record(0, work);
  collector.young();
  return { startMs, endMs: nowMs(), cpuMs: cpuNow() - startCpu, trace: recorder.trace };
}

function toBlock({ startMs, endMs, cpuMs, trace }: RawBlock, pauses: readonly WatchedPause[], perBlock: number): BufferBlock {
  const own = pauses.filter((pause) => pause.startMs >= startMs && pause.startMs < endMs);
  return {
    wallMs: toThousandths((endMs - startMs) / perBlock),
    cpuMs: toThousandths(cpuMs / perBlock),
    gcMs: toThousandths(own.reduce((sum, { durationMs }) => sum + durationMs, 0) / perBlock),
    ...medianAllocation(trace, pauses),
  };
}

function contestOfFit(work: string, preprocessor: Preprocessor, frame: RgbaImage, pack: string): Contest {
  const { input, resizeMode, placement } = resolvePack(pack).detector;
  const geometry = computeFit(frame, input, { mode: resizeMode, placement, sizeMultipleOf: input.sizeMultipleOf });
  const fresh = withFreshBuffers(preprocessor);
  const fit = async (maker: Preprocessor): Promise<void> => (await maker.fit(frame, geometry, input)).dispose();
  return { work, perBlock: FITS_PER_BLOCK, reused: () => fit(preprocessor), fresh: () => fit(fresh) };
}

/** The engine of `openEngine`, with another preprocessor and a backend that counts the bytes of outputs. */
function openWith(
  preprocessor: Preprocessor,
  { pack, executionProvider, modelsDir }: MemoryRequest,
  outputs: { bytes: number },
): Promise<FaceEngine<NodeImageInput>> {
  return createFaceEngine({
    pack: resolvePack(pack),
    backend: countOutputs(createOrtNodeBackend({ executionProvider }), outputs),
    preprocessor,
    decoder: createSharpImageDecoder(),
    modelSource: createNodeModelSource({ modelsDir }),
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    now: () => performance.now(),
  });
}

function countOutputs(backend: InferenceBackend, count: { bytes: number }): InferenceBackend {
  return {
    async createSession(model, options) {
      const session = await backend.createSession(model, options);
      return {
        ...session,
        async run(inputs) {
          const outputs = await session.run(inputs);
          for (const { data } of Object.values(outputs)) count.bytes += data.byteLength;
          return outputs;
        },
      };
    },
  };
}

async function readFrame(): Promise<RgbaImage> {
  const { input } = await createFrame();
  if (input instanceof Uint8Array) throw new FaceError('IMAGE_INVALID', 'Expected the frame as pixels, got a file.');
  return input;
}
