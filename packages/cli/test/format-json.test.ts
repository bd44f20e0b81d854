import { expect, it } from 'vitest';
import { formatJson } from '../src/output/format-json.ts';

it.each([
  { vector: [1, -2.5, 3e-7], point: { x: 1, y: 2 }, empty: [], nothing: {} },
  { text: '[\n 1 ]', tricky: '{ "x": 1\n}', list: ['1', '2'], nested: [[1, 2], [3]] },
  [{ a: null, b: true }, [null, 1]],
])('changes nothing but white space', (document) => {
  expect(JSON.parse(formatJson(document))).toEqual(document);
});

it('keeps vectors and points on one line', () => {
  expect(formatJson({ vector: [1, 2], point: { x: 1, y: 2 } })).toBe('{\n  "vector": [1, 2],\n  "point": { "x": 1, "y": 2 }\n}');
});
