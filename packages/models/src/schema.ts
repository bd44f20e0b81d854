/**
 * The schema of manifests. A manifest may come from a stranger, so names cannot leave a folder, sizes are capped, addresses must be
 * `https:`, and text that may be printed holds no control characters. Keys that are not known are refused, so a typing error shows.
 */

import { FaceError, type ModelManifest, type PackManifest } from '@isoface/core';
import * as z from 'zod';
import { isModelUrl } from './sources/model-url.ts';

/** The largest model file that a manifest may name, bytes (512 MiB). */
export const MAX_MODEL_BYTES = 512 * 1024 * 1024;

/** More numbers than any face embedding has. */
const MAX_DIMENSION = 65_536;

/** Number of issues that an error message lists; all of them are counted. */
const LISTED_ISSUES = 20;

/** Device names of Windows, which open a device whatever their extension. */
const WINDOWS_DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const text = z
  .string(`a text`)
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]{1,1000}$/u, 'a text of 1 to 1000 characters without control characters');
const identifier = z
  .string('an id')
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'an id of at most 64 lower-case letters, digits, dots and hyphens');
const tensorName = z.string('a tensor name').regex(/^[\x21-\x7e]{1,200}$/, 'a tensor name of 1 to 200 printable characters');
const share = z.number('a number from 0 to 1').min(0).max(1);
const channels = z.tuple([z.number(), z.number(), z.number()], 'three numbers').readonly();
const side = wholeNumber(1, 8192);
const cropScale = z.number('a number from 0.5 to 10').min(0.5).max(10);

const fileName = z
  .string('a file name')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'a file name of at most 128 letters, digits, dots, hyphens and underscores, without folders')
  .refine(
    (name) => !name.includes('..') && !name.endsWith('.') && !WINDOWS_DEVICE_NAME.test(name),
    'a file name without "..", without a final dot, and not the name of a device',
  );

const modelFile = z.strictObject({
  name: fileName,
  sha256: z.string('a SHA-256').regex(/^[0-9a-f]{64}$/, 'a SHA-256 as 64 lower-case hexadecimal digits'),
  bytes: wholeNumber(1, MAX_MODEL_BYTES),
  urls: z
    .array(z.string('a URL').max(2000).refine(isModelUrl, 'an https: URL without user name (http: only for localhost and 127.0.0.1)'))
    .max(16)
    .readonly(),
});

const license = z.strictObject({
  spdx: z
    .string('an SPDX identifier')
    .regex(/^[A-Za-z0-9][A-Za-z0-9.+ ()-]{0,99}$/, 'an SPDX identifier, or LicenseRef-… where none exists'),
  commercialUse: z.enum(['allowed', 'prohibited', 'unstated']),
  notice: text.optional(),
});

const inputSpec = z
  .strictObject({
    name: tensorName,
    width: side,
    height: side,
    sizeMultipleOf: side.optional(),
    batch: z.enum(['dynamic', 'one']),
    layout: z.enum(['NCHW', 'NHWC']),
    channelOrder: z.enum(['RGB', 'BGR']),
    mean: channels,
    scale: channels.refine((scale) => scale.every((factor) => factor !== 0), 'three numbers other than 0'),
  })
  .refine(({ width, height, sizeMultipleOf = 1 }) => width % sizeMultipleOf === 0 && height % sizeMultipleOf === 0, {
    message: 'a width and height that are multiples of sizeMultipleOf',
  });

const importFrom = z
  .strictObject({ format: z.enum(['openvino-ir', 'onnx-dynamic-size']), files: z.array(modelFile).max(2).readonly() })
  .refine(({ format, files }) => files.length === (format === 'openvino-ir' ? 2 : 1), {
    path: ['files'],
    message: 'an .xml and a .bin file for openvino-ir, one .onnx file for onnx-dynamic-size',
  });

const anyModel = {
  id: identifier,
  title: text,
  origin: text,
  license,
  file: modelFile,
  importFrom: importFrom.optional(),
  input: inputSpec,
};

const detector = z.strictObject({
  ...anyModel,
  task: z.literal('detect'),
  decoder: z.enum(['blazeface', 'yunet', 'scrfd', 'ultraface']),
  resizeMode: z.enum(['letterbox', 'centerCrop', 'stretch', 'adaptivePad']),
  placement: z.enum(['topLeft', 'center']),
  minScore: share,
  nmsIou: share,
});

const landmarker = z.strictObject({ ...anyModel, task: z.literal('landmarks'), decoder: z.literal('ibug68') });

const alignment = z
  .strictObject({
    template: z.enum(['arcface-112-5', 'dlib-150-33', 'dlib-150-5']),
    landmarks: z.enum(['detector-5', 'ibug68']),
    region: z
      .strictObject({
        x: z.number().min(0),
        y: z.number().min(0),
        width: z.number().positive(),
        height: z.number().positive(),
      })
      .optional(),
  })
  .refine(({ template, landmarks }) => (template === 'dlib-150-33') === (landmarks === 'ibug68'), {
    message: 'landmarks "ibug68" for the template dlib-150-33 and "detector-5" for the others',
  })
  .refine(({ template, region }) => region === undefined || isInside(region, canvasSide(template)), {
    message: 'a region inside the canvas of the template',
  });

const embedder = z.strictObject({
  ...anyModel,
  task: z.literal('embed'),
  output: tensorName,
  dimension: wholeNumber(1, MAX_DIMENSION),
  alignment,
  normalization: z.enum(['none', 'l2']),
  metric: z.enum(['cosine', 'euclidean']),
});

const liveness = z
  .strictObject({
    ...anyModel,
    task: z.literal('liveness'),
    decoder: z.literal('minifasnet'),
    output: tensorName,
    classes: wholeNumber(2, 1000),
    liveClass: wholeNumber(0, 999),
    cropScale,
  })
  .refine(({ classes, liveClass }) => liveClass < classes, { path: ['liveClass'], message: 'a class below the number of classes' });

const mesh = z.strictObject({ ...anyModel, task: z.literal('mesh'), decoder: z.literal('mediapipe-468'), cropScale });

const interval = z
  .tuple([share, share], 'two numbers from 0 to 1')
  .refine(([low, high]) => low <= high, 'an interval [low, high]')
  .readonly();

const calibratedThreshold = z.strictObject({
  fmr: share,
  threshold: z.number(),
  ci95: interval,
  flipAveraging: z.boolean(),
  dataset: text,
  pairs: wholeNumber(1, Number.MAX_SAFE_INTEGER),
});

const calibratedSearchThreshold = z.strictObject({
  fpir: share,
  threshold: z.number(),
  ci95: interval,
  gallerySize: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  flipAveraging: z.boolean(),
  dataset: text,
  probes: wholeNumber(1, Number.MAX_SAFE_INTEGER),
});

const calibratedLivenessThreshold = z.strictObject({
  kind: z.enum(['bpcer', 'apcer']),
  rate: share,
  threshold: share,
  ci95: interval,
  frames: wholeNumber(1, 10_000),
  dataset: text,
  presentations: wholeNumber(1, Number.MAX_SAFE_INTEGER),
});

const selfTest = z.strictObject({
  detectionSize: side,
  box: z.array(z.number()).length(4).readonly(),
  embedding: z.array(z.number()).max(MAX_DIMENSION).readonly(),
});

/** Schema of a model manifest; prefer {@link parseModelManifest}, which reports what is wrong. */
export const modelManifestSchema = z.discriminatedUnion(
  'task',
  [detector, landmarker, embedder, liveness, mesh],
  'a task: detect, landmarks, embed, liveness or mesh',
);

/** Schema of a pack manifest; prefer {@link parsePackManifest}, which reports what is wrong. */
export const packManifestSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    id: identifier,
    title: text,
    detector,
    landmarker: landmarker.optional(),
    embedder: embedder.optional(),
    liveness: z.array(liveness).min(1).max(4).readonly().optional(),
    mesh: mesh.optional(),
    thresholds: z.array(calibratedThreshold).max(1000).readonly(),
    searchThresholds: z.array(calibratedSearchThreshold).max(1000).readonly().optional(),
    livenessThresholds: z.array(calibratedLivenessThreshold).max(1000).readonly().optional(),
    selfTest: selfTest.optional(),
    accepts: z
      .array(z.strictObject({ from: text, evidence: text }))
      .max(64)
      .readonly()
      .optional(),
  })
  .refine((pack) => pack.embedder?.alignment.landmarks !== 'ibug68' || pack.landmarker !== undefined, {
    path: ['landmarker'],
    message: 'a landmarker, because the embedder is aligned by 68 landmarks',
  })
  .refine((pack) => pack.embedder?.alignment.landmarks !== 'detector-5' || givesFiveLandmarks(pack), {
    path: ['detector', 'decoder'],
    message: 'yunet or scrfd, or a landmarker in the pack, because the embedder is aligned by 5 landmarks',
  });

/**
 * Checks a manifest of one model.
 *
 * @param json - A parsed JSON value from anywhere.
 * @returns A frozen-array copy of it, safe to use.
 * @throws {FaceError} `MANIFEST_INVALID`; `details.issues` lists `{ path, expected, got }` for everything that is wrong.
 */
export function parseModelManifest(json: unknown): ModelManifest {
  return parseWith(modelManifestSchema, json, 'model manifest');
}

/**
 * Checks a manifest of a pack: the models one by one, and whether they fit together.
 *
 * @param json - A parsed JSON value from anywhere.
 * @returns A frozen-array copy of it, safe to use.
 * @throws {FaceError} `MANIFEST_INVALID`; `details.issues` lists `{ path, expected, got }` for everything that is wrong.
 */
export function parsePackManifest(json: unknown): PackManifest {
  return parseWith(packManifestSchema, json, 'pack manifest');
}

function parseWith<Output>(schema: z.ZodType<Output>, json: unknown, what: string): Output {
  const result = schema.safeParse(json, { jitless: true });
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.') || '(the whole manifest)',
    expected: expectedOf(issue),
    got: gotOf(issue, json),
  }));
  const lines = issues.slice(0, LISTED_ISSUES).map(({ path, expected, got }) => `  ${path}: expected ${expected}, got ${got}`);
  if (issues.length > lines.length) lines.push(`  and ${issues.length - lines.length} more`);
  const message = `The ${what} has ${issues.length === 1 ? 'one error' : `${issues.length} errors`}; correct it and load it again:\n${lines.join('\n')}`;
  throw new FaceError('MANIFEST_INVALID', message, { issues });
}

/** In words, what an issue asks for. Messages of the schema above are already such words. */
function expectedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'known keys only';
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ');
  if (issue.code === 'too_small') return `${issue.exact === true ? 'exactly' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `${issue.exact === true ? 'exactly' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) return issue.expected;
  return issue.message;
}

function unitOf(origin: string): string {
  if (origin === 'array') return ' entries';
  return origin === 'string' ? ' characters' : '';
}

function gotOf(issue: z.core.$ZodIssue, json: unknown): string {
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, LISTED_ISSUES).map(shown).join(', ');
  return shown(valueAt(json, issue.path));
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** A short picture of a value for a message; strings are escaped, so nothing in them reaches a terminal. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const escaped = JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return escaped.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function wholeNumber(least: number, most: number): z.ZodNumber {
  return z.number(`a whole number from ${least} to ${most}`).int(`a whole number from ${least} to ${most}`).min(least).max(most);
}

function canvasSide(template: 'arcface-112-5' | 'dlib-150-33' | 'dlib-150-5'): number {
  return template === 'arcface-112-5' ? 112 : 150;
}

function givesFiveLandmarks({ detector, landmarker }: { detector: { decoder: string }; landmarker?: unknown }): boolean {
  return landmarker !== undefined || detector.decoder === 'yunet' || detector.decoder === 'scrfd';
}

function isInside(region: { x: number; y: number; width: number; height: number }, canvas: number): boolean {
  return region.x + region.width <= canvas && region.y + region.height <= canvas;
}
