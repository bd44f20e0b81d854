/** Whole photographs of known people: every labelled pair is decided rightly at the pack's own threshold. */

import { readFileSync } from 'node:fs';
import { compareEmbeddings, type Embedding, selectProminentFace, selectThreshold } from '@isoface/core';
import { createFaceEngine } from '@isoface/runtime-node';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';

describe.skipIf(!hasSharedData)('standard pack on the labelled pairs of deepface', () => {
  it('decides all of them rightly at FMR 1e-3', async () => {
    const directory = sharedPath('data/deepface-pairs');
    const [, ...lines] = readFileSync(`${directory}/pairs.tsv`, 'utf8').trim().split('\n');
    const pairs = lines.map((line) => line.split('\t') as [string, string, string]);
    const names = Array.from(new Set(pairs.flatMap(([, a, b]) => [a, b])));
    const engine = await createFaceEngine({ pack: 'standard', executionProviders: 'cpu', modelsDir: sharedPath('models'), offline: true });
    const embeddings = new Map<string, Embedding>();
    for await (const outcome of engine.analyzeMany(names.map((name) => `${directory}/images/${name}`))) {
      if ('error' in outcome) throw outcome.error;
      const { faces, width, height } = outcome.analysis;
      const embedding = selectProminentFace(faces, width, height)?.embedding;
      if (embedding !== undefined) embeddings.set(names[outcome.index] as string, embedding);
    }
    const { threshold } = selectThreshold(engine.info.thresholds, 1e-3, false);
    const wrong = pairs.filter(([same, a, b]) => {
      const [first, second] = [embeddings.get(a), embeddings.get(b)];
      if (first === undefined || second === undefined) return true;
      return compareEmbeddings(first, second, 'cosine').similarity >= threshold !== (same === '1');
    });
    await engine.dispose();
    expect(pairs.length).toBe(136);
    expect(wrong).toEqual([]);
  });
});
