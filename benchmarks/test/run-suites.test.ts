/** The harness: what was measured is kept, whatever happens next. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BenchOptions } from '../src/run/bench-options.ts';
import { openRunFolder } from '../src/run/run-folder.ts';
import { readRun } from '../src/run/run-record.ts';
import { runSuites } from '../src/run/run-suites.ts';
import type { MeasuredPiece, Piece, Suite } from '../src/run/suite.ts';

const OPTIONS: BenchOptions = {
  runtimes: undefined,
  packs: undefined,
  dataset: '/somewhere/private/lfw.jsonl',
  data: undefined,
  modelsDir: '/somewhere/private/models',
  rounds: 1,
  warmup: 0,
  quick: true,
};
const IDENTITY = { format: 1, options: { suites: 'fruit' } } as const;

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'isoface-run-')), 'run');
});

afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
});

/** A suite whose pieces give numbers, and whose report says which it got. */
function fruitSuite(pieces: readonly Piece<number>[], isDisposed = { value: false }): Suite<unknown> {
  return {
    name: 'fruit',
    title: 'Fruit',
    description: 'for tests',
    minutes: { whole: 1, quick: 0.01 },
    plan: async () => ({
      pieces,
      notMeasured: [{ name: 'durian', reason: 'Not allowed in here.' }],
      async dispose() {
        isDisposed.value = true;
      },
    }),
    report: (measured: readonly MeasuredPiece<unknown>[]) => ({
      series: measured.map(({ name, value }) => ({ key: name, piece: name, unit: 'ms', better: 'lower', samples: [value as number] })),
      findings: [],
      charts: [],
      tables: [],
      csv: { columns: ['name', 'value'], rows: measured.map(({ name, value }) => [name, value as number]) },
    }),
  };
}

function piece(name: string, measure: Piece<number>['measure']): Piece<number> {
  return { name, measure };
}

async function run(suite: Suite<unknown>, { signal = new AbortController().signal, isResumed = false } = {}) {
  const notes: string[] = [];
  const records = await runSuites([suite], {
    options: OPTIONS,
    minutes: undefined,
    folder: await openRunFolder(folder, IDENTITY, isResumed),
    signal,
    onProgress: (message) => notes.push(message),
  });
  return { record: records[0], notes };
}

describe('runSuites', () => {
  it('writes a record and the rows, and says under which conditions', async () => {
    const isDisposed = { value: false };
    const { record } = await run(fruitSuite([piece('apple', async () => 3), piece('pear', async () => 5)], isDisposed));
    expect(record).toMatchObject({
      format: 1,
      suite: 'fruit',
      status: 'complete',
      conditions: { machine: { cores: expect.any(Number) }, options: { quick: true, dataset: 'lfw.jsonl', hasLabelledData: false } },
      notMeasured: [{ name: 'durian', reason: 'Not allowed in here.' }],
      failures: [],
    });
    expect(record?.pieces.map(({ name, yardstickMs }) => [name, yardstickMs.length])).toEqual([
      ['apple', 15],
      ['pear', 15],
    ]);
    expect((await readRun(folder)).suites).toEqual([JSON.parse(JSON.stringify(record))]);
    expect(await readFile(join(folder, 'fruit.csv'), 'utf8')).toBe('name,value\r\napple,3\r\npear,5\r\n');
    expect(JSON.stringify(record)).not.toContain('private');
    expect(isDisposed.value).toBe(true);
  });

  it('keeps what was measured before an interruption, marks it, and goes on from there', async () => {
    const controller = new AbortController();
    let pears = 0;
    const apple = piece('apple', async () => 3);
    const interrupted = piece('pear', async ({ signal }) => {
      controller.abort(new Error('Interrupted.'));
      signal.throwIfAborted();
      return 5;
    });
    const isDisposed = { value: false };
    const { record } = await run(fruitSuite([apple, interrupted], isDisposed), { signal: controller.signal });
    expect(record).toMatchObject({ status: 'partial', failures: [], report: { series: [{ key: 'apple', samples: [3] }] } });
    expect(isDisposed.value).toBe(true);

    const never = piece('apple', () => Promise.reject(new Error('It was measured already.')));
    const pear = piece('pear', async () => {
      pears++;
      return 5;
    });
    const resumed = await run(fruitSuite([never, pear]), { isResumed: true });
    expect(resumed.record).toMatchObject({ status: 'complete', failures: [] });
    expect(resumed.record?.report.series.map(({ samples }) => samples)).toEqual([[3], [5]]);
    expect(pears).toBe(1);
  });

  it('measures a piece again whose file was cut short', async () => {
    await run(fruitSuite([piece('apple', async () => 3)]));
    const file = join(folder, 'fruit.pieces', 'apple.json');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 20));
    const { record } = await run(fruitSuite([piece('apple', async () => 4)]), { isResumed: true });
    expect(record?.report.series[0]?.samples).toEqual([4]);
  });

  it('goes on after a piece that fails, and names it', async () => {
    const { record, notes } = await run(
      fruitSuite([piece('apple', () => Promise.reject(new Error('A worm.'))), piece('pear', async () => 5)]),
    );
    expect(record).toMatchObject({ status: 'partial', failures: [{ piece: 'apple', message: 'A worm.' }] });
    expect(record?.report.series.map(({ key }) => key)).toEqual(['pear']);
    expect(notes.join('\n')).toMatch(/apple failed: A worm\./);
  });

  it('gives each piece its share of the time, and what others left', async () => {
    const given: number[] = [];
    const quick = (name: string, weight: number): Piece<number> => ({
      name,
      weight,
      async measure({ timeLeftMs }) {
        given.push(timeLeftMs());
        return 1;
      },
    });
    await run(fruitSuite([quick('apple', 1), quick('pear', 3), quick('plum', 2)]));
    // 600 ms by the suite's own count; the yardstick takes some of each share.
    expect(given[0]).toBeLessThanOrEqual(100);
    expect(given[1]).toBeGreaterThan(given[0] as number);
    expect(given[1]).toBeLessThanOrEqual(360);
    expect(given[2]).toBeLessThanOrEqual(600);
  });

  it('stops when its folder can no longer be written, and leaves what is there', async () => {
    const pieces = [
      piece('apple', async () => 3),
      piece('pear', async () => {
        // No room for the next file: where the folder was there is a file now.
        await rm(join(folder, 'fruit.pieces'), { recursive: true });
        await writeFile(join(folder, 'fruit.pieces'), '');
        return 5;
      }),
    ];
    await expect(run(fruitSuite(pieces))).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringMatching(/Cannot write/) });
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['run.json']));
  });
});

describe.skipIf(!canMount())('a disk that is full (needs the right to mount)', () => {
  it('ends the run with a clear error; what was measured before stays, and the run goes on when there is room', async () => {
    await mkdir(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    try {
      const apple = piece('apple', async () => 3);
      const large = { ...piece('pear', async () => 5), measure: async () => 'x'.repeat(1 << 20) as unknown as number };
      await expect(run(fruitSuite([apple, large]))).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringMatching(/ENOSPC/) });
      expect(await readdir(join(folder, 'fruit.pieces'))).toEqual(['apple.json']);
      execFileSync('mount', ['-o', 'remount,size=8m', folder]);
      const { record } = await run(fruitSuite([apple, piece('pear', async () => 5)]), { isResumed: true });
      expect(record).toMatchObject({ status: 'complete', failures: [] });
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });
});

describe('openRunFolder', () => {
  it.each([
    ['a run that is there, without --resume', async () => void (await openRunFolder(folder, IDENTITY, false)), IDENTITY, false, /--resume/],
    [
      'a run that was made with other options',
      async () => void (await openRunFolder(folder, IDENTITY, false)),
      { format: 1, options: { suites: 'nuts' } } as const,
      true,
      /others for suites/,
    ],
    ['--resume without a run', async () => {}, IDENTITY, true, /leave out --resume/],
    [
      'a folder with other files',
      async () => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'letter.txt'), 'Dear');
      },
      IDENTITY,
      false,
      /new or empty folder/,
    ],
  ])('refuses %s', async (_, prepare, identity, isResumed, message) => {
    await prepare();
    await expect(openRunFolder(folder, identity, isResumed)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(message),
    });
  });
});

describe('readRun', () => {
  it.each([
    ['a folder that is missing', async () => {}, 'IO_FAILED', /Cannot read/],
    [
      'a folder without records',
      async () => {
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'a.json'), '{"format": 1}');
        await writeFile(join(folder, 'b.json'), '{"format":');
      },
      'DATASET_INVALID',
      /found none/,
    ],
  ])('refuses %s', async (_, prepare, code, message) => {
    await prepare();
    await expect(readRun(folder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'isoface-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', ['-l', probe], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
