import type { Embedding } from 'isoface';
import { describe, expect, it } from 'vitest';
import { compareFaces, selectMatches } from '../src/compare/compare-faces.ts';
import { findBestMatch } from '../src/compare/find-best-match.ts';
import { groupPersons } from '../src/compare/group-persons.ts';

const embed = (degrees: number, contract = 'one'): Embedding => ({
  vector: Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)),
  contract,
  provenance: { flipAveraging: false },
});
const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);
/** Vectors are float32. */
const DIGITS = 6;

describe('comparison', () => {
  it('compares every pair once', () => {
    const pairs = compareFaces([embed(0), embed(60), embed(90)]);
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    for (const [i, degrees] of [60, 90, 30].entries()) expect(pairs[i]?.similarity).toBeCloseTo(cosine(degrees), DIGITS);
  });

  it.each([0, 1])('has no pair of %d faces', (number) => expect(compareFaces([embed(0)].slice(0, number))).toEqual([]));

  it('takes what reaches the threshold, the threshold included, most alike first', () => {
    const pairs = [0.5, 0.9, 0.49, 0.7].map((similarity, i) => ({ a: i, b: i + 1, similarity }));
    expect(selectMatches(pairs, 0.5).map(({ similarity }) => similarity)).toEqual([0.9, 0.7, 0.5]);
  });

  it.each([
    ['nobody', 3, [], [undefined, undefined, undefined]],
    ['one pair', 3, [[0, 2]], [0, undefined, 0]],
    [
      'three who match through one of them',
      4,
      [
        [0, 1],
        [1, 3],
      ],
      [0, 0, undefined, 0],
    ],
    [
      'two groups, in the order of their best match',
      4,
      [
        [2, 3],
        [0, 1],
      ],
      [1, 1, 0, 0],
    ],
    [
      'groups that are joined by a later match',
      4,
      [
        [0, 1],
        [2, 3],
        [1, 2],
      ],
      [0, 0, 0, 0],
    ],
  ] as const)('groups %s', (_, number, matches, persons) => {
    const pairs = matches.map(([a, b]) => ({ a, b, similarity: 1 }));
    expect(groupPersons(number, pairs)).toEqual(persons);
  });

  it('finds the most alike that reaches the threshold, and no face of another contract', () => {
    const known = [embed(40), embed(10), embed(0, 'other')];
    expect(findBestMatch(embed(0), known, 0.5)?.index).toBe(1);
    expect(findBestMatch(embed(0), known, cosine(5))).toBeUndefined();
    expect(findBestMatch(embed(0), [], -1)).toBeUndefined();
  });
});
