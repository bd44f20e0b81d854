import { describe, expect, it } from 'vitest';
import { toCsv } from '../../src/report/csv.ts';

describe('toCsv', () => {
  it('ends every line, the last one too, with CRLF', () => {
    expect(toCsv(['file', 'score'], [['a.jpg', 0.5]])).toBe('file,score\r\na.jpg,0.5\r\n');
    expect(toCsv(['file'], [])).toBe('file\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\rlines', '"two\rlines"'],
    ['Ünïcode ☃', 'Ünïcode ☃'],
    ['', ''],
    [undefined, ''],
    [-0.25, '-0.25'],
    [1e-7, '1e-7'],
    [0.1 + 0.2, '0.30000000000000004'],
    [Number.NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ])('writes %j as %j', (cell, field) => {
    expect(toCsv(['before', 'x'], [['', cell]])).toBe(`before,x\r\n,${field}\r\n`);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['a=1', 'a=1'],
  ])('keeps a spreadsheet from running %j', (cell, field) => {
    expect(toCsv(['x'], [[cell]])).toBe(`x\r\n${field}\r\n`);
    expect(toCsv([cell], [])).toBe(`${field}\r\n`);
  });

  it('refuses a row of another length', () => {
    expect(() => toCsv(['a', 'b'], [['1', '2'], ['1']])).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining('got 1 in row 2') }),
    );
  });
});
