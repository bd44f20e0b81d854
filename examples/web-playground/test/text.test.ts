import { describe, expect, it } from 'vitest';
import { count } from '../src/text/count.ts';
import { formatBytes } from '../src/text/format-bytes.ts';
import { formatMilliseconds } from '../src/text/format-milliseconds.ts';

describe('text', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [284_014, '284 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [14_239_897, '14.2 MB'],
  ])('writes %d bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0.0 ms'],
    [7.26, '7.3 ms'],
    [10, '10 ms'],
    [1342.4, '1342 ms'],
  ])('writes %d milliseconds as %s', (ms, text) => expect(formatMilliseconds(ms)).toBe(text));

  it.each([
    [0, '0 faces'],
    [1, '1 face'],
    [2, '2 faces'],
  ])('counts %d', (number, text) => expect(count(number, 'face')).toBe(text));
});
