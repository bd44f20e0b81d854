/** The built command, killed while it measures. Needs `npm run build:fast`. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VerificationResult } from '@isoface/evaluation';
import { hasSharedData } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyPeople } from './support/copy-people.ts';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

const main = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');
const ARGV = ['eval', 'verify', '--protocol', 'all-vs-all', '--data', 'photos', '--fmr', '1e-1', '--rounds', '20', '--json', ...ENGINE];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-killed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function countKept(): Promise<number> {
  const cache = join(folder, 'cache');
  const files = await readdir(cache).catch(() => []);
  const texts = await Promise.all(files.map((file) => readFile(join(cache, file), 'utf8')));
  return texts.join('').split('\n').length - 1;
}

describe.runIf(hasSharedData && existsSync(main))('isoface eval', () => {
  it('goes on after it was killed, and ends with what an undisturbed run finds', async () => {
    await copyPeople(join(folder, 'photos'), 30, 0);
    const child = spawn(process.execPath, [main, ...ARGV, '--cache', 'cache'], { cwd: folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    while (child.exitCode === null && (await countKept()) < 8) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');

    const kept = await countKept();
    const resumed = parseDocument<VerificationResult>(await runInProcess([...ARGV, '--cache', 'cache', '--resume'], { cwd: folder }));
    expect(resumed.imagesFromCache).toBeGreaterThanOrEqual(8);
    expect(resumed.imagesFromCache).toBeLessThanOrEqual(kept);
    expect(resumed.imagesFromCache).toBeLessThan(60);
    const undisturbed = parseDocument<VerificationResult>(await runInProcess([...ARGV, '--no-cache'], { cwd: folder }));
    expect(undisturbed.imagesFromCache).toBe(0);
    for (const field of ['auc', 'eer', 'tarAtFmr', 'fta', 'pairsCovered', 'worstPairs'] as const)
      expect(resumed[field]).toEqual(undisturbed[field]);
  });
});
