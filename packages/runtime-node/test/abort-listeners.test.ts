import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createAbortListeners } from '../src/pool/abort-listeners.ts';

describe('createAbortListeners', () => {
  it('tells every call that waits, and none that does not any more', () => {
    const listen = createAbortListeners();
    const controller = new AbortController();
    const told: string[] = [];
    listen(controller.signal, () => told.push('a'));
    const stop = listen(controller.signal, () => told.push('b'));
    listen(controller.signal, () => told.push('c'));
    stop();
    controller.abort();
    expect(told).toEqual(['a', 'c']);
  });

  it('has one listener for all calls under a signal, and none when none waits', () => {
    const listen = createAbortListeners();
    const { signal } = new AbortController();
    const stops = Array.from({ length: 40 }, () => listen(signal, () => {}));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const stop of stops) stop();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    // Taken back twice by mistake: nothing happens, and the next call is heard.
    for (const stop of stops) stop();
    listen(signal, () => {});
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });

  it('lets a call take itself back while it is told', () => {
    const listen = createAbortListeners();
    const controller = new AbortController();
    const told: string[] = [];
    const stop = listen(controller.signal, () => {
      stop();
      told.push('a');
    });
    listen(controller.signal, () => told.push('b'));
    controller.abort();
    expect(told).toEqual(['a', 'b']);
  });
});
