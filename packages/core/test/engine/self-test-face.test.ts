import { addTimings, drawSelfTestFace } from '@isoface/core';
import { sha256 } from '@isoface/testkit';
import { expect, it } from 'vitest';

it('draws the very same pixels everywhere: the expectations of packs depend on them', async () => {
  const { width, height, data } = drawSelfTestFace();
  expect([width, height, data.length]).toEqual([192, 192, 192 * 192 * 4]);
  expect(await sha256(Uint8Array.from(data))).toMatchInlineSnapshot(`"9327814c889cca2100d59e32d5365a7776304e8a9e37d277b5ce4c77e77b0ccb"`);
});

it('addTimings adds stage by stage', () => {
  const a = { decodeMs: 1, preprocessMs: 2, detectMs: 3, alignMs: 4, embedMs: 5, livenessMs: 7, matchMs: 6 };
  const b = { decodeMs: 10, preprocessMs: 20, detectMs: 30, alignMs: 40, embedMs: 50, livenessMs: 70, matchMs: 60 };
  expect(addTimings(a, b)).toEqual({ decodeMs: 11, preprocessMs: 22, detectMs: 33, alignMs: 44, embedMs: 55, livenessMs: 77, matchMs: 66 });
});
