import { describe, expect, it } from 'vitest';
import type { BenchOptions } from '../src/run/bench-options.ts';
import type { MeasuredPiece, PieceContext } from '../src/run/suite.ts';
import type { MemoryPiece } from '../src/suites/memory/memory-piece.ts';
import { memorySuite } from '../src/suites/memory/memory-suite.ts';
import { runMemoryChild } from '../src/suites/memory/run-memory-child.ts';

const OPTIONS: BenchOptions = {
  runtimes: ['node-cpu'],
  packs: ['starter'],
  dataset: undefined,
  data: undefined,
  modelsDir: undefined,
  rounds: 1,
  warmup: 1,
  quick: true,
};
/** No time: every piece does as little as it can. */
const hurried = (signal: AbortSignal): PieceContext => ({ signal, timeLeftMs: () => -1, progress: () => {} });
const { signal } = new AbortController();

describe('the suite memory', () => {
  it('measures real engines in processes of their own and reports what they gave', async () => {
    const plan = await memorySuite.plan(OPTIONS, signal);
    expect(plan.pieces.map(({ name }) => name)).toEqual([
      'node-cpu.starter.thread',
      'node-cpu.starter.buffers',
      'node-cpu.starter.cycles',
      'node-cpu.starter.pool',
    ]);
    const pieces: MeasuredPiece<MemoryPiece>[] = [];
    for (const { name, measure } of plan.pieces) pieces.push({ name, value: await measure(hurried(signal)) });
    await plan.dispose?.();

    const values = Object.fromEntries(pieces.map(({ value }) => [value.kind, value]));
    const { thread, buffers, cycles, pool } = values;
    if (thread?.kind !== 'thread' || buffers?.kind !== 'buffers' || cycles?.kind !== 'cycles' || pool?.kind !== 'pool') {
      throw new Error('Expected a piece of each kind.');
    }
    expect(thread.trace.wallMs).toHaveLength(20);
    expect(thread.pictures.filter(({ faces }) => faces === 1)).toHaveLength(8);
    expect(thread.pictures.some(({ faces }) => faces > 1)).toBe(true);
    expect(thread.pictures.some(({ faces }) => faces === 0)).toBe(true);
    expect(thread.samples.every(({ rssMiB, heapUsedMiB }) => rssMiB > heapUsedMiB && heapUsedMiB > 1)).toBe(true);
    // The pixels of the detector's input alone are 256 x 256 x 3 floats; only the way without reuse allocates them.
    const [analysis] = buffers.cases;
    const [reused, fresh] = [analysis?.reused[0], analysis?.fresh[0]];
    expect((fresh?.externalBytes ?? 0) - (reused?.externalBytes ?? 0)).toBeGreaterThan(256 * 256 * 12);
    expect(buffers.outputBytes).toBeGreaterThan(10_000);
    expect(buffers.sites.length).toBeGreaterThan(3);
    expect(cycles.threadRssMiB).toHaveLength(2);
    expect(cycles.poolRssMiB).toHaveLength(2);
    expect(pool.samples.at(-1)?.analyses).toBeGreaterThanOrEqual(20);
    expect(pool.analysesPerSecond).toBeGreaterThan(0);

    const { series, tables, findings } = memorySuite.report(pieces);
    expect(series.every(({ key }) => key.startsWith('node-cpu/starter/'))).toBe(true);
    expect(tables.length).toBeGreaterThanOrEqual(6);
    // Too few analyses for a verdict.
    expect(findings.some((finding) => /memory (grows|does not grow)/.test(finding))).toBe(false);
    expect(JSON.stringify(pieces)).not.toMatch(/\/(?:home|root|tmp|work|usr)\//);
    // Eight engines start one after the other, on a machine that other tests may fill.
  }, 180_000);

  it('ends the process when the run is interrupted', async () => {
    const abort = new AbortController();
    const request = {
      kind: 'thread',
      runtime: 'node-cpu',
      executionProvider: 'cpu',
      pack: 'starter',
      wanted: 1_000_000,
      least: 1_000_000,
      timeMs: 0,
    } as const;
    const measuring = runMemoryChild(request, abort.signal);
    setTimeout(() => abort.abort(new Error('Interrupted.')), 300);
    await expect(measuring).rejects.toThrow('Interrupted.');
  });

  it('passes on what an engine throws', async () => {
    const request = { kind: 'cycles', runtime: 'node-cpu', executionProvider: 'cpu', wanted: 1, least: 1, timeMs: 0 } as const;
    await expect(runMemoryChild({ ...request, pack: 'no-such-pack' }, signal)).rejects.toMatchObject({ code: 'PACK_UNKNOWN' });
  });
});
