import { createCpuPreprocessor, drawSelfTestFace, type Face, type RgbaImage } from '@isoface/core';
import {
  annotateFace,
  classifyBlur,
  classifyIllumination,
  classifyPose,
  classifySize,
  computeEntropy,
  DEFAULT_OCCLUSION_PRIOR,
  estimateOcclusion,
  FACE_REGIONS,
  type FaceAnnotation,
  measureFaceOcclusion,
  OCCLUSION_MODEL,
  type OcclusionFigures,
  type SecondOpinions,
} from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const PICTURE = drawSelfTestFace();
const LANDMARKS = [
  { x: 76, y: 91 },
  { x: 116, y: 91 },
  { x: 96, y: 118 },
  { x: 80, y: 136 },
  { x: 112, y: 136 },
];
const FACE: Face = { box: { x: 50, y: 42, width: 92, height: 120 }, score: 0.9, landmarks: LANDMARKS };
const preprocessor = createCpuPreprocessor();

/** What networks that agree would say: everything where the detector sees it, up to `shift` pixels. */
function agreeing(shift: number, faceFlag: number): SecondOpinions {
  const moved = (by: number): number[] => LANDMARKS.flatMap(({ x, y }) => [x + by, y]);
  return { landmarks68: { straight: moved(shift / 2), mirrored: moved(-shift / 2) }, mesh: { landmarks: moved(shift), faceFlag } };
}

const annotate = (image: RgbaImage, opinions?: SecondOpinions, face = FACE): Promise<FaceAnnotation> =>
  annotateFace({ image, face, preprocessor, opinions });

function paint(x: number, y: number, width: number, height: number, color: readonly number[]): RgbaImage {
  const data = new Uint8ClampedArray(PICTURE.data);
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) data.set(color, (row * PICTURE.width + column) * 4);
  }
  return { ...PICTURE, data };
}

const mapPixels = (map: (value: number) => number): RgbaImage => ({ ...PICTURE, data: Uint8ClampedArray.from(PICTURE.data, map) });

function mirror({ width, height, data }: RgbaImage): RgbaImage {
  const mirrored = new Uint8ClampedArray(data.length);
  for (let i = 0; i < width * height; i++) {
    const from = Math.floor(i / width) * width + (width - 1 - (i % width));
    mirrored.set(data.subarray(from * 4, from * 4 + 4), i * 4);
  }
  return { width, height, data: mirrored };
}

describe('computeEntropy', () => {
  it.each([
    ['of a plain area', new Float32Array(100).fill(77), 0],
    ['of two tones alike', Float32Array.from({ length: 100 }, (_, i) => (i % 2) * 255), 1],
    ['of all levels alike', Float32Array.from({ length: 512 }, (_, i) => i % 256), 8],
    ['of values that round to one level', Float32Array.of(9.6, 10, 10.4), 0],
    ['of nothing', new Float32Array(0), 0],
  ])('%s', (_, values, bits) => {
    expect(computeEntropy(values)).toBeCloseTo(bits, 10);
  });

  it('counts what it is told to count', () => {
    expect(computeEntropy(Float32Array.of(1, 1, 200, 90), (i) => i < 2)).toBe(0);
  });

  it('does not depend on the order, and never exceeds the logarithm of the number of values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 60 }), (values) => {
        const bits = computeEntropy(values);
        expect(computeEntropy([...values].reverse())).toBeCloseTo(bits, 10);
        expect(bits).toBeLessThanOrEqual(Math.log2(values.length) + 1e-9);
        expect(bits).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
  });
});

describe('classes', () => {
  it.each([
    [0.1, 7, 'low'],
    [0.3, 7.2, 'medium'],
    [0.3, 5, 'low'],
    [0.5, 7, 'medium'],
    [0.5, 4, 'medium'],
    [0.65, 7, 'medium'],
    [0.65, 5, 'high'],
    [0.8, 7, 'high'],
  ])('brightness %s with %s bits is %s', (brightness, entropy, expected) => {
    expect(classifyIllumination({ brightness, entropy })).toBe(expected);
  });

  it('never gets darker as brightness grows', () => {
    const order = ['low', 'medium', 'high'];
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 8, noNaN: true }),
        (a, b, entropy) => {
          const [dark, bright] = [Math.min(a, b), Math.max(a, b)].map((brightness) =>
            order.indexOf(classifyIllumination({ brightness, entropy })),
          );
          expect(dark).toBeLessThanOrEqual(bright as number);
        },
      ),
    );
  });

  it.each([
    [0, 'frontal'],
    [22.4, 'frontal'],
    [22.5, 'half-profile'],
    [67.4, 'half-profile'],
    [67.5, 'profile'],
    [90, 'profile'],
    [170, 'profile'],
  ])('a yaw of %s degrees to either side is %s', (yaw, expected) => {
    expect([yaw, -yaw].map((yawDegrees) => classifyPose({ yawDegrees }))).toEqual([expected, expected]);
  });

  it('does not know the pose of a face without one', () => {
    expect(classifyPose(undefined)).toBe('unknown');
  });

  it.each([
    [0, 'heavy'],
    [24, 'heavy'],
    [25, 'slight'],
    [149, 'slight'],
    [150, 'none'],
  ])('sharpness %s is blur %s', (sharpness, expected) => {
    expect(classifyBlur(sharpness)).toBe(expected);
  });

  it.each([
    [63.9, 'small'],
    [64, 'medium'],
    [128, 'large'],
  ])('%s pixels are %s', (pixels, expected) => {
    expect(classifySize(pixels)).toBe(expected);
  });
});

describe('annotateFace', () => {
  it('describes the drawn face', async () => {
    // The drawing is of a bright face in few tones.
    const annotation = await annotate(
      mapPixels((value) => value * 0.75),
      agreeing(0.5, 1),
    );
    expect(annotation).toMatchObject({
      box: FACE.box,
      score: 0.9,
      sizePixels: 92,
      illumination: { class: 'medium' },
      pose: { class: 'frontal' },
      occlusion: { class: 'none', evidence: { basis: 'patch+landmarks68+mesh', outsideShare: 0 } },
      blur: { class: 'none' },
    });
    expect(Math.abs(annotation.pose.yawDegrees ?? 90)).toBeLessThan(5);
    expect(annotation.illumination.entropy).toBeGreaterThan(5);
  });

  it.each([
    ['low', (value: number) => value / 4],
    ['high', (value: number) => 200 + value / 5],
  ])('calls light %s', async (expected, map) => {
    expect((await annotate(mapPixels(map))).illumination.class).toBe(expected);
  });

  it.each([
    ['a mask', [56, 112, 80, 52], [200, 220, 235, 255]],
    ['a bar over the eyes', [52, 78, 88, 26], [8, 8, 8, 255]],
    ['half a wall', [96, 30, 60, 140], [90, 90, 200, 255]],
  ] as const)('finds the face under %s less free than without, whatever the evidence', async (_, [x, y, width, height], color) => {
    const covered = paint(x, y, width, height, color);
    for (const opinions of [undefined, { landmarks68: agreeing(1, 1).landmarks68 }, agreeing(1, 0.9)]) {
      const [free, hidden] = [await annotate(PICTURE, opinions), await annotate(covered, opinions)].map(({ occlusion }) => occlusion);
      expect(hidden?.probabilities.none).toBeLessThan((free?.probabilities.none ?? 0) / 2);
    }
  });

  it('says which part is unusual', async () => {
    const covered = await annotate(paint(56, 124, 80, 30, [40, 200, 90, 255]));
    const { regions } = covered.occlusion.evidence;
    const free = (await annotate(PICTURE)).occlusion.evidence.regions;
    expect(regions.mouth / free.mouth).toBeGreaterThan(1.5);
    expect(Object.keys(regions)).toEqual([...FACE_REGIONS]);
  });

  it('believes networks that disagree, and a mesh that sees no face', async () => {
    const none = async (opinions: SecondOpinions): Promise<number> => (await annotate(PICTURE, opinions)).occlusion.probabilities.none;
    expect(await none(agreeing(16, 0.9))).toBeLessThan(await none(agreeing(1, 0.9)));
    expect(await none(agreeing(1, 0.05))).toBeLessThan(await none(agreeing(1, 0.95)));
  });

  it('says which evidence was missing', async () => {
    expect((await annotate(PICTURE)).occlusion.evidence).toMatchObject({ basis: 'patch', landmarks68: 'unavailable', mesh: 'unavailable' });
    const { landmarks68 } = agreeing(1, 1);
    expect((await annotate(PICTURE, { landmarks68 })).occlusion.evidence).toMatchObject({
      basis: 'patch+landmarks68',
      mesh: 'unavailable',
    });
  });

  it('measures how much of the face is beyond the edge', async () => {
    const width = 96;
    const data = new Uint8ClampedArray(width * PICTURE.height * 4);
    for (let y = 0; y < PICTURE.height; y++)
      data.set(PICTURE.data.subarray(y * PICTURE.width * 4, (y * PICTURE.width + width) * 4), y * width * 4);
    const { occlusion } = await annotate({ width, height: PICTURE.height, data });
    expect(occlusion.evidence.outsideShare).toBeCloseTo(0.5, 1);
    expect(occlusion.class).toBe('heavy');
  });

  it('works on a box where there are no landmarks, and then knows no pose', async () => {
    for (const landmarks of [undefined, LANDMARKS.map(() => ({ x: 90, y: 90 }))]) {
      const annotation = await annotate(PICTURE, agreeing(1, 1), { ...FACE, landmarks });
      expect(annotation.pose).toEqual({ class: 'unknown' });
      expect(annotation.occlusion.evidence.basis).toBe('patch');
      expect(annotation.occlusion.confidence).toBeGreaterThan(1 / 3);
    }
  });

  it('stays finite for a face outside the picture', async () => {
    const landmarks = LANDMARKS.map(({ x, y }) => ({ x: x + 900, y }));
    const { occlusion, illumination } = await annotate(PICTURE, undefined, { ...FACE, box: { ...FACE.box, x: 950 }, landmarks });
    expect(occlusion.evidence.outsideShare).toBe(1);
    expect(Number.isFinite(occlusion.confidence)).toBe(true);
    expect(illumination).toEqual({ class: 'low', brightness: 0, entropy: 0 });
  });

  it('tells a mirrored face alike, with sides exchanged', async () => {
    const covered = paint(100, 100, 40, 50, [30, 30, 200, 255]);
    const turned = { ...FACE, landmarks: LANDMARKS.map((point, i) => (i === 2 ? { ...point, x: point.x + 7 } : point)) };
    const flip = (x: number): number => PICTURE.width - 1 - x;
    const order = [1, 0, 2, 4, 3];
    const landmarks = order.map((i) => ({ x: flip(turned.landmarks[i]?.x ?? 0), y: turned.landmarks[i]?.y ?? 0 }));
    const box = { ...FACE.box, x: PICTURE.width - FACE.box.x - FACE.box.width };
    const [own, other] = [
      await annotate(covered, undefined, turned),
      await annotate(mirror(covered), undefined, { ...FACE, box, landmarks }),
    ];
    // Patch coordinates are not exactly mirrored (96 pixels, centre at 48), hence the tolerance.
    expect(other.occlusion.probabilities.none).toBeCloseTo(own.occlusion.probabilities.none, 1);
    expect(other.occlusion.evidence.regions.rightCheek / own.occlusion.evidence.regions.leftCheek).toBeCloseTo(1, 0);
    expect(other.pose.yawDegrees).toBeCloseTo(-(own.pose.yawDegrees ?? 0), 3);
  });
});

describe('estimateOcclusion', () => {
  const measure = (): Promise<OcclusionFigures> =>
    measureFaceOcclusion({ image: PICTURE, face: FACE, preprocessor, opinions: agreeing(3, 0.6) });

  it('gives probabilities, and the highest as its confidence', async () => {
    const { probabilities, confidence, class: name } = estimateOcclusion(await measure());
    expect(Object.values(probabilities).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(confidence).toBe(Math.max(...Object.values(probabilities)));
    expect(probabilities[name]).toBe(confidence);
  });

  it('follows the prior by the rule of Bayes', async () => {
    const figures = await measure();
    const prior = { none: 0.2, partial: 0.3, heavy: 0.5 };
    const [usual, other] = [estimateOcclusion(figures), estimateOcclusion(figures, prior)];
    const odds = ({ probabilities }: typeof usual): number => probabilities.heavy / probabilities.none;
    const factor = prior.heavy / prior.none / (DEFAULT_OCCLUSION_PRIOR.heavy / DEFAULT_OCCLUSION_PRIOR.none);
    expect(odds(other) / odds(usual)).toBeCloseTo(factor, 8);
  });

  it('is not led astray by one figure that is far off', async () => {
    const figures = await measure();
    const wild = (value: number): OcclusionFigures => ({
      ...figures,
      regions: figures.regions.map((row, region) => row.map((own, figure) => (region === 3 && figure === 0 ? value : own))),
    });
    expect(estimateOcclusion(wild(1e9)).probabilities).toEqual(estimateOcclusion(wild(1e3)).probabilities);
  });

  it('has norms and weights of matching shapes', () => {
    const { norms, bases } = OCCLUSION_MODEL;
    for (const table of [norms.centres, norms.spreads]) {
      expect(table.map((rows) => rows.map((row) => row.length))).toEqual(norms.yawDegrees.map(() => FACE_REGIONS.map(() => 7)));
    }
    expect(norms.spreads.flat(2).every((value) => value > 0)).toBe(true);
    for (const { offsets, scales, weights } of Object.values(bases)) {
      expect(scales).toHaveLength(offsets.length);
      expect(weights.map((row) => row.length)).toEqual([offsets.length + 1, offsets.length + 1, offsets.length + 1]);
    }
  });
});
