import { assertRecognizer, checkTemplates, createLbphRecognizer, type Recognizer, type TemplateMetric } from '@isoface/core/recognizers';
import { describe, expect, it } from 'vitest';

const MINE = {
  id: 'mine',
  contract: 'mine-1',
  dimension: 3,
  metric: 'cosine',
  crop: { width: 112, height: 112, channels: 'rgb', alignment: { template: 'arcface-112-5', landmarks: 'detector-5' } },
  computeTemplates: (_: Float32Array, count: number) => new Float32Array(count * 3).fill(1),
} as const satisfies Recognizer;

describe('assertRecognizer', () => {
  it.each<[string, unknown]>([
    ['one of ours', createLbphRecognizer()],
    ['a plain object', MINE],
    ['one that computes later', { ...MINE, computeTemplates: async () => new Float32Array(3) }],
    ['one with dispose', { ...MINE, dispose: async () => {} }],
    ['one with fields of its own', { ...MINE, note: 1 }],
    [
      'an object of a class',
      new (class {
        id = 'c';
        contract = 'c1';
        dimension = 1;
        metric = 'euclidean';
        crop = MINE.crop;
        computeTemplates(): Float32Array {
          return new Float32Array(1);
        }
      })(),
    ],
  ])('accepts %s', (_, value) => {
    expect(() => assertRecognizer(value)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the recognizer'],
    ['null', null, 'the recognizer'],
    ['a factory that was not called', () => MINE, 'the recognizer'],
    ['a text', 'lbph', 'the recognizer'],
    ['a module that wraps it', { default: MINE }, 'id'],
    ['no id', { ...MINE, id: '' }, 'id'],
    ['no contract', { ...MINE, contract: undefined }, 'contract'],
    ['a dimension of 0', { ...MINE, dimension: 0 }, 'dimension'],
    ['a dimension as a text', { ...MINE, dimension: '128' }, 'dimension'],
    ['an endless dimension', { ...MINE, dimension: Number.POSITIVE_INFINITY }, 'dimension'],
    ['an unknown metric', { ...MINE, metric: 'l2' }, 'metric'],
    ['no crop', { ...MINE, crop: null }, 'crop'],
    ['a crop without a width', { ...MINE, crop: { ...MINE.crop, width: undefined } }, 'crop.width'],
    ['a crop of half pixels', { ...MINE, crop: { ...MINE.crop, height: 11.5 } }, 'crop.height'],
    ['colours that do not exist', { ...MINE, crop: { ...MINE.crop, channels: 'bgr' } }, 'crop.channels'],
    ['no alignment', { ...MINE, crop: { ...MINE.crop, alignment: undefined } }, 'alignment'],
    [
      'an alignment that objects have by nature',
      { ...MINE, crop: { ...MINE.crop, alignment: { template: 'toString', landmarks: 'detector-5' } } },
      'alignment.template',
    ],
    ['no computeTemplates', { ...MINE, computeTemplates: undefined }, 'computeTemplates'],
    ['dispose that is no function', { ...MINE, dispose: true }, 'dispose'],
    ['a field that cannot become a text', { ...MINE, id: Object.create(null) }, 'id'],
  ])('refuses %s and names the field', (_, value, option) => {
    expect(() => assertRecognizer(value)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: expect.objectContaining({ option }),
        message: expect.stringContaining(option),
      }),
    );
  });

  it('gives details that can be sent to another thread', () => {
    const value = { ...MINE, metric: () => 'cosine' };
    try {
      assertRecognizer(value);
      expect.unreachable();
    } catch (error) {
      expect(structuredClone((error as { details: unknown }).details)).toEqual({ option: 'metric', value: 'a function' });
    }
  });
});

describe('checkTemplates', () => {
  const recognizer = (metric: TemplateMetric): Recognizer => ({ ...MINE, metric });

  it.each<[string, TemplateMetric, unknown, number]>([
    ['templates as promised', 'cosine', new Float32Array(6).fill(1), 2],
    ['none of no crops', 'cosine', new Float32Array(0), 0],
    ['zeros where distances are measured', 'euclidean', new Float32Array(3), 1],
  ])('accepts %s', (_, metric, templates, count) => {
    expect(() => checkTemplates(recognizer(metric), templates, count)).not.toThrow();
  });

  it.each<[string, TemplateMetric, unknown, string]>([
    ['a number too few', 'cosine', new Float32Array(5).fill(1), 'SHAPE_MISMATCH'],
    ['a template too many', 'cosine', new Float32Array(9).fill(1), 'SHAPE_MISMATCH'],
    ['a plain array', 'cosine', [1, 2, 3, 4, 5, 6], 'SHAPE_MISMATCH'],
    ['64-bit floats', 'cosine', new Float64Array(6).fill(1), 'SHAPE_MISMATCH'],
    ['a promise', 'cosine', Promise.resolve(new Float32Array(6)), 'SHAPE_MISMATCH'],
    ['nothing', 'cosine', undefined, 'SHAPE_MISMATCH'],
    ['NaN', 'euclidean', Float32Array.of(1, 1, 1, 1, Number.NaN, 1), 'INVALID_EMBEDDING'],
    ['a template of zeros where the angle is measured', 'cosine', Float32Array.of(1, 1, 1, 0, 0, 0), 'INVALID_EMBEDDING'],
    ['a negative number in a histogram', 'chiSquare', Float32Array.of(1, 1, 1, 1, -1, 1), 'INVALID_EMBEDDING'],
  ])('refuses %s', (_, metric, templates, code) => {
    expect(() => checkTemplates(recognizer(metric), templates, 2)).toThrow(expect.objectContaining({ code }));
  });
});
