/** From the name of a recognizer to a template source. */

import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FaceError, type PackManifest } from '@isoface/core';
import {
  assertRecognizer,
  createEigenfacesRecognizer,
  createLbphRecognizer,
  DEFAULT_RECOGNIZER_CROP,
  decodeEigenfaces,
  type Recognizer,
  trainEigenfaces,
} from '@isoface/core/recognizers';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import { createCropSource } from './crop-source.ts';
import { createPackSource } from './pack-source.ts';
import { createPixelRecognizer } from './pixel-recognizer.ts';
import type { TemplateSource } from './template-source.ts';

/** A recognizer that was found; opening an engine for it is worth the time. */
export type ChosenRecognizer =
  | { readonly kind: 'pack' }
  | { readonly kind: 'trained' }
  | { readonly kind: 'crops'; readonly recognizer: Recognizer };

const EIGENFACES = 'eigenfaces:';
const MODULES: ReadonlySet<string> = new Set(['.mjs', '.js']);

/**
 * Finds a recognizer by its name.
 *
 * @param name - `pack`: the embedder of the pack. `lbph`. `eigenfaces`: trained on the folds that are not tested. `eigenfaces:FILE`: trained before.
 * A path ending in `.mjs` or `.js`: a module whose default export is a recognizer, or a function that returns one; it is run.
 * @param resolvePath - Absolute path of what a user typed.
 * @throws {FaceError} `INVALID_OPTION` for a name that is none and a module that exports no recognizer; `IO_FAILED` or `MODEL_INTEGRITY` for a file.
 */
export async function chooseRecognizer(name: string, resolvePath: (path: string) => string): Promise<ChosenRecognizer> {
  if (name === 'pack') return { kind: 'pack' };
  if (name === 'eigenfaces') return { kind: 'trained' };
  return { kind: 'crops', recognizer: await openRecognizer(name, resolvePath) };
}

/**
 * Opens the source of a recognizer. It owns the engine from then on; when this fails, the engine is disposed.
 *
 * @param engine - Finds the faces, and embeds them where the recognizer is the pack's own.
 * @param pack - The pack of the engine.
 * @throws {FaceError} `INVALID_OPTION` for a pack that only detects.
 */
export async function openTemplateSource(engine: NodeFaceEngine, pack: PackManifest, chosen: ChosenRecognizer): Promise<TemplateSource> {
  try {
    if (chosen.kind === 'pack') return createPackSource(engine, pack.embedder?.metric);
    return chosen.kind === 'trained' ? await createTrainedSource(engine) : await createCropSource(engine, chosen.recognizer);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function createTrainedSource(engine: NodeFaceEngine): Promise<TemplateSource> {
  const pixels = createPixelRecognizer(DEFAULT_RECOGNIZER_CROP);
  const source = await createCropSource(engine, pixels, (crops, count) => createEigenfacesRecognizer(trainEigenfaces(crops, count)));
  return { ...source, recognizer: 'eigenfaces', contract: `eigenfaces trained per fold on ${pixels.contract}` };
}

async function openRecognizer(recognizer: string, resolvePath: (path: string) => string): Promise<Recognizer> {
  if (recognizer === 'lbph') return createLbphRecognizer();
  if (recognizer.startsWith(EIGENFACES)) {
    return createEigenfacesRecognizer(decodeEigenfaces(await readModel(resolvePath(recognizer.slice(EIGENFACES.length)))));
  }
  if (MODULES.has(extname(recognizer))) return importRecognizer(resolvePath(recognizer));
  throw new FaceError(
    'INVALID_OPTION',
    `Expected a recognizer of pack, lbph, eigenfaces, eigenfaces:FILE or a module FILE.mjs, got ${JSON.stringify(recognizer)}.`,
    { option: 'recognizer', value: recognizer },
  );
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new FaceError(
      'IO_FAILED',
      `Cannot read the model ${path} (${reason}); make one with isoface eval train.`,
      { path, reason },
      { cause },
    );
  }
}

/** Runs the module: it may do whatever its author wants. */
async function importRecognizer(path: string): Promise<Recognizer> {
  let exported: unknown;
  try {
    ({ default: exported } = await import(pathToFileURL(path).href));
    if (typeof exported === 'function') exported = await exported();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FaceError(
      'INVALID_OPTION',
      `Expected a module with a recognizer in ${path}, but it fails to load: ${reason}`,
      { path, reason },
      { cause },
    );
  }
  assertRecognizer(exported);
  return exported;
}
