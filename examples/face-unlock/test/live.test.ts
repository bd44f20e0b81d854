import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addProgress, NO_PROGRESS } from '../src/app/opening-progress.ts';
import { createAnnouncer } from '../src/live/announcer.ts';
import { createFrameRate } from '../src/live/frame-rate.ts';

describe('announcer', () => {
  let said: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    said = [];
  });
  afterEach(() => void vi.useRealTimers());
  const create = () => createAnnouncer((text) => said.push(text), 1000);

  it('says the first words at once and of what follows the last, after a pause', () => {
    const { say } = create();
    for (const text of ['a', 'b', 'c', 'd']) say(text);
    expect(said).toEqual(['a']);
    vi.advanceTimersByTime(999);
    expect(said).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(['a', 'd']);
  });

  it('does not say twice what still holds', () => {
    const { say } = create();
    say('a');
    say('b');
    say('a');
    vi.advanceTimersByTime(5000);
    say('a');
    expect(said).toEqual(['a']);
  });

  it('says what is urgent at once, and then keeps its pause', () => {
    const { say, sayNow } = create();
    say('a');
    say('b');
    sayNow('now');
    say('c');
    expect(said).toEqual(['a', 'now']);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual(['a', 'now', 'c']);
  });

  it('forgets', () => {
    const { say, clear } = create();
    say('a');
    say('b');
    clear();
    vi.advanceTimersByTime(5000);
    expect(said).toEqual(['a', '']);
    say('a');
    expect(said).toEqual(['a', '', 'a']);
  });
});

describe('frame rate', () => {
  it('is that of the last moments', () => {
    const rate = createFrameRate(1000);
    expect(rate.add(0)).toBe(0);
    expect(rate.add(0)).toBe(0);
    for (let time = 10_000; time < 11_000; time += 50) rate.add(time);
    expect(rate.add(11_000)).toBeCloseTo(20);
  });
});

describe('progress of opening', () => {
  const load = (model: string, loadedBytes: number, totalBytes: number) =>
    ({ phase: 'load', model, source: 'cache', loadedBytes, totalBytes }) as const;

  it('counts bytes, then models, then the test, and never goes back', () => {
    const events = [
      load('a', 50, 100),
      load('a', 100, 100),
      // A second model makes the whole larger.
      load('b', 0, 900),
      load('b', 900, 900),
      { phase: 'openModel', model: 'a', loadedModels: 1, totalModels: 2 },
      { phase: 'openModel', model: 'b', loadedModels: 2, totalModels: 2 },
      { phase: 'selfTest' },
    ] as const;
    const shares: number[] = [];
    let progress = NO_PROGRESS;
    for (const event of events) {
      progress = addProgress(progress, event);
      shares.push(progress.share);
    }
    expect(shares).toEqual([0.3, 0.6, 0.6, 0.6, 0.75, 0.6 + 0.3, 0.6 + 0.3]);
    expect(progress.models.map(({ model }) => model)).toEqual(['a', 'b']);
    expect(progress.step).toEqual({ phase: 'selfTest' });
  });
});
