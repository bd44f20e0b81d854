import {
  computeTemplateSimilarity,
  createEigenfacesRecognizer,
  type EigenfacesModel,
  type EigenfacesOptions,
  trainEigenfaces,
} from '@isoface/core/recognizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './golden/eigenfaces.json' with { type: 'json' };
import { readBytes, readFloat64 } from './golden/read-golden.ts';

type GoldenCase = (typeof golden.cases)[number];

const CASES = golden.cases.map((entry) => [entry.name, entry] as const);
const cropsOf = (text: string): Float32Array => Float32Array.from(readBytes(text));
const modelOf = ({ crops, count, options }: GoldenCase): EigenfacesModel => trainEigenfaces(cropsOf(crops), count, options);
const templatesOf = (model: EigenfacesModel, crops: Float32Array): Float32Array =>
  createEigenfacesRecognizer(model).computeTemplates(crops, crops.length / model.mean.length) as Float32Array;

/** 1 or -1 for each eigenface: OpenCV's signs are as they come. */
function signsOf(model: EigenfacesModel, expected: Float64Array): number[] {
  const pixels = model.mean.length;
  return Array.from(model.eigenvalues, (_, k) => {
    let dot = 0;
    for (let i = k * pixels; i < (k + 1) * pixels; i++) dot += (model.components[i] as number) * (expected[i] as number);
    return Math.sign(dot);
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

describe('beside OpenCV', () => {
  it.each(CASES)('has the same mean, eigenvalues and total variance: %s', (_, entry) => {
    const { mean, eigenvalues, totalVariance } = modelOf(entry);
    // The mean is kept as float32 below 256: half of 2^-16.
    expect(largestDifference(mean, entry.mean)).toBeLessThan(2 ** -16);
    expect(largestDifference(eigenvalues, entry.eigenvalues)).toBeLessThan(1e-12 * (entry.eigenvalues[0] as number));
    expect(Math.abs(totalVariance - entry.totalVariance)).toBeLessThan(1e-12 * entry.totalVariance);
  });

  it.each(CASES)('has the same eigenfaces but for their sign: %s', (_, entry) => {
    const model = modelOf(entry);
    const expected = readFloat64(entry.components);
    const signs = signsOf(model, expected);
    const signed = model.components.map((value, i) => value * (signs[Math.floor(i / model.mean.length)] as number));
    // Kept as float32 below 1; 1e-7 beside it for directions of nearly equal variance.
    expect(largestDifference(signed, expected)).toBeLessThan(2 ** -24 + 1e-7);
  });

  it.each(CASES)('projects the training set to the same places: %s', (_, entry) => {
    const model = modelOf(entry);
    const signs = signsOf(model, readFloat64(entry.components));
    const templates = templatesOf(model, cropsOf(entry.crops));
    const signed = templates.map((value, i) => value * (signs[i % signs.length] as number));
    // Sums of up to 120 pixels of magnitude 128 over eigenfaces that are rounded to 24 bits.
    expect(largestDifference(signed, entry.projections.flat())).toBeLessThan(1e-4);
  });

  it.each(CASES)('gives the distances of predict to faces it was not trained on: %s', (_, entry) => {
    const model = modelOf(entry);
    const size = model.eigenvalues.length;
    const probes = templatesOf(model, cropsOf(entry.probes));
    const references = templatesOf(model, cropsOf(entry.crops));
    for (const [p, distances] of entry.distances.entries()) {
      const probe = probes.subarray(p * size, (p + 1) * size);
      const got = distances.map((_, r) => -computeTemplateSimilarity('euclidean', probe, references.subarray(r * size, (r + 1) * size)));
      expect(largestDifference(got, distances)).toBeLessThan(1e-4);
    }
  });
});

const WIDTH = 6;
const HEIGHT = 5;
const PIXELS = WIDTH * HEIGHT;
const SIZE = { width: WIDTH, height: HEIGHT };

/** Fewer and more crops than pixels. */
const arbitraryCrops = fc
  .integer({ min: 3, max: 40 })
  .chain((count) => fc.uint8Array({ minLength: count * PIXELS, maxLength: count * PIXELS }))
  .map((bytes) => Float32Array.from(bytes))
  // fast-check likes arrays of one value, which have no eigenfaces.
  .filter((crops) => crops.some((value, i) => value !== crops[i % PIXELS]));

describe('trainEigenfaces', () => {
  it('gives orthonormal eigenfaces and descending variances', () => {
    fc.assert(
      fc.property(arbitraryCrops, (crops) => {
        const { components, eigenvalues } = trainEigenfaces(crops, crops.length / PIXELS, { ...SIZE, energy: 1 });
        expect(Array.from(eigenvalues)).toEqual(Array.from(eigenvalues).sort((a, b) => b - a));
        // Directions whose variance is within rounding of 0 are not kept, but may come near it: their eigenfaces are less exact.
        const strong = eigenvalues.filter((value) => value > 1e-6 * (eigenvalues[0] as number)).length;
        for (let a = 0; a < strong; a++) {
          for (let b = 0; b <= a; b++) {
            let dot = 0;
            for (let i = 0; i < PIXELS; i++) dot += (components[a * PIXELS + i] as number) * (components[b * PIXELS + i] as number);
            expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-5);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('with all energy rebuilds the crops it was trained on', () => {
    fc.assert(
      fc.property(arbitraryCrops, (crops) => {
        const model = trainEigenfaces(crops, crops.length / PIXELS, { ...SIZE, energy: 1 });
        const templates = templatesOf(model, crops);
        const size = model.eigenvalues.length;
        const rebuilt = crops.map((_, at) => {
          const [crop, pixel] = [Math.floor(at / PIXELS), at % PIXELS];
          let value = model.mean[pixel] as number;
          for (let k = 0; k < size; k++) value += (templates[crop * size + k] as number) * (model.components[k * PIXELS + pixel] as number);
          return value;
        });
        // Up to 30 projections of magnitude 1000 over eigenfaces of 24 bits.
        expect(largestDifference(rebuilt, crops)).toBeLessThan(1e-2);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps as few eigenfaces as the energy needs', () => {
    fc.assert(
      fc.property(arbitraryCrops, fc.double({ min: 0.05, max: 0.999, noNaN: true }), (crops, energy) => {
        const { eigenvalues, totalVariance } = trainEigenfaces(crops, crops.length / PIXELS, { ...SIZE, energy });
        const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
        expect(sum(eigenvalues)).toBeGreaterThanOrEqual(energy * totalVariance * (1 - 1e-12));
        expect(sum(eigenvalues.slice(0, -1))).toBeLessThan(energy * totalVariance);
      }),
      { numRuns: 40 },
    );
  });

  it('takes the same eigenfaces through both matrices', () => {
    // 29 crops of 30 pixels go through crops x crops; with two of them repeated, through pixels x pixels; the span is the same.
    const { crops } = golden.cases[0] as GoldenCase;
    const pixels = cropsOf(crops);
    const few = pixels.slice(0, 29 * PIXELS);
    const doubled = new Float32Array(few.length * 2);
    doubled.set(few);
    doubled.set(few, few.length);
    const a = trainEigenfaces(few, 29, { ...SIZE, components: 5 });
    const b = trainEigenfaces(doubled, 58, { ...SIZE, components: 5 });
    expect(largestDifference(a.components, b.components)).toBeLessThan(1e-6);
    expect(largestDifference(a.eigenvalues, b.eigenvalues)).toBeLessThan(1e-9 * (a.eigenvalues[0] as number));
  });

  it('by default keeps 95 % of the variance', () => {
    const { crops, count, options } = golden.cases[0] as GoldenCase;
    const size = { width: options.width, height: options.height };
    expect(trainEigenfaces(cropsOf(crops), count, size)).toEqual(trainEigenfaces(cropsOf(crops), count, { ...size, energy: 0.95 }));
  });

  it('with whitening spreads the training set equally along all eigenfaces', () => {
    const { crops, count, options } = golden.cases[0] as GoldenCase;
    const model = trainEigenfaces(cropsOf(crops), count, { ...options, whitening: true });
    const templates = templatesOf(model, cropsOf(crops));
    const size = model.eigenvalues.length;
    for (let k = 0; k < size; k++) {
      let squared = 0;
      for (let n = 0; n < count; n++) squared += (templates[n * size + k] as number) ** 2;
      expect(Math.abs(squared / count - 1)).toBeLessThan(1e-5);
    }
  });

  const THREE = Float32Array.from({ length: 3 * PIXELS }, (_, i) => (i * i * 7) % 251);
  it.each<[string, Float32Array, number, unknown, string, string | undefined]>([
    ['one crop', THREE.slice(0, PIXELS), 1, SIZE, 'INVALID_OPTION', 'count'],
    ['equal crops', new Float32Array(4 * PIXELS).fill(9), 4, SIZE, 'INVALID_OPTION', 'crops'],
    ['NaN', THREE.slice().fill(Number.NaN, 3, 4), 3, SIZE, 'INVALID_OPTION', 'crops'],
    ['another size', THREE, 3, { width: 7, height: 5 }, 'SHAPE_MISMATCH', undefined],
    ['another count', THREE, 2, SIZE, 'SHAPE_MISMATCH', undefined],
    ['no energy', THREE, 3, { ...SIZE, energy: 0 }, 'INVALID_OPTION', 'energy'],
    ['energy in percent', THREE, 3, { ...SIZE, energy: 95 }, 'INVALID_OPTION', 'energy'],
    ['energy and components', THREE, 3, { ...SIZE, energy: 0.9, components: 2 }, 'INVALID_OPTION', 'components'],
    ['more eigenfaces than directions', THREE, 3, { ...SIZE, components: 3 }, 'INVALID_OPTION', 'components'],
    ['no eigenfaces', THREE, 3, { ...SIZE, components: 0 }, 'INVALID_OPTION', 'components'],
    ['whitening as a text', THREE, 3, { ...SIZE, whitening: 'no' }, 'INVALID_OPTION', 'whitening'],
    ['a mistyped name', THREE, 3, { ...SIZE, whiten: true }, 'INVALID_OPTION', 'whiten'],
  ])('refuses %s', (_, crops, count, options, code, option) => {
    expect(() => trainEigenfaces(crops, count, options as EigenfacesOptions)).toThrow(
      expect.objectContaining({ code, ...(option && { details: expect.objectContaining({ option }) }) }),
    );
  });
});

describe('createEigenfacesRecognizer', () => {
  const { crops, count, options } = golden.cases[0] as GoldenCase;
  const model = trainEigenfaces(cropsOf(crops), count, options);

  it('says what it is', () => {
    const recognizer = createEigenfacesRecognizer(model);
    expect(recognizer).toMatchObject({
      id: 'eigenfaces',
      dimension: 10,
      metric: 'euclidean',
      crop: { width: 12, height: 10, channels: 'grey' },
    });
    expect(recognizer.contract).toMatch(/^eigenfaces-1:k10:12x10-grey:arcface-112-5\/detector-5:warp1:[0-9a-f]{8}$/);
  });

  it('gives the mean face the template 0', () => {
    // The mean is kept as float32 and so is what is computed from it: nothing is left.
    expect(templatesOf(model, model.mean)).toEqual(new Float32Array(10));
  });

  it.each<[string, EigenfacesModel]>([
    ['another mean', { ...model, mean: model.mean.map((value, i) => (i === 0 ? value + 1 : value)) }],
    ['another eigenface', { ...model, components: model.components.map((value, i) => (i === 7 ? value + 1e-6 : value)) }],
    ['whitening', { ...model, whitening: true }],
    ['another alignment', { ...model, crop: { ...model.crop, alignment: { template: 'dlib-150-5', landmarks: 'detector-5' } } }],
    ['one eigenface less', trainEigenfaces(cropsOf(crops), count, { ...options, components: 9 })],
  ])('has another contract with %s', (_, other) => {
    expect(createEigenfacesRecognizer(other).contract).not.toBe(createEigenfacesRecognizer(model).contract);
  });

  it('does not follow later changes to the model', () => {
    const copy = { ...model, components: model.components.slice(), eigenvalues: model.eigenvalues.slice(), mean: model.mean.slice() };
    const recognizer = createEigenfacesRecognizer(copy);
    const before = recognizer.computeTemplates(cropsOf(crops), count);
    for (const values of [copy.components, copy.eigenvalues, copy.mean]) values.fill(1);
    expect(recognizer.computeTemplates(cropsOf(crops), count)).toEqual(before);
  });

  it.each<[string, Partial<Record<keyof EigenfacesModel, unknown>>]>([
    ['a mean of another size', { mean: model.mean.slice(1) }],
    ['an eigenface too few', { components: model.components.slice(120) }],
    ['NaN in the mean', { mean: model.mean.slice().fill(Number.NaN, 0, 1) }],
    ['infinite numbers in an eigenface', { components: model.components.slice().fill(Number.POSITIVE_INFINITY, 0, 1) }],
    ['no eigenvalues', { eigenvalues: new Float64Array(0), components: new Float32Array(0) }],
    ['a negative eigenvalue', { eigenvalues: model.eigenvalues.slice().fill(-1, 9) }],
    ['eigenvalues in ascending order', { eigenvalues: model.eigenvalues.slice().reverse() }],
    ['less total variance than the eigenvalues have', { totalVariance: 1 }],
    ['colour crops', { crop: { ...model.crop, channels: 'rgb' } }],
    ['no crop', { crop: undefined }],
    ['one training crop', { trainedOn: 1 }],
    ['whitening as a number', { whitening: 1 }],
    ['arrays of another type', { mean: Array.from(model.mean) }],
    ['no arrays', { components: undefined }],
  ])('refuses %s', (_, change) => {
    expect(() => createEigenfacesRecognizer({ ...model, ...change } as EigenfacesModel)).toThrow(
      expect.objectContaining({ code: 'MODEL_INTEGRITY' }),
    );
  });
});
