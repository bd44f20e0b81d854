import { FAKE_IMPORT_SOURCE, fakeEmbedder, fakePack } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';
import { importEmbedding } from '../../src/engine/import-embedding.ts';

const contract = 'c'.repeat(64);
const values = Array.from({ length: 12 }, (_, i) => i - 3);

describe('importEmbedding', () => {
  it('scales to length 1 where the contract does', () => {
    const { vector, ...rest } = importEmbedding(fakePack, contract, values, FAKE_IMPORT_SOURCE);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    expect(rest).toEqual({ contract, provenance: { flipAveraging: false, importedFrom: FAKE_IMPORT_SOURCE } });
  });

  it('keeps the numbers where the contract does, as a copy', () => {
    const source = Float32Array.from(values);
    const { vector } = importEmbedding(
      { ...fakePack, embedder: { ...fakeEmbedder, normalization: 'none' } },
      contract,
      source,
      FAKE_IMPORT_SOURCE,
    );
    expect(Array.from(vector)).toEqual(values);
    expect(vector).not.toBe(source);
  });

  it.each([
    ['software that is not named', fakePack, contract, values, 'other', 'CONTRACT_MISMATCH'],
    ['a pack that accepts nobody', { ...fakePack, accepts: undefined }, contract, values, FAKE_IMPORT_SOURCE, 'CONTRACT_MISMATCH'],
    ['a pack without embedder', { ...fakePack, embedder: undefined }, undefined, values, FAKE_IMPORT_SOURCE, 'CONTRACT_MISMATCH'],
    ['too few numbers', fakePack, contract, values.slice(1), FAKE_IMPORT_SOURCE, 'SHAPE_MISMATCH'],
    ['too many numbers', fakePack, contract, [...values, 1], FAKE_IMPORT_SOURCE, 'SHAPE_MISMATCH'],
    ['NaN', fakePack, contract, values.map(() => Number.NaN), FAKE_IMPORT_SOURCE, 'INVALID_EMBEDDING'],
    ['numbers beyond 32 bits', fakePack, contract, values.map(() => 1e39), FAKE_IMPORT_SOURCE, 'INVALID_EMBEDDING'],
    ['only zeros', fakePack, contract, values.map(() => 0), FAKE_IMPORT_SOURCE, 'INVALID_EMBEDDING'],
  ] as const)('refuses %s', (_, pack, id, vector, from, code) => {
    expect(() => importEmbedding(pack, id, vector, from)).toThrow(expect.objectContaining({ code }));
  });
});
