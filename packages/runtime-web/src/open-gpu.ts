/** The GPU of an engine: the device that models run on, and what keeps pixels there from the frame to the embedding. */

import { FaceError, type Preprocessor } from '@isoface/core';
import type { FrameImport } from './images/web-image-decoder.ts';
import type { BackendGpu } from './ort/ort-web-backend.ts';

/** What an engine on the GPU owns there. */
export interface EngineGpu {
  readonly backend: BackendGpu;
  readonly preprocessor: Preprocessor | undefined;
  readonly frameImport: FrameImport | undefined;
  readonly lost: Promise<string>;
  dispose(): void;
}

/** Opens the GPU and what keeps pixels on it. */
export async function openGpu(_allowSoftwareGpu: boolean, _preprocessing: 'cpu' | 'gpu'): Promise<EngineGpu> {
  throw new FaceError('BACKEND_UNAVAILABLE', 'Not there yet.');
}
