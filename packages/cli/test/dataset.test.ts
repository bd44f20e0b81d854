import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { parseDocument, runInProcess } from './support/run-in-process.ts';

interface IndexDocument {
  readonly out?: string;
  readonly root: string;
  readonly images: number;
  readonly people: number;
  readonly problemCounts: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly path: string; readonly code: string; readonly message: string }[];
  readonly error?: { readonly code: string };
}

const picture = (seed: number): Promise<Buffer> =>
  sharp({ create: { width: 8, height: 6, channels: 3, background: { r: seed, g: 0, b: 0 } } })
    .png()
    .toBuffer();

async function makeFolder(files: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'isoface-cli-dataset-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [i, [path, text]] of Object.entries(files).entries()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text ?? (await picture(i)));
  }
  return folder;
}

const makeSet = (): Promise<string> =>
  makeFolder({ 'set/ada/1.png': undefined, 'set/ada/2.png': undefined, 'set/bob/1.png': undefined, 'set/bob/notes\u001b[2J.txt': 'text' });

it('writes an index and counts what it left out', async () => {
  const cwd = await makeSet();
  const { exitCode, stdout, stderr } = await runInProcess(['dataset', 'index', 'set', '--out', 'lists/set.jsonl'], { cwd });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('3 images of 2 people');
  expect(stderr).toMatch(/1 {2}unsupported/);
  // What a terminal would obey is shown, not sent.
  expect(stderr).toContain('notes\\x1b[2J.txt');
  expect(`${stdout}${stderr}`).not.toContain('\u001b');
  const [header, first, ...rest] = readFileSync(join(cwd, 'lists/set.jsonl'), 'utf8').trimEnd().split('\n');
  expect(header).toBe('{"isofaceDataset":1,"root":"../set","identities":"folder","entries":3}');
  expect(JSON.parse(first ?? '')).toMatchObject({ path: 'ada/1.png', identity: 'ada', width: 8, height: 6 });
  expect(rest).toHaveLength(2);
});

it('describes it as one document', async () => {
  const cwd = await makeSet();
  const run = await runInProcess(['dataset', 'index', 'set', '--out', 'set.jsonl', '--identities', 'none', '--json', '--quiet'], { cwd });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(parseDocument<IndexDocument>(run)).toMatchObject({
    out: join(cwd, 'set.jsonl'),
    root: join(cwd, 'set'),
    identities: 'none',
    images: 3,
    people: 0,
    problemCounts: { 'bad-name': 1, unsupported: 1 },
    problems: [
      { path: 'bob/notes\u001b[2J.txt', code: 'bad-name' },
      { path: 'bob/notes\u001b[2J.txt', code: 'unsupported' },
    ],
  });
});

it('gives the same bytes twice, also where the index lies among the images', async () => {
  const cwd = await makeSet();
  const index = async (): Promise<string> => {
    const { exitCode } = await runInProcess(['dataset', 'index', 'set', '--out', 'set/a.jsonl', '--count', '2', '--seed', '5'], { cwd });
    expect(exitCode).toBe(0);
    return readFileSync(join(cwd, 'set/a.jsonl'), 'utf8');
  };
  const first = await index();
  expect(first.split('\n')[0]).toBe('{"isofaceDataset":1,"root":".","identities":"folder","count":2,"seed":5,"entries":2}');
  expect(await index()).toBe(first);
});

it.each([
  ['a folder without an image', { 'set/a.txt': 'text' }, 'DATASET_INVALID'],
  ['no folder', {}, 'IO_FAILED'],
])('fails for %s and writes nothing', async (_, files, code) => {
  const cwd = await makeFolder(files);
  const run = await runInProcess(['dataset', 'index', 'set', '--out', 'set.jsonl', '--json'], { cwd });
  expect(run.exitCode).toBe(2);
  expect(parseDocument<IndexDocument>(run).error).toMatchObject({ code });
  expect(existsSync(join(cwd, 'set.jsonl'))).toBe(false);
  const plain = await runInProcess(['dataset', 'index', 'set', '--out', 'set.jsonl'], { cwd });
  expect(plain).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(code) });
});

it('does not replace a file that is no index', async () => {
  const cwd = await makeSet();
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(cwd, 'pipe')]);
  mkdirSync(join(cwd, 'folder'));
  for (const out of ['set/ada/1.png', 'folder', ...(process.platform === 'win32' ? [] : ['pipe'])]) {
    const run = await runInProcess(['dataset', 'index', 'set', '--out', out, '--json'], { cwd });
    expect(run.exitCode).toBe(2);
    expect(parseDocument<IndexDocument>(run).error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'out' } });
  }
  expect((await sharp(join(cwd, 'set/ada/1.png')).metadata()).format).toBe('png');
});

it.each([
  ['no --out', ['set'], /--out/],
  ['a count of 0', ['set', '--out', 'a', '--count', '0'], /at least 1/],
  ['a count that is no number', ['set', '--out', 'a', '--count', 'all'], /at least 1/],
  ['half a seed', ['set', '--out', 'a', '--seed', '0.5'], /whole number/],
  ['another source of identities', ['set', '--out', 'a', '--identities', 'file'], /folder, none/],
])('refuses %s', async (_, argv, message) => {
  const { exitCode, stderr } = await runInProcess(['dataset', 'index', ...argv]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});

it('documents its exit codes', async () => {
  const { exitCode, stdout } = await runInProcess(['dataset', 'index', '--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Exit codes?:/);
});

it('can be interrupted', async () => {
  const cwd = await makeSet();
  const { exitCode } = await runInProcess(['dataset', 'index', 'set', '--out', 'set.jsonl'], { cwd, signal: AbortSignal.abort() });
  expect(exitCode).toBe(130);
  expect(existsSync(join(cwd, 'set.jsonl'))).toBe(false);
});
