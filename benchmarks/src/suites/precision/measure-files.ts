/** Sizes and output errors of the variants of a pack. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HostTensor, InferenceBackend } from '@isoface/core';
import { computeOutputError, type Outputs } from './output-error.ts';
import type { FilesPiece, ModelFiles, VariantFile } from './precision-piece.ts';
import { createThreadedBackend, type PreparedModel, type PreparedPack } from './prepared-pack.ts';
import { BASELINE } from './variant-name.ts';

const compress = promisify(gzip);

/** Measures the files of a pack, and what they give on faces that nothing was calibrated on. */
export async function measureFiles({ pack, models }: PreparedPack, signal: AbortSignal): Promise<FilesPiece> {
  const backend = createThreadedBackend();
  const measured: ModelFiles[] = [];
  for (const model of models) measured.push(await measureModelFiles(backend, model, signal));
  return {
    kind: 'files',
    pack: pack.manifest.id,
    calibrationInputs: Object.fromEntries(models.map(({ manifest, calibrationInputs }) => [manifest.task, calibrationInputs])),
    models: measured,
  };
}

async function measureModelFiles(backend: InferenceBackend, model: PreparedModel, signal: AbortSignal): Promise<ModelFiles> {
  const { manifest, variants, missing, samples } = model;
  const files: VariantFile[] = [];
  let reference: readonly Outputs[] = [];
  for (const { variant, bytes, nodesInFloat32 } of variants) {
    const size = { variant, bytes: bytes.length, gzipBytes: (await compress(bytes, { level: 6 })).length, nodesInFloat32 };
    try {
      const outputs = await runSamples(
        backend,
        bytes,
        manifest.id,
        manifest.input.name,
        samples.map(({ input }) => input),
        signal,
      );
      if (variant === BASELINE) reference = outputs;
      files.push({ ...size, error: computeOutputError(manifest, samples, reference, outputs) });
    } catch (error) {
      signal.throwIfAborted();
      files.push({ ...size, failure: error instanceof Error ? error.message : String(error) });
    }
  }
  return { task: manifest.task, model: manifest.id, variants: files, missing };
}

async function runSamples(
  backend: InferenceBackend,
  bytes: Uint8Array,
  name: string,
  inputName: string,
  inputs: readonly HostTensor[],
  signal: AbortSignal,
): Promise<Outputs[]> {
  const session = await backend.createSession(bytes, { name, signal });
  try {
    const outputs: Outputs[] = [];
    for (const input of inputs) {
      signal.throwIfAborted();
      outputs.push(await session.run({ [inputName]: input }));
    }
    return outputs;
  } finally {
    await session.dispose();
  }
}
