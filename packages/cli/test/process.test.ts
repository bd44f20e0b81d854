/** The built command as a process of its own: signals, pipes, working directory. Needs `pnpm build:fast`. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoPhoto } from '@isoface/testkit/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');
const photos = [1, 2, 3, 4, 5, 6].map((n) => demoPhoto(`sample${n}.jpg`));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.runIf(existsSync(main))('the built command', () => {
  it('is interrupted by Ctrl-C and leaves no partial file', async () => {
    const argv = ['detect', ...photos, ...photos, ...photos, '--draw', folder, '--ep', 'cpu', '--threads', '1'];
    const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { code, stderr } = await ended(child);
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted by SIGINT.');
    const names = await readdir(folder);
    expect(names.length).toBeLessThan(photos.length * 3);
    for (const name of names) expect(name).toMatch(/\.faces\.jpg$/);
  });

  it('is interrupted while models are opened', async () => {
    const child = spawn(process.execPath, [main, 'detect', ...photos, '--ep', 'cpu', '--threads', '1', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    setTimeout(() => child.kill('SIGINT'), 700);
    const { code, stdout } = await ended(child);
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INTERRUPTED' } });
  });

  it('stops without noise when its reader goes away', async () => {
    const child = spawn(process.execPath, [main, 'detect', ...photos, '--ep', 'cpu', '--threads', '1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended(child);
    expect(code).toBe(141);
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
  });

  it('resolves paths against ISOFACE_CWD', async () => {
    const child = spawn(process.execPath, [main, 'detect', 'sample1.jpg', '--ep', 'cpu', '--threads', '1', '--json'], {
      cwd: folder,
      env: { ...process.env, ISOFACE_CWD: dirname(photos[0] as string) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, stdout } = await ended(child);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ images: [{ input: 'sample1.jpg', width: 1920 }] });
  });
});

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}
