import { computeTemplateSimilarity, createLbphRecognizer, type LbphOptions } from '@isoface/core/recognizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeCircularSamples } from '../../src/recognizers/circular-samples.ts';
import golden from './golden/lbph.json' with { type: 'json' };
import { readBytes, readFloat32, readUint16 } from './golden/read-golden.ts';

type GoldenCase = (typeof golden.cases)[number];

/** The pictures of a case as OpenCV saw them: whole numbers, or scaled 32-bit floats. */
const picturesOf = ({ pictures, scale }: GoldenCase): Float32Array[] =>
  pictures.map((picture) => Float32Array.from(readBytes(picture), (value) => value * Math.fround(scale)));

/** OpenCV's histograms, put together from the bins that are not empty and the share of each count. */
function histogramsOf({ histograms, shares }: GoldenCase, dimension: number): Float32Array[] {
  const shareOf = readFloat32(shares);
  return histograms.map((text) => {
    const histogram = new Float32Array(dimension);
    const pairs = readUint16(text);
    let bin = 0;
    for (let i = 0; i < pairs.length; i += 2) {
      bin += pairs[i] as number;
      histogram[bin] = shareOf[pairs[i + 1] as number] as number;
    }
    return histogram;
  });
}

function templatesOf(options: LbphOptions, pictures: readonly Float32Array[]): Float32Array[] {
  const recognizer = createLbphRecognizer(options);
  const crops = new Float32Array(pictures.flatMap((picture) => Array.from(picture)));
  const templates = recognizer.computeTemplates(crops, pictures.length) as Float32Array;
  return pictures.map((_, i) => templates.slice(i * recognizer.dimension, (i + 1) * recognizer.dimension));
}

describe('beside OpenCV', () => {
  it.each(golden.cases.map((entry) => [entry.name, entry] as const))('gives the same histograms bit for bit: %s', (_, entry) => {
    const templates = templatesOf(entry.options, picturesOf(entry));
    const expected = histogramsOf(entry, templates[0]?.length as number);
    for (const [i, template] of templates.entries()) {
      const differing = template.reduce((count, value, bin) => count + (value === expected[i]?.[bin] ? 0 : 1), 0);
      expect(differing, golden.kinds[i]).toBe(0);
    }
  });

  it.each(golden.cases.map((entry) => [entry.name, entry] as const))('gives the distances of predict: %s', (_, entry) => {
    const templates = templatesOf(entry.options, picturesOf(entry));
    for (const [i, row] of entry.distances.entries()) {
      for (const [j, distance] of row.entries()) {
        const similarity = computeTemplateSimilarity('chiSquare', templates[i] as Float32Array, templates[j] as Float32Array);
        // OpenCV rounds differences and sums of two bins to 32-bit floats before it goes on with 64.
        expect(Math.abs(-similarity - distance)).toBeLessThanOrEqual(1e-6 * distance);
      }
    }
  });

  it('has the same interpolation weights for every number of neighbours', () => {
    for (const { radius, neighbours, values } of golden.weights) {
      expect(Array.from(computeCircularSamples(radius, neighbours, 64).weights), `${radius}, ${neighbours}`).toEqual(
        Array.from(readFloat32(values)),
      );
    }
  });
});

describe('computeCircularSamples', () => {
  it('gives weights that add up to 1 and stays within the radius', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 16 }), (radius, neighbours) => {
        const stride = 1000;
        const { offsets, weights } = computeCircularSamples(radius, neighbours, stride);
        for (let n = 0; n < neighbours; n++) {
          const sum = weights.slice(n * 4, n * 4 + 4).reduce((total, weight) => total + weight, 0);
          expect(Math.abs(sum - 1)).toBeLessThan(4 * 2 ** -23);
        }
        for (const offset of offsets) {
          const y = Math.round(offset / stride);
          expect(Math.max(Math.abs(y), Math.abs(offset - y * stride))).toBeLessThanOrEqual(radius);
        }
      }),
    );
  });
});

describe('patterns', () => {
  /** The only pattern of a crop of 3 x 3, as bits from the right neighbour counter-clockwise. */
  const patternOf = (pixels: readonly number[]): number =>
    (
      createLbphRecognizer({ width: 3, height: 3, gridX: 1, gridY: 1, neighbours: 4 }).computeTemplates(
        Float32Array.from(pixels),
        1,
      ) as Float32Array
    ).indexOf(1);

  it.each([
    ['a brighter right neighbour is bit 0', [0, 0, 0, 0, 5, 9, 0, 0, 0], 0b0001],
    ['a brighter upper neighbour is bit 1', [0, 9, 0, 0, 5, 0, 0, 0, 0], 0b0010],
    ['a brighter left neighbour is bit 2', [0, 0, 0, 9, 5, 0, 0, 0, 0], 0b0100],
    ['a brighter lower neighbour is bit 3', [0, 0, 0, 0, 5, 0, 0, 9, 0], 0b1000],
    ['an equal neighbour sets its bit', [0, 5, 0, 0, 5, 0, 0, 0, 0], 0b0010],
    ['a neighbour that is a little darker does not', [0, 4.9999, 0, 0, 5, 0, 0, 0, 0], 0b0000],
    ['plain black sets all', [0, 0, 0, 0, 0, 0, 0, 0, 0], 0b1111],
  ])('%s', (_, pixels, expected) => {
    expect(patternOf(pixels)).toBe(expected);
  });
});

describe('templates', () => {
  const arbitraryCrop = fc.uint8Array({ minLength: 20 * 16, maxLength: 20 * 16 }).map((bytes) => Float32Array.from(bytes));
  const options: LbphOptions = { width: 20, height: 16, gridX: 3, gridY: 2 };

  it('have shares that add up to 1 in each cell', () => {
    fc.assert(
      fc.property(arbitraryCrop, (crop) => {
        const [template] = templatesOf(options, [crop]) as [Float32Array];
        for (let cell = 0; cell < 6; cell++) {
          const sum = template.subarray(cell * 256, (cell + 1) * 256).reduce((total, share) => total + share, 0);
          // 42 patterns a cell; each share is off by half a bit of 24 at most.
          expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('do not change when the light does: pixels times two plus eight', () => {
    fc.assert(
      fc.property(arbitraryCrop, (crop) => {
        // Only points on pixels: between them brightness rounds, and rounding decides ties. Powers of two keep all pixels exact.
        const onPixels = { ...options, neighbours: 4 };
        const [plain, bright] = templatesOf(onPixels, [crop, crop.map((value) => value * 2 + 8)]);
        expect(bright).toEqual(plain);
      }),
      { numRuns: 30 },
    );
  });

  it('of several crops are those of each alone, call after call', () => {
    fc.assert(
      fc.property(arbitraryCrop, arbitraryCrop, (a, b) => {
        const together = templatesOf(options, [a, b, a]);
        const alone = [a, b, a].flatMap((crop) => templatesOf(options, [crop]));
        expect(together).toEqual(alone);
      }),
      { numRuns: 10 },
    );
  });

  it('of no crops are none', () => {
    expect(createLbphRecognizer().computeTemplates(new Float32Array(0), 0)).toEqual(new Float32Array(0));
  });
});

describe('options', () => {
  it.each<[string, LbphOptions, string, number]>([
    ['by default', {}, 'lbph-1:r1:n8:g9x9:92x92-grey:arcface-112-5/detector-5:warp1', 20_736],
    ["OpenCV's", { gridX: 8, gridY: 8 }, 'lbph-1:r1:n8:g8x8:92x92-grey:arcface-112-5/detector-5:warp1', 16_384],
    ['a wider circle', { radius: 2, neighbours: 12 }, 'lbph-1:r2:n12:g9x9:94x94-grey:arcface-112-5/detector-5:warp1', 331_776],
    [
      'another alignment',
      {
        width: 60,
        height: 80,
        alignment: { template: 'dlib-150-5', landmarks: 'detector-5', region: { x: 10, y: 0, width: 130, height: 150 } },
      },
      'lbph-1:r1:n8:g9x9:60x80-grey:dlib-150-5/detector-5@10,0,130,150:warp1',
      20_736,
    ],
  ])('%s: named by the contract, and the same after a trip through JSON', (_, options, contract, dimension) => {
    const recognizer = createLbphRecognizer(options);
    expect(recognizer).toMatchObject({ id: 'lbph', contract, dimension, metric: 'chiSquare' });
    expect(createLbphRecognizer(JSON.parse(JSON.stringify(options))).contract).toBe(contract);
  });

  it.each<[string, unknown, string]>([
    ['no neighbours', { neighbours: 0 }, 'neighbours'],
    ['17 neighbours', { neighbours: 17 }, 'neighbours'],
    ['half a neighbour', { neighbours: 7.5 }, 'neighbours'],
    ['a radius of 0', { radius: 0 }, 'radius'],
    ['a radius of NaN', { radius: Number.NaN }, 'radius'],
    ['a radius as a text', { radius: '1' }, 'radius'],
    ['a radius that leaves nothing', { radius: 46, width: 92, height: 92 }, 'gridX'],
    ['more columns than patterns', { gridX: 91 }, 'gridX'],
    ['more rows than patterns', { gridY: 91 }, 'gridY'],
    ['a grid of 0', { gridX: 0 }, 'gridX'],
    ['a width of 0', { width: 0 }, 'crop.width'],
    ['a height as a text', { height: '92' }, 'crop.height'],
    ['an unknown template', { alignment: { template: 'mine', landmarks: 'detector-5' } }, 'alignment.template'],
    ['unknown landmarks', { alignment: { template: 'dlib-150-5', landmarks: 'ears' } }, 'alignment.landmarks'],
    [
      'an empty region',
      { alignment: { template: 'dlib-150-5', landmarks: 'ibug68', region: { x: 0, y: 0, width: 0, height: 1 } } },
      'alignment.region',
    ],
    ['a region of null', { alignment: { template: 'dlib-150-5', landmarks: 'ibug68', region: null } }, 'alignment.region'],
    ['a template that fills memory', { neighbours: 16, gridX: 90, gridY: 90 }, 'gridX * gridY * 2 ** neighbours'],
    ['a mistyped name', { neighbors: 8 }, 'neighbors'],
  ])('refuse %s', (_, options, option) => {
    expect(() => createLbphRecognizer(options as LbphOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ option }) }),
    );
  });

  it.each<[string, (crops: Float32Array) => Float32Array, number, string]>([
    ['one value too few', (crops) => crops.subarray(1), 1, 'SHAPE_MISMATCH'],
    ['another count', (crops) => crops, 2, 'SHAPE_MISMATCH'],
    ['half a crop', (crops) => crops.subarray(crops.length / 2), 0.5, 'SHAPE_MISMATCH'],
    ['NaN', (crops) => crops.fill(Number.NaN, 5, 6), 1, 'INVALID_OPTION'],
    ['infinite pixels', (crops) => crops.fill(Number.POSITIVE_INFINITY, 5, 6).fill(Number.NEGATIVE_INFINITY, 7, 8), 1, 'INVALID_OPTION'],
  ])('crops are refused: %s', (_, spoil, count, code) => {
    const crops = spoil(new Float32Array(92 * 92));
    expect(() => createLbphRecognizer().computeTemplates(crops, count)).toThrow(expect.objectContaining({ code }));
  });
});
