import { type GalleryHeader, normalizeIdentityId, type StoredIdentity } from '@isoface/core/gallery';
import { describe, expect, it } from 'vitest';
import { computeCrc32 } from '../../../src/checksum/crc32.ts';
import { FILE_MAGIC, HEAD_BYTES, PREAMBLE_BYTES, readHead, writeHead } from '../../../src/gallery/format/frame-layout.ts';
import { encodeFrame } from '../../../src/gallery/format/frames.ts';
import {
  decodeAll,
  encodeAll,
  FORMATS,
  HEADER,
  join,
  PEOPLE,
  person,
  SEALED_HEADER,
  sealed,
  toBytes,
  toText,
  toVectorBytes,
} from './sample-gallery.ts';

const failing = async (bytes: Uint8Array): Promise<{ readonly code: string; readonly message: string; readonly details: object }> => {
  try {
    await decodeAll(bytes);
  } catch (error) {
    return error as { readonly code: string; readonly message: string; readonly details: object };
  }
  throw new Error('Expected the export to be refused, and it was not.');
};

describe('decodeExport says what bytes look like that are no export', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const foreign: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ['nothing at all', new Uint8Array()],
    ['a PNG image', png],
    ['a JPEG image', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
    ['a gzip archive', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['a ZIP archive', toBytes('PK\x03\x04…')],
    ['a PDF document', toBytes('%PDF-1.7')],
    ['an SQLite database', toBytes('SQLite format 3\0')],
    ['a NumPy array', join([Uint8Array.of(0x93), toBytes('NUMPY')])],
    ['text in UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0)],
    ['an HTML page', toBytes('\n  <!DOCTYPE html><title>404</title>')],
    ['an XML document', toBytes('\ufeff<?xml version="1.0"?>')],
    ['a CSV table', toBytes('name,photo\nada,ada.jpg\n')],
    ['JSON of another kind', toBytes('{"format":"other"}')],
    ['a text', toBytes('Dear Ada\n')],
    ['a file of empty bytes', new Uint8Array(4096)],
    ['a tar archive', join([toBytes('a'.repeat(257)), toBytes('ustar'), new Uint8Array(9)])],
    ['an AVIF or HEIC image', Uint8Array.of(0, 0, 0, 28, 0x66, 0x74, 0x79, 0x70)],
    ['binary data', Uint8Array.of(7, 1, 2)],
  ];
  it.each(foreign)('%s', async (name, bytes) => {
    expect(await failing(bytes)).toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining(`looks like ${name}`) });
  });
});

describe.each(FORMATS)('decodeExport refuses, as %s,', (format) => {
  const people: readonly (readonly [string, readonly StoredIdentity[], string])[] = [
    ['an identity that comes twice', [...PEOPLE, person('ada')], '"ada" twice'],
    ['an empty id', [{ ...person('ada'), id: ' ' }], 'id of 1 to 256'],
    ['an id with a control character', [person('a\u0007')], 'U+0007'],
    ['an id in another normal form', [person('a\u0308')], 'normal form C'],
    ['an id that is too long', [person('x'.repeat(257))], '257 characters'],
    ['a vector that is too short', [withVector(toVectorBytes([1, 2, 3]))], '16 bytes of numbers, got 12'],
    ['a vector that is too long', [withVector(toVectorBytes([1, 2, 3, 4, 5]))], 'got 20'],
    ['a vector of half a number', [withVector(new Uint8Array(14).fill(1))], 'got 14'],
    ['no vector', [withVector(new Uint8Array())], 'got 0'],
    ['a vector of zeros', [withVector(toVectorBytes([0, 0, 0, 0]))], 'not all zero'],
    ['a vector with NaN', [withVector(toVectorBytes([1, Number.NaN, 0, 0]))], 'finite numbers'],
    ['a vector with an infinite number', [withVector(toVectorBytes([1, 2, 3, Number.NEGATIVE_INFINITY]))], 'finite numbers'],
    ['a template of a number that an index cannot keep', [withTemplateIds([2 ** 31])], 'up to 2147483647'],
  ];
  it.each(people)('%s', async (_, identities, message) => {
    const bytes = await encodeAll(format, identities);
    const place = format === 'binary' ? { byte: expect.any(Number) } : { line: identities.length + 1 };
    expect(await failing(bytes)).toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining(message), details: place });
  });

  it('bytes that are cut off anywhere', async () => {
    const bytes = await encodeAll(format, [person('ada')]);
    // Without its final line end a text is whole.
    const end = format === 'jsonl' ? bytes.length - 1 : bytes.length;
    for (let length = 0; length < end; length++) {
      expect(await failing(bytes.subarray(0, length)), `${length} bytes`).toMatchObject({ code: 'GALLERY_DAMAGED' });
    }
  });

  it('a flipped bit in any byte', async () => {
    const bytes = await encodeAll(format, [person('ada')]);
    for (let i = 0; i < bytes.length; i++) {
      const flipped = bytes.slice();
      flipped[i] = (flipped[i] as number) ^ (1 << (i % 8));
      const { code } = await failing(flipped);
      // A damaged version may look like a later one.
      expect(['GALLERY_DAMAGED', 'GALLERY_UNSUPPORTED'], `byte ${i}`).toContain(code);
    }
  });

  it('anything behind the end', async () => {
    const bytes = await encodeAll(format);
    for (const more of [toBytes('x'), toBytes('{"end":true}'), Uint8Array.of(0), bytes]) {
      expect(await failing(join([bytes, more]))).toMatchObject({ code: 'GALLERY_DAMAGED' });
    }
  });
});

describe('decodeExport refuses, as lines,', () => {
  const good = JSON.parse(JSON.stringify(toRecord(person('ada')))) as Record<string, unknown>;
  const template = (good['templates'] as object[])[0];
  const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  const records: readonly (readonly [string, string | object, string])[] = [
    ['another record', { name: 'ada' }, '{ id, details, templates }'],
    ['a list', [1], 'expected JSON'],
    ['a further field', { ...good, more: 1 }, '{ id, details, templates }'],
    ['an id that is a number', { ...good, id: 7 }, '{ id, details, templates }'],
    ['an id that is half a character', `{"id":"\\ud83d","details":{},"templates":[]}`, 'half a surrogate pair'],
    ['no details', { ...good, details: null }, 'details'],
    ['details in no base64', { ...good, details: 'a b' }, 'base64'],
    ['templates that are no list', { ...good, templates: {} }, '{ id, details, templates }'],
    ['no templates', { ...good, templates: [] }, 'got 0'],
    ['a template that is null', { ...good, templates: [null] }, 'in place 1'],
    ['a template with a further field', { ...good, templates: [{ ...template, more: 1 }] }, 'in place 1'],
    ['a template with a vector of numbers', { ...good, templates: [{ ...template, vector: [1, 2, 3, 4] }] }, 'in place 1'],
    ['a template with a vector in other base64', { ...good, templates: [{ ...template, vector: 'AAAA-_==' }] }, 'in place 1'],
    ['templates out of order', { ...good, templates: [template, template] }, 'ascending'],
    ['a template 0', { ...good, templates: [{ ...template, id: 0 }] }, 'whole numbers'],
    ['a template 1.5', { ...good, templates: [{ ...template, id: 1.5 }] }, 'whole numbers'],
    ['the name __proto__', `{"id":"ada","details":{"__proto__":{"isAdmin":true}},"templates":[]}`, '__proto__'],
    ['half a character in the details', `{"id":"ada","details":{"a":["\\udc00"]},"templates":[]}`, 'half a surrogate pair'],
    ['half a character in a name', `{"id":"ada","details":{"\\udc00":1},"templates":[]}`, 'half a surrogate pair'],
    ['a number that is too large', `{"id":"ada","details":{"a":1e999},"templates":[]}`, 'too large'],
    ['JSON of 100 levels', { ...good, details: { a: deep(100) } }, 'fewer levels'],
    ['JSON of 100,000 levels', `{"id":"ada","details":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)},"templates":[]}`, 'expected JSON'],
    ['a wrong count', { end: true, identities: 2 }, 'after 0 identities'],
    ['an end that is none', { end: false, identities: 0 }, 'end'],
    ['an end with a further field', { end: true, identities: 0, more: 1 }, 'end'],
    ['a second header', { format: 'isoface-gallery', version: 1 }, '{ id, details, templates }'],
  ];
  it.each(records)('%s', async (_, record, message) => {
    const error = await failing(forge([toHeaderRecord(HEADER), record, { end: true, identities: 1 }]));
    expect(error).toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining(message), details: { line: 2 } });
    // However long the input is, the message can be read.
    expect(error.message.length).toBeLessThan(600);
  });

  it('readable details in an encrypted gallery', async () => {
    const record = { ...toRecord(sealed('ada')), details: {} };
    const error = await failing(forge([toHeaderRecord(SEALED_HEADER), record, { end: true, identities: 1 }]));
    expect(error).toMatchObject({ code: 'GALLERY_DAMAGED', details: { line: 2 } });
  });

  it('a line that is too long', async () => {
    const head = await encodeAll('jsonl', []);
    const filler = new Uint8Array(1024 * 1024).fill(0x20);
    let given = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield head.subarray(0, head.indexOf(10) + 1);
      for (; given < 1000; given++) yield filler;
    };
    await expect(decodeAll(endless())).rejects.toMatchObject({ code: 'GALLERY_DAMAGED', details: { line: 2 } });
    expect(given).toBeLessThan(70);
  });

  const headers: readonly (readonly [string, object, string])[] = [
    ['no contract', { contract: undefined }, 'contract'],
    ['a dimension of 0', { dimension: 0 }, 'dimension'],
    ['a dimension that is no number', { dimension: '4' }, 'dimension'],
    ['an unknown metric', { metric: 'manhattan' }, 'metric'],
    ['no version', { version: undefined }, ''],
    ['version 0', { version: 0 }, 'formatVersion'],
  ];
  it.each(headers)('a header with %s', async (_, change, message) => {
    const error = await failing(
      forge([
        { ...toHeaderRecord(HEADER), ...change },
        { end: true, identities: 0 },
      ]),
    );
    expect(error).toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining(message) });
  });

  it.each([
    ['a later version', { version: 2 }],
    ['an unknown encryption', { encryption: { algorithm: 'ROT-13', keyCheck: '' } }],
  ])('%s', async (_, change) => {
    const error = await failing(
      forge([
        { ...toHeaderRecord(HEADER), ...change },
        { end: true, identities: 0 },
      ]),
    );
    expect(error).toMatchObject({ code: 'GALLERY_UNSUPPORTED', message: expect.stringContaining('update isoface') });
  });

  it('lines that were left out, moved or taken from elsewhere', async () => {
    const lines = toText(await encodeAll('jsonl'))
      .trimEnd()
      .split('\n');
    const other = toText(await encodeAll('jsonl', [person('ada', 3), person('bob')]))
      .trimEnd()
      .split('\n');
    const rearranged = [
      [0, 1, 3, 4],
      [0, 2, 1, 3, 4],
      [0, 1, 2, 4],
      [0, 1, 1, 2, 3, 4],
      [1, 2, 3, 4],
    ].map((order) => order.map((i) => lines[i] as string));
    for (const bad of [...rearranged, [...lines.slice(0, 2), ...other.slice(2)], [...lines.slice(0, 1), ...other.slice(1)].slice(0, -1)]) {
      expect(await failing(toBytes(bad.join('\n')))).toMatchObject({ code: 'GALLERY_DAMAGED' });
    }
  });
});

describe('decodeExport refuses, as a file,', () => {
  const header = encodeFrame({ kind: 'header', header: HEADER });
  const put = encodeFrame({ kind: 'put', identity: person('ada') });
  const end = encodeFrame({ kind: 'end', identities: 1, header: HEADER });
  const files: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ['no header', [header.subarray(0, PREAMBLE_BYTES), put, end], 'a header'],
    ['two headers', [header, header.subarray(PREAMBLE_BYTES), put, end], 'a second one'],
    ['a missing identity', [header, end], 'expected 1 identities, got 0'],
    [
      'an end for another header',
      [header, put, encodeFrame({ kind: 'end', identities: 1, header: { ...HEADER, pack: 'x' } })],
      'another one at the end',
    ],
    ['a damaged frame', [header, flip(put, HEAD_BYTES + 20), end], 'checksums fit'],
    ['damaged first bytes', [flip(header, 12), put, end], 'beginning of a gallery file'],
    [
      'a file with changes behind the end',
      [header, put, end, encodeFrame({ kind: 'put', identity: person('bob') }, { sequence: 1 })],
      'changed later',
    ],
    [
      'a file with a removal',
      [header, put, end, encodeFrame({ kind: 'remove' }, { sequence: 1, replaces: header.length })],
      'changed later',
    ],
    ['a file from which an identity was blanked out', [header, blank(put), end], 'changed later'],
  ];
  it.each(files)('%s', async (_, parts, message) => {
    expect(await decodeAll(join([header, put, end])), 'the parts are right').toMatchObject({ people: [person('ada')] });
    expect(await failing(join(parts))).toMatchObject({
      code: 'GALLERY_DAMAGED',
      message: expect.stringContaining(message),
      details: { byte: expect.any(Number) },
    });
  });

  it('a later version', async () => {
    const bytes = header.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(8, 2, true);
    view.setUint32(12, computeCrc32(bytes.subarray(0, 12)), true);
    expect(await failing(join([bytes, put, end]))).toMatchObject({ code: 'GALLERY_UNSUPPORTED', details: { version: 2 } });
  });

  it('a length that is a lie, without taking the memory', async () => {
    const head = put.slice(0, HEAD_BYTES);
    const facts = readHead(put, 0, computeCrc32);
    if (facts === undefined) throw new Error('Expected the head of a frame.');
    writeHead(head, new DataView(head.buffer), { ...facts, payloadBytes: 600_000_000 }, computeCrc32);
    const error = await failing(join([header, head, new Uint8Array(100)]));
    expect(error).toMatchObject({
      code: 'GALLERY_DAMAGED',
      message: expect.stringContaining(`got ${HEAD_BYTES + 100} bytes of it`),
      details: { byte: header.length },
    });
  });

  it('nothing but the first bytes', async () => {
    expect(await failing(Uint8Array.from(FILE_MAGIC))).toMatchObject({ code: 'GALLERY_DAMAGED', details: { byte: 0 } });
  });
});

it('ids that exports carry are those that galleries accept', () => {
  for (const { id } of PEOPLE) expect(normalizeIdentityId(id)).toBe(id);
});

function withVector(vector: Uint8Array): StoredIdentity {
  const ada = person('ada');
  return { ...ada, templates: ada.templates.map((template) => ({ ...template, vector })) };
}

function withTemplateIds(ids: readonly number[]): StoredIdentity {
  const ada = person('ada', ids.length);
  return { ...ada, templates: ada.templates.map((template, i) => ({ ...template, id: ids[i] as number })) };
}

function toHeaderRecord({ formatVersion, ...facts }: GalleryHeader): object {
  return { format: 'isoface-gallery', version: formatVersion, ...facts };
}

function toRecord({ id, templates }: StoredIdentity): object {
  const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
  return { id, details: {}, templates: templates.map((template) => ({ id: template.id, vector: toBase64(template.vector), details: '' })) };
}

/** Lines with right checksums, whatever they say. */
function forge(records: readonly (string | object)[]): Uint8Array {
  let checksum = 0;
  const lines = records.map((record) => {
    const text = (typeof record === 'string' ? record : JSON.stringify(record)).slice(0, -1);
    checksum = computeCrc32(toBytes(text), checksum);
    return `${text},"crc32":"${checksum.toString(16).padStart(8, '0')}"}\n`;
  });
  return toBytes(lines.join(''));
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[at] = (flipped[at] as number) ^ 1;
  return flipped;
}

function blank(frame: Uint8Array): Uint8Array {
  return frame.slice().fill(0, HEAD_BYTES);
}
