import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeCrc32 } from '../../../src/checksum/crc32.ts';
import { isFaceError } from '../../../src/errors/face-error.ts';
import { FORMAT_LIMITS, type FramePlace } from '../../../src/gallery/format/frame-layout.ts';
import { createFrameReader, describeDamage, type FrameEvent } from '../../../src/gallery/format/frame-reader.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../src/gallery/format/frames.ts';
import { parseGalleryHeader } from '../../../src/gallery/format/gallery-header.ts';
import type { GalleryHeader, StoredIdentity } from '../../../src/ports/gallery-store.ts';

const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '00112233445566778899aabbccddeeff',
  contract: 'c'.repeat(64),
  dimension: 8,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'test',
  createdAtMs: 1_700_000_000_000,
};
const PREAMBLE = 16;

const arbitraryBytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength }).map((bytes) => Uint8Array.from(bytes));
const arbitraryId = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((id) => new TextEncoder().encode(id).length <= 768);
const arbitraryIdentity: fc.Arbitrary<StoredIdentity> = fc.record({
  id: arbitraryId,
  details: arbitraryBytes(60),
  templates: fc
    .array(fc.record({ step: fc.integer({ min: 1, max: 1000 }), vector: arbitraryBytes(64), details: arbitraryBytes(30) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((templates) => {
      let id = 0;
      return templates.map(({ step, vector, details }) => {
        id += step;
        return { id, vector, details };
      });
    }),
});
const arbitraryFrame: fc.Arbitrary<Frame> = fc.oneof(
  arbitraryIdentity.map((identity): Frame => ({ kind: 'put', identity })),
  fc.constant<Frame>({ kind: 'remove' }),
  fc.nat().map((identities): Frame => ({ kind: 'end', identities })),
  fc.nat().map((identities): Frame => ({ kind: 'end', identities, header: HEADER })),
);
const arbitraryPlace = fc.record({ preceding: fc.nat(), remaining: fc.nat(), sequence: fc.maxSafeNat(), replaces: fc.maxSafeNat() });

/** A small file with frames of every kind; where its frames begin, and what they are. */
function createFile(frames: readonly (readonly [Frame, FramePlace?])[] = SMALL): { bytes: Uint8Array; starts: number[]; frames: Frame[] } {
  const parts = [encodeFrame({ kind: 'header', header: HEADER }), ...frames.map(([frame, place]) => encodeFrame(frame, place))];
  const starts = [PREAMBLE];
  let at = 0;
  for (const part of parts) {
    at += part.length;
    starts.push(at);
  }
  return { bytes: concat(parts), starts: starts.slice(0, -1), frames: [{ kind: 'header', header: HEADER }, ...frames.map(([f]) => f)] };
}
const SMALL: readonly (readonly [Frame, FramePlace?])[] = [
  [{ kind: 'put', identity: identity('ada', 1) }],
  [{ kind: 'put', identity: identity('björk', 2) }],
  [{ kind: 'end', identities: 2 }],
  [
    { kind: 'put', identity: identity('cy', 3) },
    { sequence: 1, remaining: 1 },
  ],
  [{ kind: 'remove' }, { sequence: 2, replaces: 500 }],
];

function identity(id: string, salt: number): StoredIdentity {
  const bytes = (length: number, add: number): Uint8Array => Uint8Array.from({ length }, (_, i) => 1 + ((i * 37 + salt * 11 + add) % 255));
  return {
    id,
    details: bytes(20, 1),
    templates: [
      { id: 1, vector: bytes(32, 2), details: bytes(9, 3) },
      { id: 4, vector: bytes(32, 5), details: bytes(0, 3) },
    ],
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** All events; frames are decoded at once, for their bytes are views. */
type Told = Omit<FrameEvent, 'bytes'> & { readonly frame?: Frame };
function readAll(bytes: Uint8Array, chunks: readonly number[] = []): Told[] {
  const reader = createFrameReader();
  const told: Told[] = [];
  const take = (events: readonly FrameEvent[]): void => {
    for (const event of events) {
      if (event.type !== 'frame') told.push(event);
      else {
        const { bytes, ...rest } = event;
        expect(bytes).toHaveLength(event.end - event.start);
        told.push(event.state === 'good' ? { ...rest, frame: decodeFrame(bytes) } : rest);
      }
    }
  };
  let at = 0;
  for (const size of chunks) {
    take(reader.push(bytes.slice(at, at + size)));
    at += size;
  }
  take(reader.push(bytes.slice(at)));
  take(reader.finish());
  return told;
}

const goodFrames = (told: readonly Told[]): Frame[] => told.flatMap(({ frame }) => (frame === undefined ? [] : [frame]));
const badParts = (told: readonly Told[]): Told[] => told.filter((event) => !('state' in event && event.state === 'good'));

/** Compared as texts: thousands of arrays number by number take seconds. */
const toText = (values: readonly unknown[]): string =>
  JSON.stringify(values, (_, value) => (value instanceof Uint8Array ? String.fromCharCode(...value) : value));

describe('computeCrc32', () => {
  it('is the sum bit by bit, in one piece or in two', () => {
    const plain = (bytes: Uint8Array): number => {
      let remainder = 0xffffffff;
      for (const byte of bytes) {
        remainder ^= byte;
        for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
      }
      return ~remainder >>> 0;
    };
    fc.assert(
      fc.property(arbitraryBytes(100), fc.nat(100), (bytes, cut) => {
        expect(computeCrc32(bytes)).toBe(plain(bytes));
        expect(computeCrc32(bytes.subarray(cut), computeCrc32(bytes.subarray(0, cut)))).toBe(plain(bytes));
      }),
    );
  });
});

describe('frames', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(arbitraryFrame, arbitraryPlace, (frame, place) => {
        expect(decodeFrame(encodeFrame(frame, place))).toEqual(frame);
      }),
    );
    expect(decodeFrame(encodeFrame({ kind: 'header', header: HEADER }).subarray(PREAMBLE))).toEqual({ kind: 'header', header: HEADER });
  });

  it('are read in order, with their places, whatever the chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(arbitraryFrame, arbitraryPlace), { maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 12 }),
        (placed, chunks) => {
          const file = createFile(placed);
          const told = readAll(file.bytes, chunks);
          expect(toText(goodFrames(told))).toBe(toText(file.frames));
          expect(told.map(({ start }) => start)).toEqual(file.starts);
          expect(told.slice(1).map((event) => 'head' in event && event.head)).toMatchObject(placed.map(([, place]) => place));
        },
      ),
    );
  });

  it('keep ids of 256 characters and refuse what is longer, empty or no Unicode', () => {
    const withId = (id: string): Frame => ({ kind: 'put', identity: identity(id, 1) });
    for (const id of ['\uffee'.repeat(256), '👩‍🚀'.repeat(51), '\ufeffbom', ' ', '__proto__'])
      expect(decodeFrame(encodeFrame(withId(id)))).toEqual(withId(id));
    for (const id of ['', '\ud800', 'a\udfff', 'x'.repeat(769)]) expect(codeOf(() => encodeFrame(withId(id)))).toBe('INVALID_OPTION');
  });

  it.each<[string, (good: StoredIdentity) => StoredIdentity]>([
    ['no template', (good) => ({ ...good, templates: [] })],
    ['10,001 templates', (good) => ({ ...good, templates: Array.from({ length: 10_001 }, (_, i) => ({ ...template(good), id: i + 1 })) })],
    ['template ids that do not ascend', (good) => ({ ...good, templates: [template(good), template(good)] })],
    ['template 0', (good) => ({ ...good, templates: [{ ...template(good), id: 0 }] })],
    ['a template id of 33 bits', (good) => ({ ...good, templates: [{ ...template(good), id: 2 ** 32 }] })],
    ['details that are too long', (good) => ({ ...good, details: new Uint8Array(FORMAT_LIMITS.detailBytes + 1) })],
    ['a vector that is too long', (good) => ({ ...good, templates: [{ ...template(good), vector: new Uint8Array(17_000) }] })],
  ])('refuse %s', (_, change) => {
    const changed = change(identity('ada', 1));
    expect(codeOf(() => encodeFrame({ kind: 'put', identity: changed }))).toBe('INVALID_OPTION');
  });

  it('hold the most that is allowed', () => {
    const largest: StoredIdentity = {
      id: 'large',
      details: new Uint8Array(FORMAT_LIMITS.detailBytes).fill(1),
      templates: Array.from({ length: 10_000 }, (_, i) => ({ id: i + 1, vector: Uint8Array.of(i), details: new Uint8Array() })),
    };
    const decoded = decodeFrame(encodeFrame({ kind: 'put', identity: largest }));
    expect(decoded.kind === 'put' && decoded.identity.templates.at(-1)).toEqual({
      id: 10_000,
      vector: Uint8Array.of(9_999),
      details: new Uint8Array(),
    });
  });
});

describe('a file that was cut', () => {
  const file = createFile();
  it('gives the frames before the cut, and says where it ends', () => {
    for (let length = PREAMBLE; length < file.bytes.length; length++) {
      const told = readAll(file.bytes.subarray(0, length));
      const whole = file.starts.filter((_, i) => (file.starts[i + 1] ?? file.bytes.length) <= length).length;
      expect(toText(goodFrames(told)), `${length} bytes`).toBe(toText(file.frames.slice(0, whole)));
      const start = file.starts[whole] as number;
      expect(badParts(told), `${length} bytes`).toMatchObject(start === length ? [] : [{ type: 'cut', start, end: length }]);
    }
  });

  it('is no gallery if not even its beginning is there', () => {
    for (let length = 0; length < 8; length++) expect(codeOf(() => readAll(file.bytes.subarray(0, length)))).toBe('GALLERY_DAMAGED');
    for (let length = 8; length < PREAMBLE; length++)
      expect(readAll(file.bytes.subarray(0, length))).toMatchObject([{ type: 'cut', start: 0 }]);
  });

  it('may end in zeros instead', () => {
    const [last = 0] = file.starts.slice(-1);
    for (const end of [file.bytes.length, file.bytes.length + 5_000]) {
      const zeros = new Uint8Array(end);
      zeros.set(file.bytes.subarray(0, last));
      expect(badParts(readAll(zeros, [100, 3_000]))).toMatchObject([{ type: 'cut', start: last, end }]);
    }
  });
});

describe('a file with damage', () => {
  const file = createFile();

  it('loses with a flipped bit no more than the frame it is in, and says which', () => {
    for (let at = 0; at < file.bytes.length; at++) {
      const bit = 1 << (at % 8);
      const bytes = file.bytes.slice();
      bytes[at] = (bytes[at] as number) ^ bit;
      const told = readAll(bytes);
      const hit = at < PREAMBLE ? -1 : file.starts.findLastIndex((start) => start <= at);
      expect(toText(goodFrames(told)), `byte ${at}`).toBe(toText(file.frames.filter((_, i) => i !== hit)));
      const [bad, ...others] = badParts(told);
      expect(others).toEqual([]);
      expect(bad, `byte ${at}`).toMatchObject({ start: file.starts[hit] ?? 0, end: file.starts[hit + 1] ?? file.bytes.length });
      const frame = file.frames[hit];
      const isPayload = frame?.kind === 'put' && at >= (file.starts[hit] as number) + 44 + frame.identity.id.length + 1 + 4;
      if (isPayload) expect(describeDamage(bad as FrameEvent)).toMatchObject({ identity: frame.identity.id });
    }
  });

  it('never gives a frame that was not written, whatever happens to its bytes', () => {
    const written = new Set(file.frames.map((frame) => toText([frame])));
    const change = fc.record({ at: fc.nat(file.bytes.length), remove: fc.nat(60), insert: arbitraryBytes(60) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(200), { maxLength: 5 }), (changes, chunks) => {
        let bytes = file.bytes;
        for (const { at, remove, insert } of changes) bytes = concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        const told = faceErrorOr(() => readAll(bytes, chunks));
        if (told === undefined) return;
        for (const frame of goodFrames(told)) expect(written.has(toText([frame]))).toBe(true);
        expect(toText(told)).toBe(toText(readAll(bytes)));
        // Every byte is accounted for, once.
        let end = told[0]?.start ?? 0;
        for (const event of told) {
          expect(event.start).toBe(end);
          end = event.end;
        }
        expect([bytes.length, end]).toEqual([bytes.length, bytes.length]);
      }),
      { numRuns: 300 },
    );
  });

  it('is found again behind bytes that are missing, in the middle of a frame too', () => {
    const start = (file.starts[1] as number) + 60;
    const told = readAll(concat([file.bytes.subarray(0, start), file.bytes.subarray(start + 13)]));
    expect(goodFrames(told)).toEqual(file.frames.filter((_, i) => i !== 1));
    expect(badParts(told)).toMatchObject([{ start: file.starts[1], end: (file.starts[2] as number) - 13 }]);
  });

  it('knows what was overwritten with zeros by its head', () => {
    const bytes = file.bytes.slice();
    bytes.fill(0, (file.starts[2] as number) + 44, file.starts[3]);
    expect(badParts(readAll(bytes))).toMatchObject([
      { type: 'frame', state: 'erased', id: '', start: file.starts[2], end: file.starts[3] },
    ]);
  });

  it('tells a sector that was not written', () => {
    const large = createFile([[{ kind: 'put', identity: { ...identity('ada', 1), details: new Uint8Array(3_000).fill(7) } }]]);
    const [, start = 0] = large.starts;
    const flipped = large.bytes.slice();
    flipped[start + 700] = 0;
    expect(badParts(readAll(flipped))).toMatchObject([{ state: 'damaged', id: 'ada', hasUnwritten: false }]);
    for (const sector of [1, 3, Math.floor(large.bytes.length / 512)]) {
      const torn = large.bytes.slice().fill(0, Math.max(sector * 512, start + 60), sector * 512 + 512);
      expect(badParts(readAll(torn)), `sector ${sector}`).toMatchObject([{ state: 'damaged', hasUnwritten: sector > 1 || start < 500 }]);
    }
  });
});

describe('hostile bytes', () => {
  it('give nothing but FaceErrors', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (tail, isGallery) => {
        const begin = isGallery ? encodeFrame({ kind: 'header', header: HEADER }) : new Uint8Array();
        faceErrorOr(() => readAll(concat([begin, Uint8Array.from(tail)])));
        faceErrorOr(() => decodeFrame(Uint8Array.from(tail)));
      }),
    );
  });

  it('with right checksums are refused where they do not fit together', () => {
    const good = encodeFrame({ kind: 'put', identity: identity('ada', 1) });
    const forge = (at: number, value: number): Uint8Array => {
      const bytes = good.slice();
      const view = new DataView(bytes.buffer);
      view.setUint32(51 + at, value, true);
      view.setUint32(bytes.length - 4, computeCrc32(bytes.subarray(51, -4), view.getUint32(40, true)), true);
      return bytes;
    };
    const before = new DataView(good.buffer).getUint32(51, true);
    expect(decodeFrame(forge(0, before))).toMatchObject({ kind: 'put' });
    // Bytes of details, number of templates, id, bytes of the vector.
    for (const at of [0, 4, 28, 32]) {
      for (const value of [0, 0xffff_ffff, 0x7fff_ffff, 3]) {
        if (at === 28 && value === 3) continue;
        expect(
          codeOf(() => decodeFrame(forge(at, value))),
          `${at} ${value}`,
        ).toBe('GALLERY_DAMAGED');
      }
    }
  });

  it('that claim to be long are not believed before they are there', () => {
    const head = encodeFrame({ kind: 'put', identity: identity('ada', 1) }).slice(0, 60);
    const view = new DataView(head.buffer);
    view.setUint32(8, 800_000_000, true);
    view.setUint32(40, computeCrc32(head.subarray(0, 40)), true);
    const begin = encodeFrame({ kind: 'header', header: HEADER });
    expect(badParts(readAll(concat([begin, head])))).toMatchObject([{ type: 'cut', start: begin.length, end: begin.length + 60 }]);
  });
});

describe('versions', () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ['another file', new TextEncoder().encode('{"this":"is JSON"}'), 'GALLERY_DAMAGED', /not a gallery file/],
    ['no bytes', new Uint8Array(), 'GALLERY_DAMAGED', /no bytes at all/],
    ['a newer file', withVersion(2), 'GALLERY_UNSUPPORTED', /format 1, got 2.*newer isoface/],
  ])('%s', (_, bytes, code, message) => {
    const error = errorOf(() => readAll(bytes));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<[string, object, string]>([
    ['a newer header', { formatVersion: 2 }, 'GALLERY_UNSUPPORTED'],
    ['another encryption', { encryption: { algorithm: 'rot13', keyCheck: '' } }, 'GALLERY_UNSUPPORTED'],
    ['no dimension', { dimension: undefined }, 'GALLERY_DAMAGED'],
    ['a dimension beyond the limit', { dimension: 4_097 }, 'GALLERY_DAMAGED'],
    ['another metric', { metric: 'manhattan' }, 'GALLERY_DAMAGED'],
    ['a long text', { pack: 'x'.repeat(2_000) }, 'GALLERY_DAMAGED'],
  ])('header with %s', (_, change, code) => {
    expect(codeOf(() => parseGalleryHeader({ ...HEADER, ...change }))).toBe(code);
  });
});

function withVersion(version: number): Uint8Array {
  const bytes = createFile().bytes.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(8, version, true);
  view.setUint32(12, computeCrc32(bytes.subarray(0, 12)), true);
  return bytes;
}

function template(from: StoredIdentity): StoredIdentity['templates'][number] {
  return from.templates[0] as StoredIdentity['templates'][number];
}

/** The result, or undefined for a FaceError; anything else is thrown on. */
function faceErrorOr<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (!isFaceError(error, 'GALLERY_DAMAGED', 'GALLERY_UNSUPPORTED')) throw error;
    return undefined;
  }
}

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

function codeOf(call: () => unknown): string | undefined {
  const error = errorOf(call);
  return isFaceError(error) ? error.code : undefined;
}
