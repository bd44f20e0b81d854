// Analyzes the pictures of one row with the built runtime for Node and prints the numbers as JSON.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFaceEngine } from '@isoface/runtime-node';

const { inputs, row, pack, modelsDir } = JSON.parse(process.argv[2]);
const { executionProvider, threads, worker, input, pictures, detectionSize } = row;
const engine = await createFaceEngine({
  pack,
  modelsDir,
  executionProviders: executionProvider,
  offline: true,
  liveness: 'auto',
  detectionSize,
  worker,
  ...(worker && { threads }),
});
const extras = { mesh: true, liveness: engine.info.liveness.passive.length > 0 };
const findings = {};
for (const { name, file, width, height } of (input === 'jpeg' ? inputs.jpegs : inputs.pixels).slice(0, pictures)) {
  const bytes = await readFile(join(inputs.folder, file));
  const { faces } = await engine.analyze(input === 'jpeg' ? bytes : { width, height, data: new Uint8Array(bytes) }, extras);
  findings[name] = faces.map(({ box, landmarks = [], landmarks68 = [], embedding, mesh, liveness }) => ({
    box: [box.x, box.y, box.width, box.height],
    landmarks: [...landmarks, ...landmarks68].flatMap(({ x, y }) => [x, y]),
    embedding: Array.from(embedding?.vector ?? []),
    mesh: Array.from(mesh),
    liveness: liveness === undefined ? [] : [liveness.score],
  }));
}
// A process that ends with a live GPU session crashes.
await engine.dispose();
process.stdout.write(JSON.stringify(findings));
