import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtinPacks } from '@isoface/models';
import { describe, expect, it } from 'vitest';
import { collectThresholds } from '../src/accuracy.ts';
import { renderAccuracyPage, replaceSummary } from '../src/accuracy-page.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const results = join(root, 'benchmarks/results/accuracy');

describe('accuracy', () => {
  it('is stated as it was measured', () => {
    expect(readFileSync(join(root, 'docs/accuracy.md'), 'utf8')).toBe(renderAccuracyPage(results));
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    expect(readme).toBe(replaceSummary(readme, results));
  });

  it('gave the thresholds that the packs carry', async () => {
    const measured = await collectThresholds(results);
    expect(Object.keys(measured)).toEqual(['starter', 'standard']);
    for (const { id, thresholds, searchThresholds, livenessThresholds } of builtinPacks) {
      if (measured[id] === undefined) expect(thresholds).toEqual([]);
      else expect({ thresholds, searchThresholds, livenessThresholds }).toEqual(measured[id]);
    }
  });

  it('names nobody', () => {
    for (const name of ['verify-lfw-standard', 'calibrate-lfw-starter']) {
      const text = readFileSync(join(results, `${name}.json`), 'utf8');
      expect(text).not.toMatch(/\.jpg|worstPairs|\/images\//);
    }
  });
});
