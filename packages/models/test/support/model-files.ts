/** Model files made of random bytes, and manifests around them. */

import type { ModelFile, ModelManifest } from '@isoface/core';
import { ultrafaceRfb320 } from '@isoface/models';
import { sha256 } from '@isoface/testkit';

/** `getRandomValues` gives no more at once. */
const MAX_RANDOM_BYTES = 65_536;

export function randomModel(bytes: number): Uint8Array {
  const model = new Uint8Array(bytes);
  for (let start = 0; start < bytes; start += MAX_RANDOM_BYTES) crypto.getRandomValues(model.subarray(start, start + MAX_RANDOM_BYTES));
  // No random byte may look like the start of a page.
  model[0] = 0x08;
  return model;
}

export async function describeFile(bytes: Uint8Array, urls: readonly string[] = [], name = 'model.onnx'): Promise<ModelFile> {
  return { name, sha256: await sha256(bytes), bytes: bytes.length, urls };
}

/** A valid manifest whose bytes are `file`. */
export function manifestFor(file: ModelFile, importFrom?: ModelManifest['importFrom']): ModelManifest {
  return { ...ultrafaceRfb320, id: 'test-model', file, importFrom };
}
