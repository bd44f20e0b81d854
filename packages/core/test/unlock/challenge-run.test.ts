/** An attempt with the challenge of the package. */

import { expect, it } from 'vitest';
import { attemptsLeft, collect, film, openEnrolledLab } from './unlock-lab.ts';

it('asks a face that only looks straight for a movement, and refuses it in the end', async () => {
  const lab = await openEnrolledLab({ policy: { liveness: 'active', stepLimitMs: 2_000 } });
  const events = await collect(lab.unlock.unlock(film(120)));
  const prompts = events.flatMap((event) => (event.type === 'challenge' ? [event.prompt] : []));
  expect(prompts.map(({ phase }) => phase)).toEqual(['neutral', ...prompts.slice(1).map(() => 'action')]);
  const remaining = prompts.flatMap((prompt) => (prompt.phase === 'action' ? [prompt.remainingMs] : []));
  // Once when it changes, then about ten times a second: frames come every 50 ms.
  expect(remaining.length).toBeGreaterThanOrEqual(10);
  expect(remaining.length).toBeLessThanOrEqual(21);
  expect(remaining).toEqual([...remaining].sort((a, b) => b - a));
  expect(events.at(-1)).toMatchObject({
    decision: { unlocked: false, reason: 'challengeFailed', challenge: 'stepTimeout', counted: true, attemptsLeft: 4 },
  });
  expect(await attemptsLeft(lab)).toBe(4);
});
