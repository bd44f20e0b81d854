/** Which model is made smaller, and in which pipeline it works. */

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  type DetectorManifest,
  type EmbedderManifest,
  FaceError,
  type LandmarkerManifest,
  type ModelManifest,
  type ModelSource,
  type PackManifest,
} from '@isoface/core';
import { builtinModels, builtinPacks, definePack, standardPack, starterPack } from '@isoface/models';
import { resolvePack } from '@isoface/runtime-node';
import { readNamedFile } from '../engine/read-named-file.ts';
import { readPack } from '../engine/read-pack.ts';
import { findManifest, listOptionalModels, listPackModels } from '../models/select-models.ts';
import type { Session } from '../session.ts';

/** Parts of a pack that a file can stand for. */
export const ROLES = ['detector', 'landmarker', 'embedder'] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** Models that can be fed as in use and judged by what they give. */
export type QuantizableManifest = DetectorManifest | LandmarkerManifest | EmbedderManifest;

/** A model with the pipeline that feeds it. */
export interface QuantizationTarget {
  /** Id of the model, or the name of the file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How the model is fed and read. */
  readonly manifest: QuantizableManifest;
  /** The models up to this one, which find the faces that it is fed. */
  readonly pack: PackManifest;
}

/** What the user said about it. */
export interface TargetOptions {
  readonly pack?: string | undefined;
  readonly role?: Role | undefined;
}

/**
 * Finds the model by id, or reads the file. A file is recognised by its content; any other needs a pack and the role that it has there.
 *
 * @throws {FaceError} `INVALID_OPTION`, `PACK_UNKNOWN`, `IO_FAILED`, or what loading a model throws.
 */
export async function openQuantizationTarget(
  name: string,
  options: TargetOptions,
  modelSource: ModelSource,
  session: Session,
): Promise<QuantizationTarget> {
  const { resolvePath, signal, progress } = session;
  const pack = options.pack === undefined ? undefined : resolvePack(await readPack(options.pack, session));
  if (!name.toLowerCase().endsWith('.onnx')) {
    const manifest = requireQuantizable(findModel(name, pack));
    const bytes = await modelSource.load(manifest, { signal, onProgress: progress.model });
    return { name, bytes, manifest, pack: findPipeline(manifest, pack) };
  }
  const bytes = await readNamedFile(resolvePath(name), signal);
  const manifest = requireQuantizable(recognizeFile(bytes, pack) ?? findRole(name, pack, options.role));
  return { name: basename(name), bytes, manifest, pack: findPipeline(manifest, pack) };
}

function findModel(name: string, pack: PackManifest | undefined): ModelManifest {
  const own = pack && [...listPackModels(pack), ...listOptionalModels(pack)].find(({ id }) => id === name);
  if (own !== undefined) return own;
  const manifest = findManifest(name);
  if (!('detector' in manifest)) return manifest;
  const models = listPackModels(manifest).map(({ id }) => id);
  throw new FaceError('INVALID_OPTION', `Expected one model, got the pack "${name}"; its models are ${models.join(', ')}.`, { name });
}

function requireQuantizable(manifest: ModelManifest): QuantizableManifest {
  if (manifest.task !== 'liveness' && manifest.task !== 'mesh') return manifest;
  throw new FaceError(
    'MODEL_UNSUPPORTED',
    `Expected a detector, a landmark model or an embedder, got ${manifest.id}, whose task is ${manifest.task}: there is no measure yet of what a smaller form of it costs. Use it as it is.`,
    { model: manifest.id, task: manifest.task },
  );
}

function recognizeFile(bytes: Uint8Array, pack: PackManifest | undefined): ModelManifest | undefined {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return [...(pack === undefined ? [] : listPackModels(pack)), ...builtinModels].find(({ file }) => file.sha256 === sha256);
}

function findRole(name: string, pack: PackManifest | undefined, role: Role | undefined): ModelManifest {
  if (pack === undefined || role === undefined) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected a model that isoface knows, got ${name}; name a pack and the part of it that the file stands for, so that it is fed as in use: --pack standard --role embedder.`,
      { name },
    );
  }
  const manifest = pack[role];
  if (manifest !== undefined) return manifest;
  throw new FaceError('INVALID_OPTION', `Expected --role to name a part of the pack ${pack.id}, got ${role}, which it does not have.`, {
    option: 'role',
    role,
  });
}

/** The shortest pack that ends with the model. */
function findPipeline(model: QuantizableManifest, given: PackManifest | undefined): PackManifest {
  const packs = [...(given === undefined ? [] : [given]), ...builtinPacks];
  const pack = packs.find((candidate) => listPackModels(candidate).some(({ id }) => id === model.id)) ?? composePipeline(model);
  return {
    ...pack,
    landmarker: model.task === 'detect' ? undefined : pack.landmarker,
    embedder: model.task === 'embed' ? pack.embedder : undefined,
    liveness: undefined,
    mesh: undefined,
    thresholds: [],
    searchThresholds: undefined,
    livenessThresholds: undefined,
    // Its numbers are those of the whole pack.
    selfTest: undefined,
  };
}

/** For models of no pack: the built-in models that give what they need. */
function composePipeline(model: QuantizableManifest): PackManifest {
  const id = 'quantization';
  switch (model.task) {
    case 'detect':
      return definePack({ id, detector: model });
    case 'landmarks':
      return definePack({ id, detector: starterPack.detector, landmarker: model });
    case 'embed': {
      const isDense = model.alignment.landmarks === 'ibug68';
      const detector: DetectorManifest = isDense ? starterPack.detector : standardPack.detector;
      return definePack({ id, detector, landmarker: isDense ? starterPack.landmarker : undefined, embedder: model });
    }
  }
}
