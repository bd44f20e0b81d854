import { isFaceError } from '@isoface/core';
import type { StoredIdentity } from '@isoface/core/gallery';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { detectImport } from '../../../src/gallery/transfer/read-import.ts';
import { collect, encodeAll, FORMATS, HEADER, join, PEOPLE, SEALED_HEADER, sealed } from './sample-gallery.ts';

/** A change of bytes somewhere. Positions are parts of the length, so that they fit any export. */
type Mutation =
  | { readonly kind: 'overwrite' | 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cut' | 'repeat' | 'reverse'; readonly at: number; readonly length: number }
  | { readonly kind: 'move'; readonly at: number; readonly length: number; readonly to: number };

const position = fc.double({ min: 0, max: 1, noNaN: true });
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('\n', '\r\n', ' ', '{}', '"', ',', ']}', '0', '-', '\\', '{"end":true}').map((text) => new TextEncoder().encode(text)),
);
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 600 }));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('overwrite', 'insert'), at: position, bytes }),
  fc.record({ kind: fc.constantFrom('cut', 'repeat', 'reverse'), at: position, length }),
  fc.record({ kind: fc.constant('move'), at: position, length, to: position }),
);

function mutate(whole: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.at * whole.length);
  const before = whole.subarray(0, at);
  if ('bytes' in change) return join([before, change.bytes, whole.subarray(change.kind === 'insert' ? at : at + change.bytes.length)]);
  const part = whole.subarray(at, at + change.length);
  const after = whole.subarray(at + change.length);
  switch (change.kind) {
    case 'cut':
      return join([before, after]);
    case 'repeat':
      return join([before, part, part, after]);
    case 'reverse':
      return join([before, part.slice().reverse(), after]);
    case 'move': {
      const rest = join([before, after]);
      const to = Math.floor(change.to * rest.length);
      return join([rest.subarray(0, to), part, rest.subarray(to)]);
    }
  }
}

/** All that an import takes over, in a form that does not depend on the order of the identities; or what kept it away. */
async function read(source: Uint8Array): Promise<string> {
  try {
    const found = await detectImport(source);
    if (found.kind === 'faceApi') return 'face-api.js';
    return toContent(found.export.header, await collect(found.export.identities));
  } catch (error) {
    if (isFaceError(error, 'GALLERY_DAMAGED', 'GALLERY_UNSUPPORTED')) return error.code;
    throw error;
  }
}

function toContent(header: object, people: readonly StoredIdentity[]): string {
  const sorted = [...people].sort((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify([header, sorted], (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
}

const GALLERIES = [
  ['plain', PEOPLE, HEADER],
  ['encrypted', [sealed('ada'), sealed('bob')], SEALED_HEADER],
] as const;

describe.each(FORMATS.flatMap((format) => GALLERIES.map((gallery) => [format, ...gallery] as const)))(
  'an export as %s, %s,',
  (format, _, people, header) => {
    let whole: Uint8Array;
    beforeAll(async () => {
      whole = await encodeAll(format, people, header);
    });

    it('gives the same gallery or a typed error, whatever happened to its bytes', async () => {
      const content = toContent(header, people);
      const outcomes = new Set<string>();
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (changes) => {
          const outcome = await read(changes.reduce(mutate, whole));
          outcomes.add(outcome);
          expect([content, 'GALLERY_DAMAGED', 'GALLERY_UNSUPPORTED']).toContain(outcome);
        }),
        { numRuns: 250, seed: 20_241 },
      );
      expect(outcomes).toContain('GALLERY_DAMAGED');
    });
  },
);

it('any bytes give a typed error', async () => {
  const start = fc.constantFrom(
    '',
    '{',
    '[',
    ' [',
    '{"format":"isoface-gallery","version":1',
    '\x89isogal\n',
    '[{"label":"a","descriptors":',
  );
  await fc.assert(
    fc.asyncProperty(
      start,
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      async (text, rest) => {
        const outcome = await read(join([Uint8Array.from(text, (character) => character.charCodeAt(0)), rest]));
        // Among all JSON there are lists of nobody.
        expect(['GALLERY_DAMAGED', 'GALLERY_UNSUPPORTED', 'face-api.js']).toContain(outcome);
      },
    ),
    { numRuns: 300, seed: 20_242 },
  );
});
