import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectSamePerson } from '../../src/gallery/same-person.ts';

/** Photos of these people, alike when they are of one. */
const alikeIn =
  (people: readonly string[]) =>
  (i: number, j: number): boolean =>
    people[i] === people[j];

describe('photos of one person', () => {
  it.each<[string, readonly string[], readonly boolean[]]>([
    ['one photo', ['a'], [true]],
    ['none', [], []],
    ['the odd one in front', ['b', 'a', 'a'], [false, true, true]],
    ['the odd one behind', ['a', 'a', 'b'], [true, true, false]],
    ['two that differ: the first', ['a', 'b'], [true, false]],
    ['two and two: the first', ['b', 'a', 'a', 'b'], [true, false, false, true]],
  ])('%s', (_, people, expected) => {
    expect(selectSamePerson(people.length, alikeIn(people))).toEqual(expected);
  });

  it('hang together through others', () => {
    // A turn of the head: each photo is alike with its neighbours alone.
    expect(selectSamePerson(5, (i, j) => j - i === 1)).toEqual([true, true, true, true, true]);
  });

  it('follow the templates that are there, not the majority', () => {
    const people = ['b', 'b', 'b', 'a'];
    expect(selectSamePerson(4, alikeIn(people), [false, false, false, true])).toEqual([false, false, false, true]);
    expect(selectSamePerson(4, alikeIn(people), [false, false, false, false])).toEqual([false, false, false, false]);
    expect(selectSamePerson(4, alikeIn(people), [true, false, false, false])).toEqual([true, true, true, false]);
  });

  it('keep the largest group, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 }), (people) => {
        const kept = selectSamePerson(people.length, alikeIn(people));
        const sizes = ['a', 'b', 'c'].map((person) => people.filter((other) => other === person).length);
        expect(kept.filter(Boolean)).toHaveLength(Math.max(...sizes));
        expect(new Set(people.filter((_, i) => kept[i])).size).toBe(1);
      }),
    );
  });
});
