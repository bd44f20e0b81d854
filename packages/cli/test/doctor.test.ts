import { expect, it } from 'vitest';
import { parseDocument, runInProcess } from './support/run-in-process.ts';

it('says what runs here', async () => {
  const run = await runInProcess(['doctor', '--json']);
  expect(run.exitCode).toBe(0);
  expect(parseDocument(run)).toMatchObject({
    ok: true,
    versions: { isoface: expect.any(String), node: process.versions.node, onnxruntime: expect.any(String), sharp: expect.any(String) },
    machine: { cores: expect.any(Number), memoryBytes: expect.any(Number) },
    providers: [
      { name: 'cpu', isBundled: true, works: true, startMs: expect.any(Number), analysisMs: expect.any(Number) },
      { name: 'webgpu', works: expect.any(Boolean) },
      { name: 'cuda', works: expect.any(Boolean) },
    ],
    packs: expect.arrayContaining([{ id: 'starter', isPresent: true, missing: [] }]),
    cache: { directory: expect.any(String), isWritable: expect.any(Boolean) },
  });
});
