/** One suite, one table of pictures, every runtime. `ISOFACE_WRITE_PARITY=1` writes what was measured to docs/parity.md. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getPack } from '@isoface/models';
import { createNodeModelSource } from '@isoface/runtime-node';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSoftwareVulkan } from '../../scripts/find-chromium.mjs';
import { type ParityInputs, writeParityInputs } from './inputs.ts';
import { listRows, type MeasuredRow, renderParity } from './parity-table.ts';
import { compareFindings, type Findings } from './results.ts';
import { type ParityRow, parityRows } from './rows.ts';
import { runInBrowser } from './run-in-browser.ts';
import { runInNode } from './run-in-node.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/parity.md', import.meta.url));
const PACKS = hasSharedData ? ['starter', 'standard'] : ['starter'];
const modelsDir = hasSharedData ? sharedPath('models') : undefined;
const softwareVulkan = findSoftwareVulkan();
const TIMEOUT_MS = 900_000;

let folder: string;
let inputs: ParityInputs;
const measured: MeasuredRow[] = [];
const references = new Map<string, Promise<Findings>>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-parity-'));
  inputs = await writeParityInputs(join(folder, 'inputs'));
  const source = createNodeModelSource({ modelsDir, offline: true });
  for (const pack of PACKS.map((name) => getPack(name))) {
    for (const model of [pack.detector, pack.landmarker, pack.embedder, ...(pack.liveness ?? [])]) {
      if (model !== undefined) await writeFile(join(folder, model.file.name), await source.load(model));
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The CPU provider in Node, on the calling thread. */
function referenceOf(pack: string, { input, detectionSize }: Pick<ParityRow, 'input' | 'detectionSize'>): Promise<Findings> {
  const key = `${pack} ${input} ${detectionSize}`;
  const known = references.get(key);
  if (known !== undefined) return known;
  const row = { runtime: 'node', executionProvider: 'cpu', threads: 1, preprocessing: 'cpu', input, detectionSize, worker: false } as const;
  const found = runInNode({ inputs, row, pack, modelsDir }, undefined);
  references.set(key, found);
  return found;
}

async function measure(pack: string, row: ParityRow): Promise<MeasuredRow> {
  const reference = await referenceOf(pack, row);
  const isGpuInNode = row.runtime === 'node' && row.executionProvider === 'webgpu';
  const got =
    row.runtime === 'node'
      ? await runInNode({ inputs, row: { ...row, worker: !isGpuInNode }, pack, modelsDir }, isGpuInNode ? softwareVulkan : undefined)
      : await runInBrowser({ inputs, row, pack, modelsFolder: folder });
  return { pack, row, difference: compareFindings(reference, got) };
}

describe.each(PACKS)('parity with the CPU provider in Node: %s', (pack) => {
  it('has a reference that finds faces in every picture', async () => {
    const counts = Object.values(await referenceOf(pack, { input: 'pixels' })).map((faces) => faces.length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it.each(parityRows(pack).map((row) => [row.name, row] as const))(
    '%s',
    async (_, row) => {
      const result = await measure(pack, row);
      measured.push(result);
      const { difference } = result;
      expect(difference.facesMissed).toEqual([]);
      expect(difference.boxPixels).toBeLessThanOrEqual(row.limits.pixels);
      expect(difference.landmarkPixels).toBeLessThanOrEqual(row.limits.pixels);
      expect(difference.meshPixels).toBeLessThanOrEqual(row.limits.pixels);
      expect(difference.livenessScore !== undefined).toBe(pack === 'standard');
      expect(difference.livenessScore ?? 0).toBeLessThanOrEqual(row.limits.liveness);
      expect(difference.smallestCosine).toBeGreaterThanOrEqual(row.limits.cosine);
    },
    TIMEOUT_MS,
  );
});

// Without the shared models only a part of the table can be measured.
describe.runIf(hasSharedData)('docs/parity.md', () => {
  it('shows the rows and limits of this suite', async () => {
    expect(measured).toHaveLength(PACKS.flatMap(parityRows).length);
    const document = renderParity(measured);
    if (process.env['ISOFACE_WRITE_PARITY'] === '1') await writeFile(DOCUMENT, document);
    expect(listRows(await readFile(DOCUMENT, 'utf8'))).toEqual(listRows(document));
  });
});
