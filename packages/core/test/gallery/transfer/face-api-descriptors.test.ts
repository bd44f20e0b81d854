import { describe, expect, it } from 'vitest';
import { decodeFaceApiDescriptors } from '../../../src/gallery/transfer/face-api-descriptors.ts';

const ada = {
  label: 'ada',
  descriptors: [
    [0.1, -0.2],
    [0.3, 0],
  ],
};
const bob = { label: 'bob', descriptors: [[1, 2]] };

describe('decodeFaceApiDescriptors', () => {
  const shapes: readonly (readonly [string, unknown, readonly object[]])[] = [
    ['one person', ada, [ada]],
    ['a list', [ada, bob], [ada, bob]],
    ['an empty list', [], []],
    ['a matcher', { distanceThreshold: 0.6, labeledDescriptors: [ada, bob] }, [ada, bob]],
    ['a matcher of nobody', { distanceThreshold: 0.6, labeledDescriptors: [] }, []],
    ['one label twice', [ada, bob, { ...ada, descriptors: [[5, 6]] }], [{ label: 'ada', descriptors: [...ada.descriptors, [5, 6]] }, bob]],
    [
      'one label in two normal forms',
      [
        { ...ada, label: 'a\u0308' },
        { ...bob, label: 'ä' },
      ],
      [{ label: 'ä', descriptors: [...ada.descriptors, ...bob.descriptors] }],
    ],
    ['a label that objects have as a name', [{ ...bob, label: '__proto__' }], [{ ...bob, label: '__proto__' }]],
    ['further fields', [{ ...bob, note: 'x' }], [bob]],
  ];
  it.each(shapes)('reads %s', (_, json, people) => {
    expect(decodeFaceApiDescriptors(json)).toEqual(people);
  });

  it.each([
    null,
    7,
    'ada',
    [1],
    [[]],
    [null],
    {},
    { label: 'ada' },
    { descriptors: [] },
    { labeledDescriptors: [ada] },
    { distanceThreshold: 0.6 },
  ])('leaves %j to others', (json) => {
    expect(decodeFaceApiDescriptors(json)).toBeUndefined();
  });

  const bad: readonly (readonly [string, unknown, string])[] = [
    ['an entry that is none', [ada, 7], '[1]'],
    ['a label that is a number', [ada, { ...bob, label: 7 }], '[1].label'],
    ['an empty label', { ...bob, label: '' }, '[0].label'],
    ['a label with a line end', { distanceThreshold: 0.6, labeledDescriptors: [{ ...bob, label: 'a\nb' }] }, 'labeledDescriptors[0].label'],
    ['nobody to compare with', [{ ...ada, descriptors: [] }], '[0].descriptors'],
    ['descriptors that are no list', [{ ...ada, descriptors: {} }], '[0].descriptors'],
    ['a descriptor that is no list', [{ ...ada, descriptors: [[1, 2], 3] }], '[0].descriptors[1]'],
    ['an empty descriptor', [{ ...ada, descriptors: [[]] }], '[0].descriptors[0]'],
    ['a descriptor of zeros', [{ ...ada, descriptors: [[0, 0]] }], '[0].descriptors[0]'],
    ['a descriptor with null, as NaN is written', [{ ...ada, descriptors: [[1, null]] }], '[0].descriptors[0]'],
    ['a number that float32 does not hold', [{ ...ada, descriptors: [[1e39, 1]] }], '[0].descriptors[0]'],
    [
      'descriptors of two lengths',
      [
        ada,
        {
          ...bob,
          descriptors: [
            [1, 2],
            [1, 2, 3],
          ],
        },
      ],
      '[1].descriptors[1]',
    ],
  ];
  it.each(bad)('refuses %s', (_, json, path) => {
    expect(() => decodeFaceApiDescriptors(json)).toThrow(
      expect.objectContaining({ code: 'GALLERY_DAMAGED', message: expect.stringContaining(path), details: { path } }),
    );
  });
});
