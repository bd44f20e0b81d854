/** Stage liveness: what is only computed where it is asked for. */

import { FaceError } from '../errors/face-error.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import type { AnalyzedFace } from './analysis.ts';
import { checkLiveness } from './check-liveness.ts';
import type { AnalyzeOptions } from './face-engine.ts';
import { type FrameFace, scaleFrameFace } from './frame-face.ts';
import type { LocateContext } from './locate-faces.ts';
import { placeMesh } from './place-mesh.ts';

/** Passive liveness and mesh of one face, as far as they were asked for. */
export type FaceExtras = Pick<AnalyzedFace, 'liveness' | 'mesh'>;

type Context = Pick<LocateContext<unknown>, 'pack' | 'preprocessor' | 'clock'>;

/** @throws {FaceError} `INVALID_OPTION` for what the engine has no models for. */
export function assertExtras({ liveness = false, mesh = false }: AnalyzeOptions, { pack }: Pick<Context, 'pack'>): void {
  for (const [option, value] of Object.entries({ liveness, mesh })) {
    if (typeof value === 'boolean') continue;
    throw new FaceError('INVALID_OPTION', `Expected ${option} to be true or false, got ${String(value)}.`, { option, value });
  }
  if (liveness && pack.liveness.length === 0) throw missing('liveness', 'passive liveness models', pack.manifest.id);
  if (mesh && pack.mesh === undefined) throw missing('mesh', 'a face mesh', pack.manifest.id);
}

function missing(option: 'liveness' | 'mesh', what: string, pack: string): FaceError {
  return new FaceError(
    'INVALID_OPTION',
    `Expected an engine with ${what}, got one without; create it with a pack that has them (this is "${pack}") and the option liveness: 'required'.`,
    { option, pack },
  );
}

/**
 * Computes what was asked for, in the order of the faces.
 *
 * @param faces - In pixels of the image.
 * @param sourceScale - Source pixels per pixel of the image: the mesh is given in those.
 */
export async function computeExtras(
  image: FrameImage,
  faces: readonly FrameFace[],
  sourceScale: number,
  { liveness = false, mesh = false, signal }: AnalyzeOptions,
  { pack, preprocessor, clock }: Context,
): Promise<readonly FaceExtras[]> {
  if (faces.length === 0 || !(liveness || mesh)) return faces.map(() => ({}));
  return clock.time('liveness', async () => {
    const checked = liveness ? await checkLiveness(image, faces, { models: pack.liveness, preprocessor, signal }) : [];
    const meshes = mesh && pack.mesh !== undefined ? await placeMesh(image, faces, pack.mesh, preprocessor, signal) : [];
    return faces.map((_, i) => ({ liveness: checked[i], mesh: meshes[i]?.map((value) => value * sourceScale) }));
  });
}

/** {@link computeExtras} for faces in pixels of the source. */
export function computeSourceExtras(
  image: FrameImage,
  faces: readonly FrameFace[],
  sourceScale: number,
  options: AnalyzeOptions,
  context: Context,
): Promise<readonly FaceExtras[]> {
  const inImage = faces.map((face) => scaleFrameFace(face, 1 / sourceScale));
  return computeExtras(image, inImage, sourceScale, options, context);
}
