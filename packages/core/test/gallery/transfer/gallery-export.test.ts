import type { StoredIdentity } from '@isoface/core/gallery';
import { describe, expect, it } from 'vitest';
import { computeCrc32 } from '../../../src/checksum/crc32.ts';
import type { ExportFormat } from '../../../src/gallery/gallery.ts';
import { decodeExport, encodeExport } from '../../../src/gallery/transfer/gallery-export.ts';
import {
  collect,
  decodeAll,
  encodeAll,
  FORMATS,
  HEADER,
  join,
  PEOPLE,
  person,
  SEALED_HEADER,
  sealed,
  stream,
  toBytes,
  toText,
} from './sample-gallery.ts';

/** Cuts bytes into pieces of a size. All pieces are one and the same memory, as some sources give them. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    memory.fill(0xee);
    memory.set(part);
    yield memory.subarray(0, part.length);
  }
}

describe.each(FORMATS)('exports as %s', (format) => {
  const galleries: readonly (readonly [string, readonly StoredIdentity[], typeof HEADER])[] = [
    ['people', PEOPLE, HEADER],
    ['nobody', [], HEADER],
    ['encrypted people', [sealed('ada'), sealed('bob')], SEALED_HEADER],
    ['an encrypted gallery of nobody', [], SEALED_HEADER],
    ['details that are no JSON of ours', [{ ...person('ada'), details: toBytes('{ "b": 1.0,\n"b": 2 }') }], HEADER],
    ['details that are no JSON at all', [{ ...person('ada'), details: Uint8Array.of(0xff, 0, 0x80) }], HEADER],
    ['details that are no object', [{ ...person('ada'), details: toBytes('"AAAA"') }], HEADER],
    ['no details', [{ ...person('ada'), details: new Uint8Array() }], HEADER],
    ['details with the name __proto__', [person('ada', 1, JSON.parse('{"metadata":{"__proto__":{"x":1}}}'))], HEADER],
    ['details with half a character', [person('ada', 1, { metadata: { '\ud800': '\udfff' } })], HEADER],
    ['details of many levels', [{ ...person('ada'), details: toBytes(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) }], HEADER],
    ['details with line ends', [person('ada', 1, { metadata: { note: 'a\nb\r\nc\u2028\u0000' } })], HEADER],
    ['an id with a name of 256 characters', [person('ß'.repeat(256))], HEADER],
  ];
  it.each(galleries)('come back with %s, byte for byte', async (_, people, header) => {
    expect(await decodeAll(await encodeAll(format, people, header))).toEqual({ format, header, people });
  });

  it.each([1, 2, 3, 7, 41, 4096])('may come in pieces of %i bytes', async (size) => {
    const { people } = await decodeAll(inPieces(await encodeAll(format), size));
    expect(people).toEqual(PEOPLE);
  });

  it('may come as an iterable with empty pieces', async () => {
    const bytes = await encodeAll(format);
    const { people } = await decodeAll([new Uint8Array(), bytes.subarray(0, 5), new Uint8Array(), bytes.subarray(5), new Uint8Array()]);
    expect(people).toEqual(PEOPLE);
  });

  it('are made and read one identity at a time', async () => {
    const log: string[] = [];
    const source = async function* (): AsyncGenerator<StoredIdentity> {
      for (let i = 0; i < 3; i++) {
        log.push(`give ${i}`);
        yield person(`person ${i}`);
      }
    };
    const { identities } = await decodeExport(encodeExport(format, HEADER, source()));
    let read = 0;
    for await (const _ of identities) log.push(`read ${read++}`);
    // The first bytes are looked at before the header is read, which may take an identity or two.
    const leads = log
      .map((_, i) => log.slice(0, i + 1))
      .map((past) => past.filter((entry) => entry.startsWith('give')).length - past.filter((entry) => entry.startsWith('read')).length);
    expect(log).toHaveLength(6);
    expect(Math.max(...leads)).toBeLessThan(3);
  });

  it('close their source when the reader leaves', async () => {
    let isClosed = false;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* inPieces(await encodeAll(format), 700);
      } finally {
        isClosed = true;
      }
    };
    const { identities } = await decodeExport(source());
    for await (const _ of identities) break;
    expect(isClosed).toBe(true);
  });

  it('pass on what their source throws', async () => {
    const failure = new RangeError('The disk is gone.');
    const failing = async function* (): AsyncGenerator<never> {
      yield* [];
      throw failure;
    };
    await expect(collect(encodeExport(format, HEADER, failing()))).rejects.toBe(failure);
    const bytes = await encodeAll(format);
    const half = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, bytes.length >> 1);
      throw failure;
    };
    await expect(decodeAll(half())).rejects.toBe(failure);
  });
});

describe('exports as lines', () => {
  const rewritten: readonly (readonly [string, (text: string) => string])[] = [
    ['Windows line ends', (text) => text.replaceAll('\n', '\r\n')],
    ['no line end at the end', (text) => text.trimEnd()],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['empty lines', (text) => `${text.replaceAll('\n', '\n\n\r\n')}\n\n`],
  ];
  it.each(rewritten)('may have %s', async (_, rewrite) => {
    const bytes = toBytes(rewrite(toText(await encodeAll('jsonl'))));
    expect((await decodeAll(bytes)).people).toEqual(PEOPLE);
    expect((await decodeAll(inPieces(bytes, 1))).people).toEqual(PEOPLE);
  });

  it('can be read by people and programs', async () => {
    const lines = toText(await encodeAll('jsonl', [person('ada')])).split('\n');
    const [header, ada, end, rest] = lines.map((line) => (line === '' ? line : JSON.parse(line)));
    const { formatVersion, ...facts } = HEADER;
    const crc32 = expect.stringMatching(/^[0-9a-f]{8}$/);
    expect(header).toEqual({ format: 'isoface-gallery', version: formatVersion, ...facts, crc32 });
    expect(ada).toEqual({
      id: 'ada',
      details: { metadata: { name: 'ada' } },
      templates: [{ id: 1, vector: expect.stringMatching(/^[\w+/]{22}==$/), details: expect.objectContaining({ source: 'straße 1.jpg' }) }],
      crc32,
    });
    expect(end).toEqual({ end: true, identities: 1, crc32 });
    expect(rest).toBe('');
  });

  it('have running checksums, as they are described', async () => {
    let covered = '';
    for (const line of toText(await encodeAll('jsonl'))
      .trimEnd()
      .split('\n')) {
      covered += line.slice(0, line.lastIndexOf(',"crc32"'));
      expect(JSON.parse(line)).toMatchObject({ crc32: computeCrc32(toBytes(covered)).toString(16).padStart(8, '0') });
    }
  });

  it('do not show what an encrypted gallery keeps', async () => {
    const details = toBytes('{"looks":"like JSON"}');
    const text = toText(await encodeAll('jsonl', [{ ...sealed('ada'), details }], SEALED_HEADER));
    expect(text).not.toContain('looks');
  });

  it('refuse an identity that no line can hold', async () => {
    const template = { vector: new Uint8Array(16_384), details: new Uint8Array() };
    const large = { ...person('ada'), templates: Array.from({ length: 5_000 }, (_, i) => ({ ...template, id: i + 1 })) };
    const encoding = collect(encodeExport('jsonl', HEADER, stream([large])));
    await expect(encoding).rejects.toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('binary format') });
  });
});

describe('encodeExport', () => {
  it('refuses a format that it does not know', () => {
    const encode = (): unknown => encodeExport('xml' as ExportFormat, HEADER, stream(PEOPLE));
    expect(encode).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('"xml"') }));
  });
});

describe('decodeExport', () => {
  const sources: readonly (readonly [string, unknown])[] = [
    ['a text', 'isoface'],
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object', {}],
    ['pieces of text', ['isoface']],
    ['numbers', [1, 2, 3]],
  ];
  it.each(sources)('refuses %s in place of bytes', async (_, source) => {
    await expect(decodeExport(source as Uint8Array)).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option: 'bytes' } });
  });

  it('takes bytes that lie inside a larger array', async () => {
    for (const format of FORMATS) {
      const bytes = await encodeAll(format);
      const { people } = await decodeAll(join([Uint8Array.of(1, 2, 3), bytes, Uint8Array.of(4)]).subarray(3, -1));
      expect(people).toEqual(PEOPLE);
    }
  });
});
