/** Many analyses by an engine in a browser. */

import type { PieceContext } from '../../run/suite.ts';
import type { GpuCount, GpuSample, RendererSample, WebSoak } from './memory-piece.ts';
import { type MemoryPage, type MemoryPageOptions, openMemoryPage } from './open-memory-page.ts';
import { toMiB } from './sample-memory.ts';

/** What is measured in a browser. */
export interface WebSoakRequest extends Omit<MemoryPageOptions, 'inPage' | 'signal'> {
  readonly wanted: number;
  /** So many analyses are made even when time is over. */
  readonly least: number;
}

/** Samples over the wanted analyses. */
const SAMPLES = 100;
/** What closing the engine and the browser takes. */
const END_MS = 2000;

/** Reads the memory of the processes that run the page, while the engine works in its worker. */
export async function soakWeb(request: WebSoakRequest, context: PieceContext): Promise<WebSoak> {
  const page = await openMemoryPage({ ...request, inPage: false, signal: context.signal });
  const read = (analyses: number): RendererSample => {
    const { resident, private: own } = page.memory();
    return { analyses, residentMiB: toMiB(resident), privateMiB: toMiB(own) };
  };
  try {
    const started = await page.bytes();
    const samples = [read(0)];
    await repeat(page, request, context, (done) => void samples.push(read(done)));
    const ended = await page.bytes();
    await page.disposeEngine();
    // Asking collects the garbage, without which nothing is given back.
    await page.bytes();
    const disposed = read(samples.at(-1)?.analyses ?? 0);
    const pageBytes = started === undefined || ended === undefined ? undefined : { started, ended };
    const { runtime, pack, wanted } = request;
    return { kind: 'web', runtime, pack, wanted, samples, disposed, pageBytes };
  } finally {
    await page.close();
  }
}

/** Counts what lies on the GPU, with the engine in the page itself. */
export async function countGpu(request: WebSoakRequest, context: PieceContext): Promise<GpuCount> {
  const page = await openMemoryPage({ ...request, inPage: true, signal: context.signal });
  const read = async (analyses: number): Promise<GpuSample> => ({ analyses, ...(await page.gpu()) });
  try {
    const samples = [await read(0)];
    await repeat(page, request, context, async (done) => void samples.push(await read(done)));
    await page.disposeEngine();
    const disposed = await read(samples.at(-1)?.analyses ?? 0);
    const { runtime, pack, wanted } = request;
    return { kind: 'gpu', runtime, pack, wanted, isSoftware: page.isSoftware, samples, disposed };
  } finally {
    await page.close();
  }
}

async function repeat(
  page: MemoryPage,
  { wanted, least }: WebSoakRequest,
  context: PieceContext,
  onSample: (done: number) => unknown,
): Promise<void> {
  const every = Math.max(1, Math.round(wanted / SAMPLES));
  for (let done = 0; done < wanted && (done < least || context.timeLeftMs() > END_MS); ) {
    context.signal.throwIfAborted();
    const count = Math.min(every, wanted - done);
    await page.repeat(count);
    done += count;
    await onSample(done);
  }
}
