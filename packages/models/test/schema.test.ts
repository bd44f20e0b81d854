import { type FaceError, isFaceError, type ModelManifest, type PackManifest } from '@isoface/core';
import {
  blazeface,
  builtinModels,
  builtinPacks,
  MAX_MODEL_BYTES,
  minifasnetV2,
  parseModelManifest,
  parsePackManifest,
  standardPack,
} from '@isoface/models';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { modelManifestSchema, packManifestSchema } from '../src/schema.ts';

type Plain<T> = T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;
type Change = readonly [path: string, value: unknown, expected: string];

const refusals: readonly Change[] = [
  ['file.name', '../model.onnx', 'without folders'],
  ['file.name', 'a/b.onnx', 'without folders'],
  ['file.name', 'a\\b.onnx', 'without folders'],
  ['file.name', '/etc/passwd', 'without folders'],
  ['file.name', 'a..b', 'without ".."'],
  ['file.name', '.hidden', 'a file name'],
  ['file.name', 'model.', 'without a final dot'],
  ['file.name', 'NUL.onnx', 'the name of a device'],
  ['file.name', 'model\u0000.onnx', 'a file name'],
  ['file.name', '', 'a file name'],
  ['file.sha256', 'A'.repeat(64), 'lower-case'],
  ['file.sha256', 'a'.repeat(63), '64'],
  ['file.sha256', undefined, 'a SHA-256'],
  ['file.bytes', -1, '1'],
  ['file.bytes', 0, '1'],
  ['file.bytes', 1.5, 'a whole number'],
  ['file.bytes', MAX_MODEL_BYTES + 1, '536870912'],
  ['file.bytes', 1e300, 'at most 536870912'],
  ['file.bytes', Number.NaN, 'a whole number'],
  ['file.bytes', '17', 'a whole number'],
  ['file.urls', ['http://example.com/model.onnx'], 'https:'],
  ['file.urls', ['http://localhost.example.com/model.onnx'], 'https:'],
  ['file.urls', ['http://127.0.0.1@example.com/model.onnx'], 'https:'],
  ['file.urls', ['https://user:secret@example.com/model.onnx'], 'without user name'],
  ['file.urls', ['file:///etc/passwd'], 'https:'],
  ['file.urls', ['javascript:alert(1)'], 'https:'],
  ['file.urls', ['model.onnx'], 'https:'],
  ['file.urls', Array(17).fill('https://example.com/model.onnx'), '16'],
  ['id', 'Blaze Face', 'an id'],
  ['id', '__proto__', 'an id'],
  ['title', 'red \u001b[31m alert', 'control characters'],
  ['title', 'right-to-left \u202e override', 'control characters'],
  ['license.commercialUse', 'maybe', '"allowed" or "prohibited" or "unstated"'],
  ['input.width', 0, '1'],
  ['input.scale', [1, 0, 1], 'other than 0'],
  ['input.mean', [1, 2], 'at least 3 entries'],
  ['input.sizeMultipleOf', 100, 'multiples of sizeMultipleOf'],
  ['minScore', 1.1, 'at most 1'],
  ['decoder', 'retinaface', '"blazeface"'],
  ['task', 'recognise', 'a task'],
  ['importFrom', { format: 'pickle', files: [] }, '"openvino-ir" or "onnx-dynamic-size"'],
  ['importFrom', { format: 'openvino-ir', files: [blazeface.file] }, 'an .xml and a .bin'],
  ['thershold', 0.5, 'known keys only'],
];

describe('manifests', () => {
  it.each(builtinPacks.map((pack) => [pack.id, pack] as const))('pack %s passes its own schema unchanged', (_, pack) => {
    expect(parsePackManifest(JSON.parse(JSON.stringify(pack)))).toEqual(JSON.parse(JSON.stringify(pack)));
  });

  it.each(builtinModels.map((model) => [model.id, model] as const))('model %s passes its own schema unchanged', (_, model) => {
    expect(parseModelManifest(JSON.parse(JSON.stringify(model)))).toEqual(JSON.parse(JSON.stringify(model)));
  });

  it.each(['http://localhost:8080/m.onnx', 'http://127.0.0.1/m.onnx', 'https://example.com/m.onnx?token=1'])('accepts %s', (url) => {
    expect(parseModelManifest(withChange(blazeface, 'file.urls', [url])).file.urls).toEqual([url]);
  });

  it.each(refusals)('refuses %s = %j', (path, value, expected) => {
    const error = refusalOf(() => parseModelManifest(withChange(blazeface, path, value)));
    expect(error.message).toContain(expected);
    expect(error.message).toContain(', got ');
    expect(error.details['issues']).not.toHaveLength(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the check
    expect(error.message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it.each<Change>([
    ['liveClass', 3, 'a class below the number of classes'],
    ['liveClass', -1, 'at least 0'],
    ['classes', 1, 'at least 2'],
    ['cropScale', 0, 'at least 0.5'],
    ['cropScale', Number.POSITIVE_INFINITY, 'a number'],
    ['decoder', 'mediapipe-468', '"minifasnet"'],
    ['output', undefined, 'a tensor name'],
  ])('refuses a liveness model with %s = %j', (path, value, expected) => {
    expect(refusalOf(() => parseModelManifest(withChange(minifasnetV2, path, value))).message).toContain(expected);
  });

  it.each<Change>([
    ['liveness', [], 'at least 1'],
    ['liveness', Array(5).fill(minifasnetV2), 'at most 4'],
    ['liveness', [blazeface], '"liveness"'],
    ['mesh', minifasnetV2, '"mesh"'],
    ['livenessThresholds', [{ kind: 'acer', rate: 0.1, threshold: 2 }], '"bpcer" or "apcer"'],
  ])('refuses a pack with %s = %j', (path, value, expected) => {
    expect(refusalOf(() => parsePackManifest(withChange(standardPack, path, value))).message).toContain(expected);
  });

  it('names path, expected and got of every issue', () => {
    const broken = withChange(withChange(standardPack, 'detector.file.bytes', -1), 'embedder.metric', 'manhattan');
    const { issues } = refusalOf(() => parsePackManifest(broken)).details;
    expect(issues).toEqual([
      { path: 'detector.file.bytes', expected: 'at least 1', got: '-1' },
      { path: 'embedder.metric', expected: '"cosine" or "euclidean"', got: '"manhattan"' },
    ]);
  });

  it.each<readonly [string, PackManifest]>([
    ['an embedder on 68 landmarks without a landmarker', { ...builtinPack('starter'), landmarker: undefined }],
    ['an embedder on 5 landmarks behind a detector that gives none', { ...standardPack, detector: blazeface }],
  ])('refuses %s', (_, pack) => {
    expect(refusalOf(() => parsePackManifest(pack)).message).toContain('because the embedder is aligned');
  });

  it('lists twenty of many issues and counts the rest', () => {
    const pack = { ...standardPack, thresholds: Array(50).fill(0) };
    expect(refusalOf(() => parsePackManifest(pack)).message).toMatch(/50 errors[\s\S]*and 30 more$/);
  });

  it('answers any JSON with a manifest or MANIFEST_INVALID', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
        expect(() => parsePackManifest(json)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
      }),
    );
  });

  it('answers any change of one field with a manifest or MANIFEST_INVALID, and lets no dangerous file through', () => {
    const paths = fc.constantFrom(...leafPaths(standardPack));
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom('../x', 'CON', 'http://example.com/', -1, 1e12), fc.string(), fc.double());
    fc.assert(
      fc.property(paths, values, (path, value) => {
        try {
          const { file } = parsePackManifest(withChange(standardPack, path, value)).detector;
          expect(file.name).toMatch(/^[A-Za-z0-9][\w.-]*$/);
          expect(file.name).not.toContain('..');
          expect(file.bytes).toBeGreaterThan(0);
          expect(file.bytes).toBeLessThanOrEqual(MAX_MODEL_BYTES);
          expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
        } catch (error) {
          if (!isFaceError(error, 'MANIFEST_INVALID')) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has the types of core', () => {
    expectTypeOf<Plain<z.output<typeof packManifestSchema>>>().toEqualTypeOf<Plain<PackManifest>>();
    expectTypeOf<z.output<typeof modelManifestSchema>>().toExtend<ModelManifest>();
  });
});

function builtinPack(id: string): PackManifest {
  const pack = builtinPacks.find((candidate) => candidate.id === id);
  if (pack === undefined) throw new Error(`no pack ${id}`);
  return pack;
}

function refusalOf(action: () => unknown): FaceError {
  try {
    action();
  } catch (error) {
    if (isFaceError(error, 'MANIFEST_INVALID')) return error;
    throw error;
  }
  throw new Error('Expected MANIFEST_INVALID, got a manifest.');
}

function withChange(manifest: object, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(manifest) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target: Record<string, unknown> = copy;
  for (const key of keys) target = target[key] as Record<string, unknown>;
  Object.defineProperty(target, last, { value, enumerable: true });
  return copy;
}

function leafPaths(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]) =>
    typeof child === 'object' && child !== null && !Array.isArray(child) ? leafPaths(child, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}
