import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/evaluation/random.ts';
import { createProtection, type Protection } from '../../../src/gallery/protection/protection.ts';
import { cosine, countKey, dot, exactVector, GALLERY_ID, norm, randomVector } from './keys.ts';

const create = (dimension: number, key = countKey(), galleryId = GALLERY_ID): Promise<Protection> =>
  createProtection({ transform: key }, { galleryId, dimension });

/** Rounding to float32 changes each number by at most 2^-24 of itself, so a vector by at most 2^-24 of its length. */
const ROUNDING = 2 ** -24;
/** Sums are made in float64. */
const SLACK = 1e-12;

describe.each([1, 2, 3, 7, 128, 512])('the transform of %i numbers', async (dimension) => {
  const { transform, restore } = await create(dimension);
  const random = createRandom(dimension);
  const vectors = Array.from({ length: 20 }, () => randomVector(dimension, random));

  it('keeps lengths and cosines, as far as float32 goes', () => {
    const images = vectors.map(transform);
    vectors.forEach((vector, index) => {
      const image = images[index] ?? vector;
      expect(Math.abs(norm(image) / norm(vector) - 1)).toBeLessThan(ROUNDING + SLACK);
      const changes = vectors.map((other, at) => Math.abs(cosine(image, images[at] ?? image) - cosine(vector, other)));
      expect(Math.max(...changes)).toBeLessThan(2 * ROUNDING + SLACK);
    });
  });

  it('is undone by its inverse', () => {
    for (const vector of vectors) {
      const difference = restore(transform(vector)).map((number, index) => number - (vector[index] ?? 0));
      expect(norm(difference) / norm(vector)).toBeLessThan(2 * ROUNDING + SLACK);
    }
  });

  it('leaves the vector that it was given alone', () => {
    const vector = exactVector(dimension);
    transform(vector);
    restore(vector);
    expect(vector).toEqual(exactVector(dimension));
  });

  it.each([dimension - 1, dimension + 1])('refuses %i numbers', (length) => {
    for (const map of [transform, restore])
      expect(() => map(new Float32Array(length))).toThrow(`Expected a template of ${dimension} numbers`);
  });
});

describe('the matrix', () => {
  it('is the same in every runtime', async () => {
    // Made once, in Node 20. IEEE 754 fixes every step, so nothing but equality will do.
    expect([...(await create(8)).transform(exactVector(8))]).toEqual(GOLDEN_8);
    expect([...(await create(512)).transform(exactVector(512)).subarray(0, 6)]).toEqual(GOLDEN_512);
    expect((await create(8)).facts.transform?.keyCheck).toBe(GOLDEN_KEY_CHECK);
  });

  it('is another one for another key, gallery or dimension', async () => {
    const vector = exactVector(128);
    const made = await Promise.all([create(128), create(128, countKey(1)), create(128, countKey(), GALLERY_ID.replace('0', 'f'))]);
    const [own, ...others] = made.map(({ transform }) => transform(vector));
    // Two random directions in 128 dimensions: a cosine beyond 0.5 would be five and a half deviations away.
    for (const other of others) expect(Math.abs(cosine(own ?? [], other))).toBeLessThan(0.5);
    const longer = (await create(129)).transform(Float32Array.of(...vector, 0));
    expect(Math.abs(cosine(own ?? [], longer.subarray(0, 128)))).toBeLessThan(0.5);
  });

  it('is drawn evenly', async () => {
    const count = 400;
    const dimension = 3;
    const sums = new Float64Array(9);
    const squares = new Float64Array(9);
    const fourths = new Float64Array(9);
    let turns = 0;
    for (let draw = 0; draw < count; draw++) {
      const { transform } = await create(dimension, countKey(), draw.toString(16).padStart(32, '0'));
      const columns = [0, 1, 2].map((axis) => transform(Float32Array.from({ length: dimension }, (_, index) => (index === axis ? 1 : 0))));
      columns
        .flatMap((column) => [...column])
        .forEach((entry, at) => {
          sums[at] = (sums[at] ?? 0) + entry;
          squares[at] = (squares[at] ?? 0) + entry ** 2;
          fourths[at] = (fourths[at] ?? 0) + entry ** 4;
        });
      if (determinant(columns) > 0) turns++;
    }
    // An entry of an evenly drawn rotation of space is even in [-1, 1]: mean 0, mean square 1/3, mean fourth power 1/5. Four standard errors.
    for (let at = 0; at < 9; at++) {
      expect(Math.abs((sums[at] ?? 1) / count), `entry ${at}`).toBeLessThan(4 * Math.sqrt(1 / 3 / count));
      expect(Math.abs((squares[at] ?? 0) / count - 1 / 3), `entry ${at}`).toBeLessThan(4 * Math.sqrt(4 / 45 / count));
      expect(Math.abs((fourths[at] ?? 0) / count - 1 / 5), `entry ${at}`).toBeLessThan(4 * Math.sqrt((1 / 9 - 1 / 25) / count));
    }
    // Half of them reflect as well.
    expect(Math.abs(turns - count / 2)).toBeLessThan(4 * Math.sqrt(count / 4));
  });
});

describe('templates under two keys', () => {
  it('look like those of strangers', async () => {
    const dimension = 128;
    const [one, two] = await Promise.all([create(dimension), create(dimension, countKey(1))]);
    const random = createRandom(3);
    const scores = Array.from({ length: 400 }, () => {
      const vector = randomVector(dimension, random);
      return cosine(one.transform(vector), two.transform(vector));
    });
    const mean = dot(scores, new Float64Array(400).fill(1)) / 400;
    // The mean over directions is the trace of a random orthonormal matrix, divided by the dimension: about 1/128 away from 0.
    expect(Math.abs(mean)).toBeLessThan(4 / dimension + 4 / Math.sqrt(dimension * 400));
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(5 / Math.sqrt(dimension));
  });
});

describe('somebody who knows templates and what became of them', () => {
  const dimension = 32;

  it('finds the matrix out of as many as a template has numbers', async () => {
    const { transform } = await create(dimension);
    const random = createRandom(11);
    const known = Array.from({ length: dimension }, () => randomVector(dimension, random));
    const secret = randomVector(dimension, random);
    const guess = solve(known, known.map(transform)).map((row) => dot(row, secret));
    expect(cosine(guess, transform(secret))).toBeGreaterThan(0.999_99);
  });

  it('does not know what a new one becomes out of half as many', async () => {
    const { transform } = await create(dimension);
    const random = createRandom(11);
    const known = Array.from({ length: dimension / 2 }, () => randomVector(dimension, random));
    // What they know says nothing about the part of a vector that is none of theirs.
    const secret = removeSpan(randomVector(dimension, random), known);
    for (const vector of known) expect(Math.abs(cosine(transform(vector), transform(secret)))).toBeLessThan(1e-6);
    expect(norm(secret)).toBeGreaterThan(1);
  });
});

/** The matrix whose product with each vector is the image: rows of X Q' = Y by Gaussian elimination. */
function solve(vectors: readonly Float32Array[], images: readonly Float32Array[]): number[][] {
  const size = vectors.length;
  const rows = vectors.map((vector, index) => [...vector, ...(images[index] ?? [])]);
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let row = column; row < size; row++) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[best]?.[column] ?? 0)) best = row;
    }
    const pivot = rows[best] ?? [];
    rows[best] = rows[column] ?? [];
    rows[column] = pivot.map((number) => number / (pivot[column] ?? 0));
    for (let row = 0; row < size; row++) {
      const factor = rows[row]?.[column] ?? 0;
      if (row !== column) rows[row] = (rows[row] ?? []).map((number, at) => number - factor * (rows[column]?.[at] ?? 0));
    }
  }
  return Array.from({ length: size }, (_, output) => rows.map((row) => row[size + output] ?? 0));
}

/** The part of a vector that is at right angles to all of these. */
function removeSpan(vector: Float32Array, others: readonly Float32Array[]): Float32Array {
  const axes: number[][] = [];
  const reduce = (given: ArrayLike<number>): number[] => {
    let rest = Array.from(given);
    // Twice: once leaves what rounding did.
    for (const axis of [...axes, ...axes]) {
      const along = dot(axis, rest);
      rest = rest.map((number, index) => number - along * (axis[index] ?? 0));
    }
    return rest;
  };
  for (const other of others) {
    const rest = reduce(other);
    axes.push(rest.map((number) => number / norm(rest)));
  }
  return Float32Array.from(reduce(vector));
}

function determinant([a = [], b = [], c = []]: readonly ArrayLike<number>[]): number {
  const at = (column: ArrayLike<number>, index: number): number => column[index % 3] ?? 0;
  return [0, 1, 2].reduce((sum, i) => sum + at(a, i) * (at(b, i + 1) * at(c, i + 2) - at(b, i + 2) * at(c, i + 1)), 0);
}

const GOLDEN_8: readonly number[] = [
  0.3970193862915039, 0.15280690789222717, 0.6768698692321777, 0.25466060638427734, -0.21671931445598602, -0.6324813365936279,
  0.6921063661575317, 0.2626485824584961,
];
const GOLDEN_512: readonly number[] = [
  -0.3494161069393158, 0.7934234738349915, 0.16735123097896576, 0.21241648495197296, -0.007968743331730366, -0.3345269560813904,
];
const GOLDEN_KEY_CHECK = '36aputoOFZDKycVT8bGx80jkqLoATbW/Dp+fiEsn2mM=';
