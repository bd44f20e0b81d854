/** Galleries with the built command as a process of its own: Ctrl-C, and pipes. Needs `pnpm build:fast`. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoPhoto } from '@isoface/testkit/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

const main = join(dirname(fileURLToPath(import.meta.url)), '../dist/main.js');
const PEOPLE = 20;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-gallery-process-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.runIf(existsSync(main))('the built command', () => {
  it('keeps who is enrolled when it is interrupted, goes on from there, and sends galleries through pipes', async () => {
    for (let i = 0; i < PEOPLE; i++) {
      await mkdir(join(folder, 'photos', `person ${i}`), { recursive: true });
      await copyFile(demoPhoto('sample1.jpg'), join(folder, 'photos', `person ${i}`, '1.jpg'));
    }
    const choice = ['--several-faces', 'most-prominent', '--duplicates', 'ignore', ...ENGINE];
    const enrolment = start('enrol', '--from', 'photos', '--gallery', 'people.gallery', ...choice);
    // The gallery is there as soon as people are about to be enrolled.
    enrolment.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('New gallery')) setTimeout(() => enrolment.kill('SIGINT'), 400);
    });
    const interrupted = await ended(enrolment);
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(new RegExp(`\\d+ of ${PEOPLE} people are done.*the same command goes on from there`));
    const said = Number(/(\d+) of \d+ people are done/.exec(interrupted.stderr)?.[1]);
    expect(said).toBeLessThan(PEOPLE);
    const kept = await countPeople('people.gallery');
    // Somebody may have become durable while the others were told to stop; nobody who was reported is missing.
    expect(kept).toBeGreaterThanOrEqual(said);

    const rest = await runInProcess(['enrol', '--from', 'photos', '--gallery', 'people.gallery', ...choice, '--json'], { cwd: folder });
    expect(rest.exitCode, rest.stderr + rest.stdout).toBe(0);
    expect(parseDocument(rest)).toMatchObject({ people: PEOPLE, present: kept, enrolled: PEOPLE - kept, photos: { skipped: kept } });

    const sender = start('gallery', 'export', '-', '--gallery', 'people.gallery');
    const receiver = start('gallery', 'import', '-', '--gallery', 'copy.gallery', ...ENGINE);
    if (sender.stdout !== null && receiver.stdin !== null) sender.stdout.pipe(receiver.stdin);
    const [sent, received] = await Promise.all([ended(sender, false), ended(receiver)]);
    expect([sent.code, received.code], sent.stderr + received.stderr).toEqual([0, 0]);
    expect(received.stdout).toMatch(new RegExp(`^${PEOPLE} people added`));
    expect(await countPeople('copy.gallery')).toBe(PEOPLE);
  });
});

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [main, ...argv], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function countPeople(gallery: string): Promise<number> {
  const run = await runInProcess(['gallery', 'list', '--gallery', gallery, '--json'], { cwd: folder });
  return parseDocument<{ identities: unknown[] }>(run).identities.length;
}

function ended(child: ChildProcess, readsOutput = true): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  if (readsOutput)
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}
