import { assertInputShape } from '@isoface/core';
import { fakeDetector, fakeEmbedder } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const nhwc = { ...fakeEmbedder, input: { ...fakeEmbedder.input, layout: 'NHWC' } } as const;

describe('assertInputShape', () => {
  it.each([
    ['the very shape', fakeEmbedder, [1, 3, 16, 16]],
    ['a batch', fakeEmbedder, [7, 3, 16, 16]],
    ['channels last', nhwc, [2, 16, 16, 3]],
    ['another multiple', fakeDetector, [1, 3, 64, 160]],
  ])('accepts %s', (_, manifest, dims) => {
    expect(() => assertInputShape(manifest, dims)).not.toThrow();
  });

  it.each([
    ['channels last for a model of channels first', fakeEmbedder, [1, 16, 16, 3]],
    ['channels first for a model of channels last', nhwc, [1, 3, 16, 16]],
    ['another size', fakeEmbedder, [1, 3, 16, 17]],
    ['no multiple', fakeDetector, [1, 3, 64, 100]],
    ['no size', fakeDetector, [1, 3, 0, 64]],
    ['a batch for a model of one', fakeDetector, [2, 3, 128, 128]],
    ['an empty batch', fakeEmbedder, [0, 3, 16, 16]],
    ['four channels', fakeEmbedder, [1, 4, 16, 16]],
    ['three dimensions', fakeEmbedder, [3, 16, 16]],
    ['five dimensions', fakeEmbedder, [1, 1, 3, 16, 16]],
    ['none', fakeEmbedder, []],
  ])('refuses %s', (_, manifest, dims) => {
    expect(() => assertInputShape(manifest, dims)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH', details: expect.objectContaining({ got: dims }) as unknown }),
    );
  });

  it('says what was expected, what came, and which layout the model has', () => {
    expect(() => assertInputShape(fakeEmbedder, [1, 16, 16, 3])).toThrow(
      'Expected input [N, 3, 16, 16] for fake-embedder, got [1, 16, 16, 3]; the model is NCHW.',
    );
    expect(() => assertInputShape(fakeDetector, [1, 3, 64, 100])).toThrow(
      'Expected input [1, 3, multiple of 32, multiple of 32] for fake-detector',
    );
  });
});
