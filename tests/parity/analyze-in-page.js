// Runs in the browser: analyzes the pictures of one row with the built runtime and gives the numbers.

import { createFaceEngine } from '/web/index.js';

export async function analyzeInPage({ pictures, options }) {
  const engine = await createFaceEngine(options);
  const { executionProvider, runtime } = engine.info;
  const got = { executionProviders: executionProvider, threads: runtime.threads, preprocessing: runtime.preprocessing };
  for (const [name, value] of Object.entries(got)) {
    if (value !== options[name]) throw new Error(`Expected ${name} ${options[name]}, got ${value}.`);
  }
  const extras = { mesh: true, liveness: engine.info.liveness.passive.length > 0 };
  const findings = {};
  for (const { name, file, width, height } of pictures) {
    const bytes = new Uint8Array(await (await fetch(`/inputs/${file}`)).arrayBuffer());
    const { faces } = await engine.analyze(width === undefined ? bytes : { width, height, data: bytes }, extras);
    findings[name] = faces.map(({ box, landmarks = [], landmarks68 = [], embedding, mesh, liveness }) => ({
      box: [box.x, box.y, box.width, box.height],
      landmarks: [...landmarks, ...landmarks68].flatMap(({ x, y }) => [x, y]),
      embedding: Array.from(embedding?.vector ?? []),
      mesh: Array.from(mesh),
      liveness: liveness === undefined ? [] : [liveness.score],
    }));
  }
  await engine.dispose();
  return findings;
}
