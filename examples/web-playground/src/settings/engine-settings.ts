/** What the user chooses about the engine. */

import type { WebEngineOptions } from 'isoface';

/** The engine as the form describes it. */
export interface EngineSettings {
  readonly pack: string;
  readonly provider: 'auto' | 'wasm' | 'webgpu';
  /** Longer side of the detector's input, pixels; `undefined`: the pack's own. */
  readonly detectionSize: number | undefined;
  readonly flipAveraging: boolean;
}

/** Sizes offered for a pack. The detector of `starter` takes one size only. */
export function listDetectionSizes(pack: string): readonly number[] {
  return pack === 'starter' ? [] : [320, 480, 640, 960];
}

/** Reads the fields of the form. A size that the pack does not offer counts as none. */
export function readEngineSettings(fields: Pick<FormData, 'get'>): EngineSettings {
  const pack = String(fields.get('pack') ?? 'starter');
  const provider = fields.get('provider');
  const size = Number(fields.get('detectionSize'));
  return {
    pack,
    provider: provider === 'wasm' || provider === 'webgpu' ? provider : 'auto',
    detectionSize: listDetectionSizes(pack).includes(size) ? size : undefined,
    flipAveraging: fields.get('flipAveraging') !== null,
  };
}

/** The same as options of isoface. */
export function toEngineOptions(settings: EngineSettings, modelBase: string): WebEngineOptions {
  const { pack, provider, detectionSize, flipAveraging } = settings;
  return { pack, executionProviders: provider, detectionSize, flipAveraging, modelBase };
}
