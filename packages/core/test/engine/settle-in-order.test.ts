import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Outcome, settleInOrder } from '../../src/engine/settle-in-order.ts';

async function collect<R>(outcomes: AsyncIterable<Outcome<R>>): Promise<Outcome<R>[]> {
  const all: Outcome<R>[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

/** Finishes after some turns of the event loop. */
async function later(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setTimeout(resolve));
}

describe('settleInOrder', () => {
  it('keeps the order and the limit, however long each item takes', async () => {
    const items = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), async (turns, concurrency) => {
        let underWay = 0;
        let most = 0;
        const outcomes = await collect(
          settleInOrder(turns, concurrency, async (count) => {
            most = Math.max(most, ++underWay);
            await later(count);
            underWay--;
            return count * 10;
          }),
        );
        expect(outcomes).toEqual(turns.map((count, index) => ({ index, value: count * 10 })));
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
      { numRuns: 30 },
    );
  });

  it('puts errors at their place', async () => {
    const work = async (item: number): Promise<number> => {
      if (item === 2) throw new Error('two');
      return item;
    };
    expect(await collect(settleInOrder([1, 2, 3], 2, work))).toEqual([
      { index: 0, value: 1 },
      { index: 1, error: new Error('two') },
      { index: 2, value: 3 },
    ]);
  });

  it('reads no further ahead than there is room', async () => {
    let taken = 0;
    function* endless(): Generator<number> {
      for (;;) yield taken++;
    }
    for await (const { index } of settleInOrder(endless(), 3, async (item) => item)) {
      expect(taken).toBeLessThanOrEqual(index + 3);
      if (index === 20) break;
    }
  });

  it('throws the reason of an abort instead of outcomes of what it cut off', async () => {
    const controller = new AbortController();
    const yielded: number[] = [];
    const run = async (): Promise<void> => {
      const work = async (item: number): Promise<number> => {
        await later(1);
        if (item === 2) controller.abort('stop');
        controller.signal.throwIfAborted();
        return item;
      };
      for await (const outcome of settleInOrder([0, 1, 2, 3, 4, 5], 2, work, controller.signal)) yielded.push(outcome.index);
    };
    await expect(run()).rejects.toBe('stop');
    expect(yielded.every((index) => index < 2)).toBe(true);
  });
});
