import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/dataset/read-text.ts';
import { makeFolder } from './support/temp-folder.ts';

const read = (content: Uint8Array | string) => readLines(join(makeFolder({ 'labels.txt': content }), 'labels.txt'));

function toUtf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

describe('lines', () => {
  it.each([
    ['LF', 'a\nb\nc\n', ['a', 'b', 'c']],
    ['CRLF', 'a\r\nb\r\nc\r\n', ['a', 'b', 'c']],
    ['CR', 'a\rb\rc\r', ['a', 'b', 'c']],
    ['mixed ends', 'a\r\nb\nc\rd', ['a', 'b', 'c', 'd']],
    ['no end at the last line', 'a\nb', ['a', 'b']],
    ['empty lines, which count', '\na\n\nb\n', ['', 'a', '', 'b']],
    ['LF before CR: an empty line', 'a\n\rb', ['a', '', 'b']],
    ['blanks and tabs at the ends', 'a \t \nb\t\n  c', ['a', 'b', '  c']],
    ['only blanks', ' \n\t\n', ['', '']],
    ['nothing', '', []],
    ['U+2028, which ends no line', 'a\u2028b\n', ['a\u2028b']],
    ['a byte order mark', '\ufeffa\nb', ['a', 'b']],
  ])('%s', async (_, text, lines) => {
    const { problems, ...rest } = await read(text);
    expect(rest).toEqual({ lines, encoding: 'utf-8' });
    expect(problems).toEqual([]);
  });
});

describe('encodings', () => {
  it.each([
    ['UTF-8', Buffer.from('Zoë\nŁukasz'), 'utf-8', ['Zoë', 'Łukasz']],
    ['UTF-16, little end first', toUtf16('Zoë\r\nŁukasz', 'le'), 'utf-16le', ['Zoë', 'Łukasz']],
    ['UTF-16, big end first', toUtf16('Zoë\r\nŁukasz', 'be'), 'utf-16be', ['Zoë', 'Łukasz']],
  ])('%s is known', async (_, bytes, encoding, lines) => {
    expect(await read(bytes)).toEqual({ lines, encoding, problems: [] });
  });

  it('Latin-1 is a guess, and said to be one', async () => {
    const { lines, encoding, problems } = await read(Buffer.from('Ada\nZo\xeb\n', 'latin1'));
    expect({ lines, encoding }).toEqual({ lines: ['Ada', 'Zoë'], encoding: 'windows-1252' });
    expect(problems).toMatchObject([{ path: 'labels.txt', code: 'assumed-encoding', line: 2 }]);
  });

  it.each([
    ['UTF-16 without a byte order mark', Buffer.from('Ada', 'utf16le')],
    ['a binary file', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10])],
    ['half a UTF-16 character', Buffer.from([0xff, 0xfe, 0x41])],
    ['a lone UTF-16 surrogate', Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00])],
  ])('%s is refused', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });
});

describe('what is no label file', () => {
  it('is refused: missing, a folder, too large', async () => {
    const folder = makeFolder({ 'large.txt': '' });
    truncateSync(join(folder, 'large.txt'), 300 * 1024 * 1024);
    await expect(readLines(join(folder, 'none.txt'))).rejects.toMatchObject({ code: 'IO_FAILED', details: { reason: 'ENOENT' } });
    await expect(readLines(folder)).rejects.toMatchObject({ code: 'IO_FAILED' });
    await expect(readLines(join(folder, 'large.txt'))).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it.skipIf(process.platform === 'win32')('is refused without waiting for it: a pipe', async () => {
    const folder = makeFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(readLines(join(folder, 'pipe'))).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});

it('can be aborted', async () => {
  const reason = new Error('enough');
  const file = join(makeFolder({ 'a.txt': 'a' }), 'a.txt');
  await expect(readLines(file, AbortSignal.abort(reason))).rejects.toBe(reason);
});
