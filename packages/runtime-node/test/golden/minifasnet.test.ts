/** The passive liveness networks against the numbers of their authors' code, on the same pixels. */

import { readFile } from 'node:fs/promises';
import { createCpuPreprocessor, type LivenessManifest, type RgbaImage } from '@isoface/core';
import { minifasnetV1se, minifasnetV2 } from '@isoface/models';
import { createFaceEngine, createOrtNodeBackend } from '@isoface/runtime-node';
import { opencvResize } from '@isoface/testkit';
import { hasSharedData, readGolden, readRgba, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import {
  computeLiveScore,
  computePatchEdges,
  computePatchTransform,
  type PatchEdges,
} from '../../../core/src/liveness/passive/minifasnet.ts';

interface Golden {
  readonly items: readonly {
    readonly image: string;
    readonly width: number;
    readonly height: number;
    readonly face_box_xywh: readonly [number, number, number, number];
    readonly models: Readonly<
      Record<string, { readonly scale: number; readonly patch_rect_inclusive_ltrb: readonly number[]; readonly logits: readonly number[] }>
    >;
    readonly mean_softmax: readonly number[];
    readonly label: number;
  }[];
}

const MODELS: readonly (readonly [file: string, manifest: LivenessManifest])[] = [
  ['minifasnet_v2_2.7_80x80', minifasnetV2],
  ['minifasnet_v1se_4.0_80x80', minifasnetV1se],
];
const { items } = hasSharedData ? readGolden<Golden>('minifasnet.json') : { items: [] };
/** The reference prints five decimals; single pixels of its resize round to the other side now and then, and the networks amplify a grey level. */
const LOGIT_TOLERANCE = 0.02;
/** Interpolated without the rounding to whole grey levels that the reference has: 0.025 in the middle of the scale, below 0.01 at its ends. */
const SCORE_TOLERANCE = 0.03;

describe.skipIf(!hasSharedData)('MiniFASNet gives the numbers of Silent-Face', () => {
  describe.each(MODELS)('%s', (file, manifest) => {
    const session = createOrtNodeBackend({ executionProvider: 'cpu' });
    const open = async () => session.createSession(await readFile(sharedPath('models', `${file}.onnx`)), { name: manifest.id });

    it.each(items)('$image', async ({ image, width, height, face_box_xywh, models }) => {
      const golden = models[file] as NonNullable<(typeof models)[string]>;
      expect(manifest.cropScale).toBe(golden.scale);
      const [x, y, boxWidth, boxHeight] = face_box_xywh;
      const edges = computePatchEdges({ x, y, width: boxWidth, height: boxHeight }, { width, height }, golden.scale);
      expect([edges.left, edges.top, edges.right, edges.bottom]).toEqual(golden.patch_rect_inclusive_ltrb);

      const picture = await readRgba(sharedPath('models/golden', image));
      const preprocessor = createCpuPreprocessor();
      const model = await open();
      const run = async (source: RgbaImage, transform: Float64Array): Promise<Float32Array> => {
        const tensor = await preprocessor.warp(source, [transform], manifest.input, { maxSamples: 1 });
        const outputs = await model.run({ [manifest.input.name]: tensor });
        return outputs[manifest.output]?.data as Float32Array;
      };
      const resized = opencvResize(cut(picture, edges), 80, 80);
      const theirs = await run(resized, Float64Array.of(1, 0, 0, 0, 1, 0));
      for (const [i, logit] of golden.logits.entries()) expect(Math.abs((theirs[i] as number) - logit)).toBeLessThan(LOGIT_TOLERANCE);

      const ours = await run(picture, computePatchTransform(edges, manifest.input));
      const expected = computeLiveScore(Float32Array.from(golden.logits), manifest.liveClass);
      expect(Math.abs(computeLiveScore(ours, manifest.liveClass) - expected)).toBeLessThan(SCORE_TOLERANCE);
      await model.dispose();
    });
  });

  it('tells the living face from the two attacks with the boxes of the pack, at the threshold of BPCER 10 %', async () => {
    const engine = await createFaceEngine({
      pack: 'standard',
      modelsDir: sharedPath('models'),
      executionProviders: 'cpu',
      worker: false,
      liveness: 'required',
    });
    expect(engine.info.liveness).toMatchObject({ passive: ['minifasnet-v2', 'minifasnet-v1se'], landmarks: 'mesh468' });
    const threshold = engine.info.liveness.thresholds.find(({ kind, rate }) => kind === 'bpcer' && rate === 0.1)?.threshold;
    for (const { image, label } of items) {
      const { faces, timings } = await engine.analyze(sharedPath('models/golden', image), {
        liveness: true,
        mesh: true,
        embeddings: false,
      });
      const [face] = faces;
      expect((face?.liveness?.score as number) >= (threshold as number), image).toBe(label === 1);
      expect(face?.mesh).toHaveLength(468 * 3);
      expect(timings.livenessMs).toBeGreaterThan(0);
    }
    await engine.dispose();
  });
});

describe('liveness of an engine', () => {
  it('is said to be missing where the models are, or is an error where it is required', async () => {
    const options = { pack: 'standard', offline: true, modelsDir: '/nowhere', cacheDir: '/nowhere', worker: false } as const;
    // Without the models for recognition there is no engine at all: the starter pack has these, and no passive models.
    const engine = await createFaceEngine({ pack: 'starter', executionProviders: 'cpu', worker: false, liveness: 'auto' });
    expect(engine.info.liveness).toEqual({ passive: [], landmarks: 'mesh468', thresholds: [] });
    expect(engine.info.warnings.join('\n')).toMatch(/No passive liveness/);
    await engine.dispose();
    await expect(createFaceEngine({ ...options, liveness: 'required' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(createFaceEngine({ pack: 'starter', worker: false, liveness: 'required' })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringMatching(/passive/),
    });
  });
});

function cut({ width, data }: RgbaImage, { left, top, right, bottom }: PatchEdges): RgbaImage {
  const size = { width: right - left + 1, height: bottom - top + 1 };
  const cropped = new Uint8ClampedArray(size.width * size.height * 4);
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * width + left) * 4;
    cropped.set(data.subarray(from, from + size.width * 4), y * size.width * 4);
  }
  return { ...size, data: cropped };
}
