/** A face unlock over a whole engine, whose models are made up. */

import { createFaceEngine } from '@isoface/core';
import { createFaceUnlock, createMemoryUnlockStore } from '@isoface/core/unlock';
import { createFakeParts, drawFakeFaces } from '@isoface/testkit';
import { expect, it } from 'vitest';
import { CONSENT } from './unlock-lab.ts';

it('takes the frames and the gallery of an engine, and lets go of them', async () => {
  const parts = createFakeParts();
  const engine = await createFaceEngine(parts);
  const unlock = createFaceUnlock({ engine, store: createMemoryUnlockStore(), policy: { liveness: 'none' } });
  // A drawing is the same in every frame: nobody is enrolled from a frozen picture.
  const image = drawFakeFaces(128, 128, [{ box: { x: 24, y: 16, width: 80, height: 96 }, person: [255, 0] }]);
  const frames = Array.from({ length: 60 }, (_, i) => ({ image, timestampMs: i * 40 }));
  const events = [];
  for await (const event of unlock.enrol(frames, { consent: CONSENT })) events.push(event);
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'frame', faces: 1, face: expect.objectContaining({ box: expect.anything() }) }),
  );
  expect(events.at(-1)).toMatchObject({ type: 'refused', reason: 'frozenFrames' });
  expect(parts.liveFrames()).toBe(0);
  expect(parts.liveTensors()).toBe(0);
  expect(await unlock.status()).toEqual({ state: 'notEnrolled' });
  await engine.dispose();
});
