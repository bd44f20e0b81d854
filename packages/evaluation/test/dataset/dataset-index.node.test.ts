import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetEntry } from '../../src/dataset/dataset-entry.ts';
import { checkEntries, readDatasetIndex, writeDatasetIndex } from '../../src/dataset/dataset-index.ts';
import { indexDirectory } from '../../src/dataset/index-directory.ts';
import { makeFolder, makePicture, makePictures } from './support/temp-folder.ts';

const { signal } = new AbortController();
const HEADER = '{"isofaceDataset":1,"root":".","identities":"none"}';
const SHA256 = 'a'.repeat(64);

const entry = (path: string, rest: Partial<DatasetEntry> = {}): DatasetEntry => ({
  path,
  width: 2,
  height: 3,
  bytes: 4,
  sha256: SHA256,
  ...rest,
});
const line = (path: string): string => JSON.stringify(entry(path));

const readText = (text: string | Uint8Array) => readDatasetIndex(join(makeFolder({ 'index.jsonl': text }), 'index.jsonl'));

describe('writing', () => {
  it('and reading give the same entries, whatever is in their names', async () => {
    const file = join(makeFolder(), 'index.jsonl');
    const entries = ['a.png', 'b/"quoted"\\.png', 'line\nbreak.png', 'u\u2028.png', 'ä/日本.png', '😀.png'].map((path) =>
      entry(path, { identity: path }),
    );
    await writeDatasetIndex(file, entries, { root: 'images', identities: 'folder', count: 6, seed: -3 }, signal);
    const index = await readDatasetIndex(file);
    expect(index.entries).toEqual(entries);
    expect(index.header).toEqual({ root: 'images', identities: 'folder', count: 6, seed: -3 });
    expect(index.root).toBe(join(file, '../images'));
  });

  it('gives the same bytes for the same entries in any order', async () => {
    const folder = makeFolder();
    const entries = ['c', 'a', 'b'].map((path) => entry(path));
    await writeDatasetIndex(join(folder, '1'), entries, { root: folder, identities: 'none' }, signal);
    await writeDatasetIndex(join(folder, '2'), entries.toReversed(), { root: folder, identities: 'none' }, signal);
    expect(readFileSync(join(folder, '1'), 'utf8')).toBe(readFileSync(join(folder, '2'), 'utf8'));
    expect(readFileSync(join(folder, '1'), 'utf8').split('\n')[0]).toBe('{"isofaceDataset":1,"root":".","identities":"none","entries":3}');
  });

  it('names the root relative to the file, so that both can be moved', async () => {
    const folder = makeFolder(await makePictures(['set/images/ada/1.png']));
    const file = join(folder, 'set/lists/index.jsonl');
    const { entries } = await indexDirectory({ directory: join(folder, 'set/images'), identities: 'folder' });
    await writeDatasetIndex(file, entries, { root: join(folder, 'set/images'), identities: 'folder' }, signal);
    expect(readFileSync(file, 'utf8')).not.toContain(folder);
    renameSync(join(folder, 'set'), join(folder, 'moved'));
    const index = await readDatasetIndex(join(folder, 'moved/lists/index.jsonl'));
    expect(index.root).toBe(join(folder, 'moved/images'));
    expect(await checkEntries(index)).toEqual([]);
  });

  it.each([
    ['a path twice', ['a', 'b', 'a']],
    ['a path out of the root', ['../a']],
    ['an absolute path', ['/a']],
  ])('refuses %s', async (_, paths) => {
    const folder = makeFolder();
    const work = writeDatasetIndex(
      join(folder, 'i'),
      paths.map((path) => entry(path)),
      { root: folder, identities: 'none' },
      signal,
    );
    await expect(work).rejects.toMatchObject({ code: 'DATASET_INVALID' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves the old file and nothing else where it fails or is aborted', async () => {
    const folder = makeFolder({ 'index.jsonl': 'old' });
    const reason = new Error('enough');
    const write = (file: string, by: AbortSignal) =>
      writeDatasetIndex(join(folder, file), [entry('a')], { root: folder, identities: 'none' }, by);
    await expect(write('index.jsonl', AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(write('index.jsonl/below', signal)).rejects.toMatchObject({ code: 'IO_FAILED' });
    mkdirSync(join(folder, 'folder'));
    await expect(write('folder', signal)).rejects.toMatchObject({ code: 'IO_FAILED' });
    expect(readdirSync(folder)).toEqual(['folder', 'index.jsonl']);
    expect(readFileSync(join(folder, 'index.jsonl'), 'utf8')).toBe('old');
  });
});

describe('reading', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('accepts %s, empty lines, a byte order mark, any order and unknown fields', async (_, end) => {
    const extra = JSON.stringify({ ...entry('a'), age: 7 });
    const { entries } = await readText(`\ufeff${[HEADER, line('b'), '', extra, ''].join(end)}`);
    expect(entries).toEqual([entry('a'), entry('b')]);
  });

  it('finds the images elsewhere when told to', async () => {
    const file = join(makeFolder({ 'index.jsonl': `${HEADER}\n${line('a')}\n` }), 'index.jsonl');
    expect((await readDatasetIndex(file, { root: '/elsewhere' })).root).toBe(join('/elsewhere'));
  });

  it('puts lines together that arrive in pieces', async () => {
    const paths = Array.from({ length: 3000 }, (_, i) => `${String(i).padStart(5, '0')}-${'é'.repeat(i % 50)}.png`);
    const { entries } = await readText([HEADER, ...paths.map(line)].join('\n'));
    expect(entries.map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    ['no JSON', '{"path":'],
    ['another kind of JSON', '[]'],
    ['null', 'null'],
    ['a field that is missing', JSON.stringify({ path: 'x' })],
    ['a size of 0', JSON.stringify(entry('x', { width: 0 }))],
    ['a size that is no whole number', JSON.stringify(entry('x', { height: 1.5 }))],
    ['a size as text', JSON.stringify({ ...entry('x'), width: '7' })],
    ['a digest that is none', JSON.stringify(entry('x', { sha256: 'A'.repeat(64) }))],
    ['an empty identity', JSON.stringify(entry('x', { identity: '' }))],
    ['the path of another line', line('a')],
    ['no path', line('')],
    ['a path above the root', line('../x')],
    ['a path that goes up on the way', line('a/../../x')],
    ['a Windows path that goes up', line('a\\..\\..\\x')],
    ['an absolute path', line('/etc/passwd')],
    ['an absolute Windows path', line('C:\\x')],
    ['a drive without a slash', line('c:x')],
    ['a network path', line('\\\\server\\x')],
    ['a NUL in the path', line('x\0.png')],
    ['half a character in the path', '{"path":"\\ud800","width":2,"height":3,"bytes":4,"sha256":"'.concat(SHA256, '"}')],
  ])('refuses a line with %s and names it', async (_, bad) => {
    const work = readText([HEADER, line('a'), line('b'), bad, line('c')].join('\n'));
    await expect(work).rejects.toMatchObject({ code: 'DATASET_INVALID', message: expect.stringContaining('line 4'), details: { line: 4 } });
  });

  it('names every bad line', async () => {
    const work = readText([HEADER, 'x', line('a'), 'y', line('a'), 'z'].join('\n'));
    await expect(work).rejects.toMatchObject({
      details: { count: 4, problems: [2, 4, 5, 6].map((at) => expect.objectContaining({ line: at })) },
    });
  });

  it.each([
    ['an empty file', '', /no "isofaceDataset"/],
    ['another file', 'same\tfile1\tfile2\n', /no "isofaceDataset"/],
    ['an entry first', line('a'), /no "isofaceDataset"/],
    ['a version of the future', '{"isofaceDataset":2,"root":"."}', /version 2/],
    ['a header without a root', '{"isofaceDataset":1,"identities":"none"}', /root/],
    ['fewer entries than promised', `{"isofaceDataset":1,"root":".","identities":"none","entries":2}\n${line('a')}`, /Expected 2 entries/],
  ])('refuses %s', async (_, text, message) => {
    await expect(readText(text)).rejects.toMatchObject({ code: 'DATASET_INVALID', message: expect.stringMatching(message) });
  });

  it('refuses bytes that are no UTF-8, and lines without an end', async () => {
    const bytes = Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0xff, 0x0a])]);
    await expect(readText(bytes)).rejects.toMatchObject({ code: 'DATASET_INVALID', details: { line: 2 } });
    await expect(readText(`${HEADER}\n${'x'.repeat(1_200_000)}`)).rejects.toMatchObject({ code: 'DATASET_INVALID', details: { line: 2 } });
  });

  it('refuses what is not there', async () => {
    const folder = makeFolder();
    await expect(readDatasetIndex(join(folder, 'none'))).rejects.toMatchObject({ code: 'IO_FAILED' });
    await expect(readDatasetIndex(folder)).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});

it('finds what became of the files', async () => {
  const directory = makeFolder(await makePictures(['gone.png', 'same.png', 'folder.png', 'longer.png', 'other.png']));
  const { entries } = await indexDirectory({ directory, identities: 'none' });
  const index = { root: directory, entries };
  expect(await checkEntries(index, { contents: true })).toEqual([]);

  for (const name of ['gone.png', 'folder.png']) rmSync(join(directory, name));
  mkdirSync(join(directory, 'folder.png'));
  writeFileSync(join(directory, 'longer.png'), await makePicture(9, { width: 500, height: 300 }));
  const other = readFileSync(join(directory, 'other.png'));
  // The last byte of a PNG's checksum.
  other.writeUInt8((other.at(-1) ?? 0) ^ 1, other.length - 1);
  writeFileSync(join(directory, 'other.png'), other);

  const found = [
    { path: 'folder.png', code: 'unsupported' },
    { path: 'gone.png', code: 'missing' },
    { path: 'longer.png', code: 'changed' },
  ];
  expect(await checkEntries(index)).toMatchObject(found);
  expect(await checkEntries(index, { contents: true })).toMatchObject([...found, { path: 'other.png', code: 'changed' }]);
});
