/** Detectors against the numbers of their reference implementations, on the same pixels. */

import { readFile } from 'node:fs/promises';
import {
  createCpuPreprocessor,
  type Detections,
  decodeScrfd,
  decodeUltraface,
  decodeYunet,
  type HostTensor,
  type InputSpec,
  nonMaximumSuppression,
  type RgbaImage,
} from '@isoface/core';
import { createOrtNodeBackend } from '@isoface/runtime-node';
import { opencvResize } from '@isoface/testkit';
import { hasSharedData, readGolden, readRgba, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';

interface GoldenDetection {
  readonly box_xywh?: readonly number[];
  readonly box_xyxy?: readonly number[];
  readonly landmarks?: readonly number[];
  readonly score: number;
}

interface DetectorGolden {
  readonly score_threshold: number;
  readonly nms_threshold: number;
  readonly images: readonly {
    readonly image: string;
    readonly preprocess?: string;
    readonly width: number;
    readonly height: number;
    readonly detections: readonly GoldenDetection[];
  }[];
}

type Decode = (outputs: Readonly<Record<string, HostTensor>>, input: { width: number; height: number }, minScore: number) => Detections;

/** How the reference brought the picture to the input. */
type Placing =
  | { readonly kind: 'native'; readonly multiple: number }
  | { readonly kind: 'canvas'; readonly size: number }
  | { readonly kind: 'stretch'; readonly width: number; readonly height: number };

const RAW = { mean: [0, 0, 0], scale: [1, 1, 1], channelOrder: 'BGR', name: 'input' } as const;
const canvas = (size: number): Placing => ({ kind: 'canvas', size });

const CASES: readonly {
  readonly model: string;
  readonly golden: string;
  readonly placing: Placing;
  readonly decode: Decode;
  readonly spec: Pick<InputSpec, 'mean' | 'scale' | 'channelOrder' | 'name'>;
}[] = [
  { model: 'yunet_2023mar_opencv', golden: 'yunet_2023mar_opencv', placing: canvas(640), decode: decodeYunet, spec: RAW },
  { model: 'yunet_n_640_640', golden: 'yunet_n_640_640', placing: canvas(640), decode: decodeYunet, spec: RAW },
  { model: 'yunet_n_320_320', golden: 'yunet_n_320_320', placing: canvas(320), decode: decodeYunet, spec: RAW },
  { model: 'yunet_n_dynamic', golden: 'yunet_n_dynamic', placing: { kind: 'native', multiple: 32 }, decode: decodeYunet, spec: RAW },
  {
    model: 'scrfd_500m_kps',
    golden: 'scrfd_500m_kps',
    placing: canvas(640),
    decode: decodeScrfd,
    spec: { mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128], channelOrder: 'RGB', name: 'input.1' },
  },
  {
    model: 'ultraface_rfb_320',
    golden: 'ultraface_rfb_320',
    placing: { kind: 'stretch', width: 320, height: 240 },
    decode: decodeUltraface,
    spec: { mean: [127, 127, 127], scale: [1 / 128, 1 / 128, 1 / 128], channelOrder: 'RGB', name: 'input' },
  },
];

/** The references print four decimals or fewer; float32 arithmetic of two runtimes differs by about 1e-4 px. */
const PIXEL_TOLERANCE = 1e-3;
/**
 * Where the reference resized by an awkward ratio, its fixed-point weights round now and then to the other side than our copy of its resize:
 * single pixels differ by one grey level, which moves a box by up to 0.018 px.
 */
const RESIZED_TOLERANCE = 0.02;
/** In a crowd, reference NMS on integer boxes and ours on exact ones may keep a different box of an overlapping pair. */
const CROWD = 90;

describe.skipIf(!hasSharedData)('detectors give the numbers of their reference implementations', () => {
  describe.each(CASES)('$golden', ({ model, golden, placing, decode, spec }) => {
    const { images, score_threshold, nms_threshold } = hasSharedData
      ? readGolden<DetectorGolden>(`${golden}.json`)
      : { images: [], score_threshold: 0, nms_threshold: 0 };

    it.each(images)('$image', async ({ image, detections, preprocess }) => {
      const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
      const session = await backend.createSession(await readFile(sharedPath('models', `${model}.onnx`)), { name: model });
      const { picture, width, height, scaleX, scaleY } = place(
        await readRgba(sharedPath('models/golden', image)),
        placing,
        statedScale(preprocess),
      );
      const input: InputSpec = { ...spec, width, height, batch: 'one', layout: 'NCHW' };
      const geometry = { inputWidth: width, inputHeight: height, scaleX: 1, scaleY: 1, originX: 0, originY: 0 };
      const tensor = await createCpuPreprocessor().fit(picture, geometry, input);
      const candidates = decode(await session.run({ [spec.name]: tensor }), { width, height }, score_threshold);
      await session.dispose();
      const kept = nonMaximumSuppression(candidates.boxes, candidates.scores, nms_threshold);

      const found = kept.map((i) => ({
        values: [
          ...Array.from(candidates.boxes.subarray(i * 4, i * 4 + 4)),
          ...Array.from(candidates.points.subarray(i * candidates.pointsPerFace * 2, (i + 1) * candidates.pointsPerFace * 2)),
        ].map((value, k) => value / (k % 2 === 0 ? scaleX : scaleY)),
        score: candidates.scores[i] as number,
      }));
      const errors = detections.map((expected) => {
        const box = expected.box_xywh ?? toXywh(expected.box_xyxy ?? []);
        const values = [...box, ...(expected.landmarks ?? [])];
        return Math.min(
          ...found.map((face) =>
            Math.max(Math.abs(face.score - expected.score), ...values.map((v, k) => Math.abs(v - (face.values[k] as number)))),
          ),
        );
      });
      const tolerance = isAwkward(scaleX) || isAwkward(scaleY) ? RESIZED_TOLERANCE : PIXEL_TOLERANCE;
      const allowedUnmatched = detections.length > CROWD ? 1 : 0;
      expect(errors.filter((error) => error > tolerance).length).toBeLessThanOrEqual(allowedUnmatched);
      expect(Math.abs(found.length - detections.length)).toBeLessThanOrEqual(allowedUnmatched);
    });
  });
});

/** Resizes as the reference did and pads with zeros at the right and bottom. */
function place(
  image: RgbaImage,
  placing: Placing,
  stated: number | undefined,
): { picture: RgbaImage; width: number; height: number; scaleX: number; scaleY: number } {
  if (placing.kind === 'native') {
    const up = (side: number): number => Math.ceil(side / placing.multiple) * placing.multiple;
    return { picture: image, width: up(image.width), height: up(image.height), scaleX: 1, scaleY: 1 };
  }
  if (placing.kind === 'stretch') {
    const { width, height } = placing;
    return { picture: opencvResize(image, width, height), width, height, scaleX: width / image.width, scaleY: height / image.height };
  }
  const scale = Math.min(placing.size / image.width, placing.size / image.height);
  const picture = opencvResize(image, Math.floor(image.width * scale + 1e-9), Math.floor(image.height * scale + 1e-9));
  return { picture, width: placing.size, height: placing.size, scaleX: stated ?? scale, scaleY: stated ?? scale };
}

/** Whether a resize by `scale` gives weights that fixed-point numbers with 11 bits do not hold well: all but small fractions. */
function isAwkward(scale: number): boolean {
  return ![1, 2, 3, 4, 25, 32, 50].some((factor) => Math.abs(scale * factor - Math.round(scale * factor)) < 1e-6);
}

/** The reference divides both coordinates by the scale that it prints; where the picture's sides were rounded this is not the exact one. */
function statedScale(preprocess: string | undefined): number | undefined {
  const [, scale] = /\(scale ([\d.]+)\)/.exec(preprocess ?? '') ?? [];
  return scale === undefined ? undefined : Number(scale);
}

function toXywh([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: readonly number[]): number[] {
  return [x1, y1, x2 - x1, y2 - y1];
}
