/** The check that stands between bytes from anywhere and the code that parses them. */

import type { ModelFile, Sha256 } from '@isoface/core';

/** How bytes differ from what a manifest promises, in words. */
export interface ContentMismatch {
  readonly expected: string;
  readonly got: string;
}

/** Compares size first, then SHA-256. Returns `undefined` when the bytes are those of the file. */
export async function findContentMismatch(file: ModelFile, bytes: Uint8Array, sha256: Sha256): Promise<ContentMismatch | undefined> {
  if (bytes.length !== file.bytes) {
    // Sources stop one byte behind the promised size.
    const got = bytes.length === file.bytes + 1 ? `more than ${file.bytes} bytes` : `${bytes.length} bytes`;
    return { expected: `${file.bytes} bytes`, got };
  }
  const digest = await sha256(bytes);
  return digest === file.sha256 ? undefined : { expected: `SHA-256 ${file.sha256}`, got: `SHA-256 ${digest}` };
}
