/** What the engine says about itself, as rows of a table. */

import type { EngineInfo } from 'isoface';
import { formatBytes } from '../text/format-bytes.ts';

/** Label and value. */
export type Fact = readonly [string, string];

/** Digits of the contract id that are shown: enough to tell contracts apart. */
const CONTRACT_DIGITS = 12;

/** Lists what runs, and under which licences. */
export function listEngineFacts(info: EngineInfo): readonly Fact[] {
  const { pack, executionProvider, runtime, versions, contract, dimension, detectionSize, flipAveraging, models } = info;
  const fact = (label: string, value: string | number | boolean | undefined): Fact[] =>
    value === undefined ? [] : [[label, String(value)]];
  return [
    ...fact('Pack', pack),
    ...fact('Runs on', executionProvider === 'webgpu' ? 'WebGPU' : 'WebAssembly'),
    ...fact('ONNX Runtime', versions['onnxruntime']),
    ...fact('ONNX Runtime build', runtime['ortBuild']),
    ...fact('Threads', runtime['threads']),
    ...fact('Preprocessing', runtime['preprocessing']),
    ...fact('Graphics', describeGraphics(runtime)),
    ...fact('Detection size', `${detectionSize} pixels`),
    ...fact('Embedding', dimension === undefined ? 'none' : `${dimension} numbers${flipAveraging ? ', flip averaged' : ''}`),
    ...fact('Contract', contract?.slice(0, CONTRACT_DIGITS)),
    ...models.map(({ id, license, bytes }): Fact => [id, `${formatBytes(bytes)}, ${license.spdx}`]),
  ];
}

function describeGraphics({ gpuVendor, gpuArchitecture, softwareGpu }: EngineInfo['runtime']): string | undefined {
  if (gpuVendor === undefined) return undefined;
  return [gpuVendor, gpuArchitecture, softwareGpu === true && '(in software)'].filter(Boolean).join(' ') || 'unnamed';
}
