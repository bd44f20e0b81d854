/** The contract id of an embedder: a fingerprint of everything that changes what a vector means. */

import type { EmbedderManifest, LandmarkerManifest } from '../ports/model-manifest.ts';

/** Version of the resize and warp convention. Grows when pixels of aligned faces change by more than the published tolerance. */
export const RESIZE_CONVENTION_VERSION = 1;

/** SHA-256 of bytes as 64 lower-case hexadecimal digits. */
export type Sha256 = (bytes: Uint8Array) => Promise<string>;

/**
 * Computes the contract id: SHA-256 over embedder digest, dimension, alignment template and landmark source, colour order, resize convention,
 * normalisation and metric. Execution provider, precision and flip averaging are provenance: they do not change the id.
 *
 * @returns 64 hexadecimal digits.
 */
export async function computeContractId(
  embedder: EmbedderManifest,
  landmarker: LandmarkerManifest | undefined,
  sha256: Sha256,
): Promise<string> {
  const { alignment, input } = embedder;
  const region = alignment.region;
  const parts = [
    'isoface-embedding-contract-1',
    embedder.file.sha256,
    embedder.dimension,
    alignment.template,
    // Where the pack has a landmark model, the five landmarks come from it too.
    landmarker?.file.sha256 ?? alignment.landmarks,
    region === undefined ? 'full' : [region.x, region.y, region.width, region.height].join(','),
    `${input.width}x${input.height}`,
    input.channelOrder,
    RESIZE_CONVENTION_VERSION,
    embedder.normalization,
    embedder.metric,
  ];
  return sha256(encodeAscii(parts.join('\n')));
}

/** Core has no TextEncoder; manifest ids and hashes are ASCII by schema, anything else is escaped. */
function encodeAscii(text: string): Uint8Array {
  return Uint8Array.from(encodeURI(text), (character) => character.charCodeAt(0));
}
