import { describe, expect, it } from 'vitest';
import { measureText, shortenText, wrapText } from '../../src/report/text-width.ts';

describe('shortenText', () => {
  it('keeps what fits', () => {
    expect(shortenText('short', 100, 12)).toBe('short');
  });

  it('keeps start and end, and breaks no character in two', () => {
    const short = shortenText('people/👩‍🚀😀😀😀😀😀😀😀😀😀/Ada_0001.jpg', 120, 12);
    expect(short).toMatch(/^people.*….*\.jpg$/u);
    expect(short).not.toMatch(/\p{Cs}/u);
    expect(measureText(short, 12)).toBeLessThanOrEqual(120);
  });

  it('leaves an ellipsis where nothing fits', () => {
    expect(shortenText('anything', 1, 12)).toBe('…');
  });
});

describe('wrapText', () => {
  it('breaks at spaces', () => {
    const lines = wrapText('one two three four five six seven', 80, 12);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe('one two three four five six seven');
    for (const line of lines) expect(measureText(line, 12)).toBeLessThanOrEqual(80);
  });

  it('has no line for no text', () => {
    expect(wrapText('  ', 80, 12)).toEqual([]);
  });
});
