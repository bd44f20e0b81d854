/** Puts single models together to a pack. */

import type {
  CalibratedLivenessThreshold,
  CalibratedThreshold,
  DetectorManifest,
  EmbedderManifest,
  LandmarkerManifest,
  LivenessManifest,
  MeshManifest,
  PackManifest,
} from '@isoface/core';
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
  /** Models of passive liveness, whose scores are averaged, 1 to 4. Loaded only where liveness is asked for. @defaultValue none */
  readonly liveness?: readonly LivenessManifest[] | undefined;
  /** The face mesh, for active liveness. Loaded only where liveness is asked for. @defaultValue none */
  readonly mesh?: MeshManifest | undefined;
  /** Measured with exactly these models; thresholds of another chain do not apply. @defaultValue none */
  readonly thresholds?: readonly CalibratedThreshold[] | undefined;
  /** Measured with this detector and these models of liveness. @defaultValue none */
  readonly livenessThresholds?: readonly CalibratedLivenessThreshold[] | undefined;
}

/**
 * Makes a pack and checks that its models fit together.
 *
 * @throws {FaceError} `MANIFEST_INVALID`.
 * @example
 * const pack = definePack({ id: 'mine', detector: scrfd500mKps, embedder: mobilefacenetInsightfaceY1 });
 */
export function definePack({ title, thresholds = [], ...parts }: PackParts): PackManifest {
  const titles = [parts.detector, parts.landmarker, parts.embedder].flatMap((model) => (model === undefined ? [] : [model.title]));
  return parsePackManifest({ ...parts, schemaVersion: 1, title: title ?? titles.join(', '), thresholds });
}
