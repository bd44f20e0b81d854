import { it } from 'vitest';
import { createFaceEngine } from '/work/main/packages/runtime-node/src/index.ts';
import { openFilmFace, renderClip, sharedPath } from '@isoface/testkit/node';
import { createFaceUnlock, createMemoryUnlockStore } from '@isoface/core/unlock';
it('x', async () => {
  const engine = await createFaceEngine({ pack: 'standard', modelsDir: sharedPath('models'), liveness: 'auto', worker: false } as never);
  const open = async (img: string) => {
    const p = sharedPath('data/deepface-pairs/images/' + img);
    const { faces } = await engine.analyze(p, { mesh: true, liveness: true });
    return openFilmFace({ photo: p, mesh: faces[0]?.mesh as Float32Array });
  };
  let tick = 0;
  const face = await open('img20.jpg');
  const fps = 10;
  const timed = (frames: Buffer[]) => frames.map((image, i) => ({ image, timestampMs: (i * 1000) / fps }));
  const sit = timed(await renderClip(face, [{ atMs: 0 }, { atMs: 1500 }, { atMs: 2000, yawDegrees: 22 }, { atMs: 3200, yawDegrees: 22 }, { atMs: 4200, yawDegrees: -22 }, { atMs: 6000, yawDegrees: -22 }], { framesPerSecond: fps }));
  const moves = timed(await renderClip(face, [{ atMs: 0 }, { atMs: 2000 }, { atMs: 2600, yawDegrees: 25 }, { atMs: 3000, yawDegrees: 25 }, { atMs: 3600 }, { atMs: 5200 }, { atMs: 5800, yawDegrees: -25 }, { atMs: 6200, yawDegrees: -25 }, { atMs: 6800 }, { atMs: 9000 }], { framesPerSecond: fps, seed: 5 }));
  const still = timed(await renderClip(face, [{ atMs: 0 }, { atMs: 9000 }], { framesPerSecond: fps, seed: 5 }));
  for (const liveness of ['passive+active'] as const) {
    const unlock = createFaceUnlock({ engine, store: createMemoryUnlockStore(), policy: { liveness, challengeSteps: 2, challengeActions: ['turnLeft', 'turnRight'] } }, { random: () => (tick++ < 2 ? 0 : tick % 2 ? 0.1 : 0.9) });
    for await (const e of unlock.enrol(sit as never, { consent: { version: '1', givenAtMs: 1 } })) if (e.type === 'enrolled' || e.type === 'refused') console.log('!', JSON.stringify(e));
    for (const [name, script] of [['moves', moves], ['still', still]] as const) {
      let n = 0; let key = '';
      for await (const e of unlock.unlock(script as never)) {
        if (e.type === 'frame') n++;
        if (e.type === 'challenge') { const k = e.prompt.phase + e.prompt.step; if (k !== key) console.log('!', n, JSON.stringify(e.prompt)); key = k; }
        if (e.type === 'decision') console.log('!', name, n, JSON.stringify(e.decision));
      }
    }
  }
  await engine.dispose();
}, 200000);
