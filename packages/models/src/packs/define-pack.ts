/** Puts single models together to a pack. */

import type { CalibratedThreshold, DetectorManifest, EmbedderManifest, LandmarkerManifest, PackManifest } from '@isoface/core';
import { parsePackManifest } from '../schema.ts';

/** What a pack is made of. */
export interface PackParts {
  /** Lower-case letters, digits, dots and hyphens. */
  readonly id: string;
  /** @defaultValue the titles of the models */
  readonly title?: string | undefined;
  readonly detector: DetectorManifest;
  /** Needed by embedders that are aligned by 68 landmarks. */
  readonly landmarker?: LandmarkerManifest | undefined;
  /** Without it, the pack detects faces only. */
  readonly embedder?: EmbedderManifest | undefined;
  /** Measured with exactly these models; thresholds of another chain do not apply. @defaultValue none */
  readonly thresholds?: readonly CalibratedThreshold[] | undefined;
}

/**
 * Makes a pack and checks that its models fit together.
 *
 * @throws {FaceError} `MANIFEST_INVALID`.
 * @example
 * const pack = definePack({ id: 'mine', detector: scrfd500mKps, embedder: mobilefacenetInsightfaceY1 });
 */
export function definePack({ id, title, detector, landmarker, embedder, thresholds = [] }: PackParts): PackManifest {
  const titles = [detector, landmarker, embedder].flatMap((model) => (model === undefined ? [] : [model.title]));
  return parsePackManifest({ schemaVersion: 1, id, title: title ?? titles.join(', '), detector, landmarker, embedder, thresholds });
}
