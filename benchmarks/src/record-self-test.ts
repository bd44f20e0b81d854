/** The numbers that a pack's manifest expects of the self-test: what the reference, the CPU, gives on the drawn face. */

import { drawSelfTestFace, type SelfTestExpectation } from '@isoface/core';
import { getPack } from '@isoface/models';
import { openEngine } from '@isoface/runtime-node';

/** Analyzes the drawn face with the pack, its present expectation left aside. */
export async function recordSelfTest(packId: string, modelsDir: string | undefined): Promise<SelfTestExpectation> {
  const engine = await openEngine({ pack: { ...getPack(packId), selfTest: undefined }, executionProviders: 'cpu', modelsDir });
  try {
    const { faces } = await engine.analyze(drawSelfTestFace());
    const [face] = faces;
    if (face === undefined) throw new Error(`Pack "${packId}" finds no face in the drawn picture.`);
    const { x, y, width, height } = face.box;
    const round = (value: number): number => Number(value.toFixed(4));
    return {
      detectionSize: engine.info.detectionSize,
      box: [x, y, width, height].map(round),
      embedding: Array.from(face.embedding?.vector ?? [], round),
    };
  } finally {
    await engine.dispose();
  }
}
