import { FaceError } from '@isoface/core';
import { createAdaptiveIndex, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import { createPlainIndex, describeTemplateIndex, toIndexRows } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const SPEC: IndexSpec = { dimension: 2, metric: 'cosine' };
const UP = Float32Array.of(0, 1);
const RIGHT = Float32Array.of(1, 0);

const createHere = async (spec: IndexSpec) => createPlainIndex(spec);

/** An index that says it is in a thread, answers later, and notes what it is asked. */
function threads(asked: string[] = []): (spec: IndexSpec) => Promise<TemplateIndex> {
  return async (spec) => {
    const plain = createPlainIndex(spec);
    let last: Promise<unknown> = Promise.resolve();
    const later = <T>(name: string, work: () => Promise<T>): Promise<T> => {
      asked.push(name);
      const done = last.then(() => new Promise((resolve) => setTimeout(resolve, 1))).then(work);
      last = done.catch(() => undefined);
      return done;
    };
    return {
      info: () => later('info', async () => ({ ...(await plain.info()), where: 'thread' })),
      add(rows) {
        const own = structuredClone(rows);
        return later(`add ${rows.groups.length}`, () => plain.add(own));
      },
      remove: (group) => later('remove', () => plain.remove(group)),
      search(probes, options) {
        const own = probes.slice();
        return later('search', () => plain.search(own, options));
      },
      dispose: () => later('dispose', () => plain.dispose()),
    };
  };
}

for (const maxNumbersHere of [0, 200, 1e9]) {
  describeTemplateIndex(`adaptive, up to ${maxNumbersHere} numbers here`, (spec) =>
    createAdaptiveIndex({ spec, createHere, createThread: threads(), mode: 'auto', maxNumbersHere }),
  );
}

describe('createAdaptiveIndex', () => {
  it.each([
    ['caller', true, 1e9, 'here'],
    ['thread', true, 0, 'thread'],
    ['thread', false, 0, 'here'],
    ['auto', true, 0, 'here'],
    ['auto', true, 50, 'here'],
    ['auto', true, 51, 'thread'],
    ['auto', false, 51, 'here'],
  ] as const)('starts in mode %s, with threads: %s, for %d expected rows: %s', async (mode, hasThreads, expectedRows, where) => {
    const createThread = hasThreads ? threads() : undefined;
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread, mode, maxNumbersHere: 100, expectedRows });
    expect((await index.info()).where).toBe(where);
    await index.dispose();
  });

  it('moves with the call that makes it too large, and not before', async () => {
    const asked: string[] = [];
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread: threads(asked), mode: 'auto', maxNumbersHere: 8 });
    const place = async (): Promise<unknown[]> => {
      const { where, rows } = await index.info();
      return [where, rows];
    };
    await index.add(toIndexRows([UP, RIGHT, UP], [1, 2, 3], [1, 1, 1]));
    expect(await index.remove(3)).toBe(1);
    await index.add(toIndexRows([UP, UP], [4, 5], [1, 1]));
    expect(await place()).toEqual(['here', 4]);
    expect(asked).toEqual([]);
    await index.add(toIndexRows([RIGHT], [6], [1]));
    expect(await place()).toEqual(['thread', 5]);
    expect(asked).toEqual(['add 4', 'add 1', 'info']);
    await index.dispose();
  });

  it('answers calls made while it moves in their order, with the arrays as they were', async () => {
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread: threads(), mode: 'auto', maxNumbersHere: 4 });
    await index.add(toIndexRows([UP, UP], [1, 2], [1, 1]));
    const rows = toIndexRows([UP, RIGHT], [3, 4], [1, 1]);
    const probe = UP.slice();
    const groups = async (): Promise<number[]> => {
      const [hits = []] = await index.search(probe, { limit: 9 });
      return hits.map(({ group }) => group).sort();
    };
    const calls = [groups(), index.add(rows), groups(), index.remove(1), groups(), index.info().then(({ where }) => where)];
    rows.vectors.fill(Number.NaN);
    probe.fill(Number.NaN);
    expect(await Promise.all(calls)).toEqual([[1, 2], undefined, [1, 2, 3, 4], 1, [2, 3, 4], 'thread']);
    await index.dispose();
  });

  it('moves in blocks', async () => {
    const asked: string[] = [];
    const dimension = 2 ** 16;
    const index = await createAdaptiveIndex({
      spec: { dimension, metric: 'euclidean' },
      createHere,
      createThread: threads(asked),
      mode: 'auto',
      maxNumbersHere: 10 * dimension,
    });
    const rows = (count: number, first: number) =>
      toIndexRows(
        Array.from({ length: count }, (_, i) => new Float32Array(dimension).fill(first + i)),
        Array.from({ length: count }, (_, i) => first + i),
        Array.from({ length: count }, () => 1),
      );
    await index.add(rows(10, 1));
    await index.add(rows(1, 11));
    expect(asked).toEqual(['add 4', 'add 4', 'add 2', 'add 1']);
    const [hits = []] = await index.search(new Float32Array(dimension).fill(7), { limit: 1 });
    expect(hits).toEqual([{ group: 7, label: 1, similarity: -0 }]);
    await index.dispose();
  });

  it('stays where it is when no thread starts, and tries again when it has doubled', async () => {
    let tries = 0;
    const createThread = async (spec: IndexSpec): Promise<TemplateIndex> => {
      tries++;
      if (tries === 1) throw new FaceError('BACKEND_UNAVAILABLE', 'no thread');
      return threads()(spec);
    };
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread, mode: 'auto', maxNumbersHere: 4 });
    const seen = [];
    for (let group = 0; group < 5; group++) {
      await index.add(toIndexRows([UP], [group], [1]));
      const { where, rows } = await index.info();
      seen.push([tries, where, rows]);
    }
    expect(seen).toEqual([
      [0, 'here', 1],
      [0, 'here', 2],
      [1, 'here', 3],
      [1, 'here', 4],
      [2, 'thread', 5],
    ]);
    await index.dispose();
  });

  it('keeps every row when the thread fails in the middle of the move', async () => {
    const createThread = async (spec: IndexSpec): Promise<TemplateIndex> => ({
      ...(await threads()(spec)),
      add: async () => {
        throw new FaceError('WORKER_CRASHED', 'gone');
      },
    });
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread, mode: 'auto', maxNumbersHere: 4 });
    await index.add(toIndexRows([UP, UP], [1, 2], [1, 1]));
    await index.add(toIndexRows([UP], [3], [1]));
    expect(await index.info()).toMatchObject({ where: 'here', rows: 3 });
    expect((await index.search(UP, { limit: 1 }))[0]).toHaveLength(3);
    await index.dispose();
  });

  it('says why the thread that was asked for does not start', async () => {
    const createThread = async (): Promise<TemplateIndex> => {
      throw new FaceError('BACKEND_UNAVAILABLE', 'no thread');
    };
    await expect(createAdaptiveIndex({ spec: SPEC, createHere, createThread, mode: 'thread' })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
    });
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread, mode: 'auto', expectedRows: 1e9 });
    expect((await index.info()).where).toBe('here');
    await index.dispose();
  });

  it('is disposed of behind a move that is under way', async () => {
    const asked: string[] = [];
    const index = await createAdaptiveIndex({ spec: SPEC, createHere, createThread: threads(asked), mode: 'auto', maxNumbersHere: 0 });
    const adding = index.add(toIndexRows([UP], [1], [1]));
    const disposal = index.dispose();
    await Promise.all([adding, disposal, index.dispose()]);
    expect(asked).toEqual(['add 1', 'dispose', 'dispose']);
    await expect(index.search(UP, { limit: 1 })).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
