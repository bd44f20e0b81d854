/** The command `bench browser` runs and gives a report of the promised shape; figures are another matter. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addBrowserCommand } from '../src/browser/browser-command.ts';
import type { BrowserReport, SoakReport } from '../src/browser/browser-report.ts';

let folder: string;

beforeEach(async () => {
  // Progress and tables.
  for (const method of ['error', 'log', 'table'] as const) vi.spyOn(console, method).mockImplementation(() => {});
  folder = await mkdtemp(join(tmpdir(), 'isoface-bench-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function run<T>(...values: string[]): Promise<T> {
  const program = new Command('bench').exitOverride().configureOutput({ writeErr: () => {} });
  addBrowserCommand(program, folder, new AbortController().signal);
  await program.parseAsync(['browser', '--out', 'report.json', ...values], { from: 'user' });
  return JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as T;
}

const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);
const notNegative = expect.toSatisfy((value: unknown) => typeof value === 'number' && value >= 0);
const memory = { pageMiB: positive, rendererRssMiB: positive, privateOverBlankMiB: expect.any(Number) };
const analysis = { wallMs: positive, rendererCpuMs: notNegative, otherCpuMs: notNegative, longestTaskMs: notNegative };

describe('bench browser', () => {
  it('measures a contender and says under which conditions', async () => {
    const report = await run<BrowserReport>('--only', 'isoface-starter', '--rounds', '1', '--warmup', '1', '--starts', '1');
    expect(report).toMatchObject({
      suite: 'browser',
      machine: { cores: positive, loadAverage: notNegative },
      loadAverageAtEnd: notNegative,
      browser: { version: expect.stringMatching(/^\d+\./), arguments: expect.arrayContaining(['--no-first-run']) },
      options: { rounds: 1, warmup: 1, starts: 1, threads: 1 },
      // Without a peer there is nothing to compare with.
      ratios: [],
      notMeasured: [],
    });
    expect(report.contenders).toHaveLength(1);
    const [contender] = report.contenders;
    expect(contender).toMatchObject({
      name: 'isoface-starter',
      isPeer: false,
      runs: { executionProvider: 'wasm', threads: 1 },
      start: { firstResultMs: [positive], medianMs: positive, readyMs: positive, rendererCpuMs: positive, otherCpuMs: notNegative },
      still: analysis,
      file12Megapixels: { ...analysis, faces: 1 },
      track: { ...analysis, facesPerFrame: positive },
      memory: { started: memory, warm: memory },
    });
    expect(contender?.wasmFiles).toEqual([expect.stringMatching(/\.wasm$/)]);
    const pictures = contender?.still.pictures ?? [];
    expect(pictures.map(({ picture }) => picture)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((number) => `sample${number}.jpg`),
      'frame-640x480.png',
    ]);
    for (const { faces } of pictures) expect(faces).toBeGreaterThan(0);
    const { files = [], rawBytes = 0, gzipBytes = 0 } = contender?.download ?? {};
    // What the worker fetched is counted too: the models and the wasm file.
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([expect.stringMatching(/\.onnx$/), expect.stringMatching(/\.wasm$/)]),
    );
    expect(gzipBytes).toBe(files.reduce((sum, { gzip }) => sum + gzip, 0));
    expect(gzipBytes).toBeLessThan(rawBytes);
  });

  it('reads the memory over a soak and after dispose', async () => {
    const report = await run<SoakReport>('--soak', '10', '--only', 'isoface-starter');
    expect(report).toMatchObject({
      suite: 'browser-soak',
      options: { analyses: 10 },
      contenders: [{ name: 'isoface-starter', started: memory, after: { 1: memory, 3: memory, 10: memory }, disposed: memory }],
    });
  });

  it.each([
    ['an unknown contender', ['--only', 'nobody'], /nobody/],
    ['rounds that are no count', ['--rounds', '0'], /whole number/],
  ])('refuses %s', async (_, values, message) => {
    await expect(run(...values)).rejects.toThrow(message);
  });
});
