/** The options that commands about galleries have in common. */

import type { QualityLimits } from '@isoface/core';
import { ENROL_QUALITY_LIMITS } from '@isoface/core/gallery';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { toNumber, toWholeNumber } from '../engine/engine-options.ts';
import type { OutputOptions } from '../session.ts';

/** Where the gallery is and what it is protected with. */
export interface GalleryPlaceOptions {
  /** A path, `pglite:DIR`, or the URL of a PostgreSQL database. */
  readonly gallery: string;
  readonly schema?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly transformKeyFile?: string | undefined;
}

/** What the parser makes of the options of a command that needs no models. */
export interface GalleryCliOptions extends GalleryPlaceOptions, OutputOptions {}

/** Bounds on faces, as they are typed. */
export interface QualityCliOptions {
  readonly minSize?: number | undefined;
  readonly minSharpness?: number | undefined;
  readonly maxYaw?: number | undefined;
}

const GALLERY_GROUP = 'Gallery options:';

/** Adds `--gallery`, `--schema` and the key files. */
export function addGalleryOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--gallery <path|url>', 'a file, postgres://USER@HOST/DATABASE, or pglite:DIR')
        .env('ISOFACE_GALLERY')
        .makeOptionMandatory()
        .helpGroup(GALLERY_GROUP),
    )
    .addOption(new Option('--schema <name>', 'schema of the database (default: isoface)').helpGroup(GALLERY_GROUP))
    .addOption(new Option('--key-file <file>', 'key with which templates and metadata are encrypted').helpGroup(GALLERY_GROUP))
    .addOption(
      new Option('--transform-key-file <file>', 'key with which templates are transformed, so that they can be revoked').helpGroup(
        GALLERY_GROUP,
      ),
    );
}

/** Adds the bounds on size, sharpness and yaw. */
export function addQualityOptions(command: Command, limits: QualityLimits): Command {
  const standard = (value: number | undefined): string => (value === undefined ? '' : ` (default: ${value})`);
  return command
    .addOption(
      new Option('--min-size <pixels>', `shorter side of a face at least${standard(limits.minSizePixels)}`).argParser(toWholeNumber),
    )
    .addOption(new Option('--min-sharpness <n>', `sharpness at least${standard(limits.minSharpness)}`).argParser(toNumber))
    .addOption(new Option('--max-yaw <degrees>', `turned to a side by no more than${standard(limits.maxYawDegrees)}`).argParser(toNumber));
}

/** The limits of the engine, or none, with what was typed in their place. */
export function toQualityLimits({ minSize, minSharpness, maxYaw }: QualityCliOptions, base: QualityLimits): QualityLimits {
  return {
    ...base,
    ...(minSize === undefined ? {} : { minSizePixels: minSize }),
    ...(minSharpness === undefined ? {} : { minSharpness }),
    ...(maxYaw === undefined ? {} : { maxYawDegrees: maxYaw }),
  };
}

/** What a photo must offer to be enrolled; without the gate only what was typed. */
export function toEnrolLimits(options: QualityCliOptions & { readonly qualityGate?: boolean | undefined }): QualityLimits {
  return toQualityLimits(options, options.qualityGate === false ? {} : ENROL_QUALITY_LIMITS);
}

/** `mostProminent` as it is typed. */
export function toSeveralFaces(typed: string | undefined): 'mostProminent' | 'refuse' | undefined {
  return typed === 'most-prominent' ? 'mostProminent' : typed === 'refuse' ? 'refuse' : undefined;
}

/** A parser's function for a false positive identification rate. */
export function toFpir(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('Expected a false positive identification rate between 0 and 1, e.g. 1e-2.');
}
