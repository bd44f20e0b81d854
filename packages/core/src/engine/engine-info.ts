/** What an engine says about itself. */

import type { ModelManifest, PackManifest } from '../ports/model-manifest.ts';
import type { EngineInfo } from './face-engine.ts';
import type { OpenPack } from './open-pack.ts';

/**
 * Describes an engine over an open pack.
 *
 * @param calibrated - The pack as its maker calibrated it, before options changed its input size.
 */
export function describeEngine(
  pack: OpenPack,
  calibrated: PackManifest,
  flipAveraging: boolean,
  { versions = {}, runtime = {} }: Partial<Pick<EngineInfo, 'versions' | 'runtime'>>,
): EngineInfo {
  const { manifest, models, detector, embedder, contract, missing } = pack;
  const detectionSize = longerSide(manifest);
  return {
    pack: manifest.id,
    contract,
    executionProvider: (embedder ?? detector).session.executionProvider,
    models: models.map(({ manifest: { id, task, license, file }, session }) => ({
      id,
      task,
      license,
      executionProvider: session.executionProvider,
      bytes: file.bytes,
    })),
    dimension: manifest.embedder?.dimension,
    flipAveraging,
    detectionSize,
    thresholds: manifest.thresholds,
    liveness: describeLiveness(pack),
    versions,
    runtime,
    warnings: [
      ...models.flatMap((model) => toLicenseWarning(model.manifest)),
      ...toCalibrationWarning(calibrated, detectionSize),
      ...missing,
    ],
  };
}

function describeLiveness({ manifest, liveness, mesh }: OpenPack): EngineInfo['liveness'] {
  const points = manifest.landmarker === undefined ? 'five' : 'ibug68';
  return {
    passive: liveness.map((model) => model.manifest.id),
    landmarks: mesh === undefined ? points : 'mesh468',
    thresholds: liveness.length === 0 ? [] : (manifest.livenessThresholds ?? []),
  };
}

function longerSide({ detector }: PackManifest): number {
  return Math.max(detector.input.width, detector.input.height);
}

/** Landmarks move a little with the size of the detector's input, and with them the similarities of strangers. */
function toCalibrationWarning(calibrated: PackManifest, detectionSize: number): string[] {
  if (detectionSize === longerSide(calibrated) || calibrated.thresholds.length === 0) return [];
  return [
    `Thresholds were calibrated at detection size ${longerSide(calibrated)}; at ${detectionSize} false match rates differ from those stated.`,
  ];
}

function toLicenseWarning({ id, license }: ModelManifest): string[] {
  if (license.commercialUse === 'allowed') return [];
  const terms = license.commercialUse === 'prohibited' ? 'forbids commercial use' : 'states no terms for commercial use';
  return [`${id}: its licence (${license.spdx}) ${terms}.${license.notice ? ` ${license.notice}` : ''}`];
}
