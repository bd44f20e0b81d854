/** Model files made of random bytes, and manifests around them. */

import { createHash, randomBytes } from 'node:crypto';
import type { ModelFile, ModelManifest } from '@isoface/core';
import { ultrafaceRfb320 } from '@isoface/models';

export async function sha256(bytes: Uint8Array): Promise<string> {
  return createHash('sha256').update(bytes).digest('hex');
}

export function randomModel(bytes: number): Uint8Array {
  // No random byte may look like the start of a page.
  return new Uint8Array([0x08, ...randomBytes(bytes - 1)]);
}

export async function describeFile(bytes: Uint8Array, urls: readonly string[] = [], name = 'model.onnx'): Promise<ModelFile> {
  return { name, sha256: await sha256(bytes), bytes: bytes.length, urls };
}

/** A valid manifest whose bytes are `file`. */
export function manifestFor(file: ModelFile, importFrom?: ModelManifest['importFrom']): ModelManifest {
  return { ...ultrafaceRfb320, id: 'test-model', file, importFrom };
}
