import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { toMarkdownTable } from '../../src/report/markdown-table.ts';
import type { Table } from '../../src/report/table.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const RATES: Table = {
  caption: 'Rates',
  columns: [{ label: 'pack' }, { label: 'FMR', align: 'right' }, { label: 'threshold' }, { label: 'n' }],
  rows: [
    ['starter', '1e-3', 0.92617, 3000],
    ['standard', '9.8e-4 [8.8e-4, 1.1e-3]', 0.3396, 29640749],
    ['other', undefined, undefined, 0],
  ],
};
const HOSTILE: Table = {
  caption: 'Files',
  columns: [{ label: 'a|b' }, { label: '名前' }],
  rows: [
    ['pipe | and \\| both', '顔 写真.jpg'],
    ['<img src=x onerror=alert(1)>', 'two\r\nlines'],
    ['snake_case_name', '_emphasis_ *bold* `code` [link](x) ~~no~~ &lt; & co'],
    ['  spaces  ', ''],
  ],
};

describe('toMarkdownTable', () => {
  it('aligns columns, numbers to the right and with the same decimals', () => {
    expect(toMarkdownTable(RATES)).toBe(`\
| pack     |                     FMR | threshold |          n |
| -------- | ----------------------: | --------: | ---------: |
| starter  |                    1e-3 |   0.92617 |      3,000 |
| standard | 9.8e-4 [8.8e-4, 1.1e-3] |   0.33960 | 29,640,749 |
| other    |                       – |         – |          0 |
`);
  });

  it('keeps text from becoming markup', () => {
    const lines = toMarkdownTable(HOSTILE).split('\n');
    expect(lines[0]).toContain('a\\|b');
    expect(lines[2]).toContain('pipe \\| and \\\\\\| both');
    expect(lines[3]).toContain('\\<img src=x onerror=alert(1)>');
    expect(lines[3]).toContain('two lines');
    expect(lines[4]).toContain('snake_case_name');
    expect(lines[4]).toContain('\\_emphasis\\_ \\*bold\\* \\`code\\` [link\\](x) \\~\\~no\\~\\~ \\&lt; & co');
    expect(lines).toHaveLength(HOSTILE.rows.length + 3);
  });

  it.each([
    ['rates', RATES],
    ['hostile text', HOSTILE],
    ['no rows', { ...RATES, rows: [] }],
    ['one short column', { caption: '', columns: [{ label: 'n', align: 'right' }], rows: [[1]] }],
  ] as const)('is left as it is by the formatter of this repository: %s', (_, table) => {
    const text = toMarkdownTable(table);
    const biome = createRequire(`${root}package.json`).resolve('@biomejs/biome/bin/biome');
    const { stdout, stderr, status } = spawnSync(process.execPath, [biome, 'format', '--stdin-file-path=docs/table.md'], {
      cwd: root,
      input: text,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toBe(text);
  });

  it('refuses a row of another length', () => {
    expect(() => toMarkdownTable({ ...RATES, rows: [['starter']] })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('4 cells in every row of "Rates", got 1 in row 1'),
      }),
    );
  });
});
