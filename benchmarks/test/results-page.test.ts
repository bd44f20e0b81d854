/** What the documents say of speed is what was measured. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { replaceReadmePart } from '../src/readme-part.ts';
import { renderResultsPage, replaceReadmeCosts } from '../src/run/results-page.ts';
import { readRun } from '../src/run/run-record.ts';
import { SUITES } from '../src/suites/suites.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const results = join(root, 'benchmarks/results');

describe('published results', () => {
  it('are what the page and the README say', async () => {
    expect(readFileSync(join(root, 'docs/benchmarks.md'), 'utf8')).toBe(await renderResultsPage(results));
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    expect(readme).toBe(await replaceReadmeCosts(readme, results));
  });

  it('hold every suite, whole, and name no folder of the machine', async () => {
    const { suites } = await readRun(results);
    expect(suites.map(({ suite }) => suite).sort()).toEqual(SUITES.map(({ name }) => name).sort());
    for (const record of suites) {
      expect({ suite: record.suite, status: record.status }).toEqual({ suite: record.suite, status: 'complete' });
      expect(JSON.stringify(record)).not.toMatch(/"(\/|[A-Z]:\\)[^"]*"|\/home\/|\/root\/|\/tmp\//);
    }
  });
});

describe('replaceReadmePart', () => {
  it('replaces what stands between the marks and nothing else', () => {
    const text = 'a\n<!-- costs: written by x -->\n\nold\n\n<!-- end of costs -->\nb\n';
    expect(replaceReadmePart(text, 'costs', 'new\n')).toBe('a\n<!-- costs: written by x -->\n\nnew\n\n<!-- end of costs -->\nb\n');
  });

  it.each([['no marks'], ['<!-- end of costs --> <!-- costs: x -->']])('refuses a text with %s', (text) => {
    expect(() => replaceReadmePart(text, 'costs', 'new')).toThrow(/marks of the part "costs"/);
  });
});
