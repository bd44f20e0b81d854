import { asHostTensor, type HostTensor } from '@isoface/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OnnxGraphBuilder } from '../src/onnx/onnx-graph-builder.ts';
import { ActivationHistogram } from '../src/quantize/activation-histogram.ts';
import { chooseRange, measureRangeError } from '../src/quantize/choose-range.ts';
import { collectActivationRanges } from '../src/quantize/collect-activation-ranges.ts';
import { computeUint8Scale, roundHalfEven, throughUint8 } from '../src/quantize/int8-scale.ts';
import { ortBackend } from './ort-backend.ts';

const finite = { noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 } as const;
const values = fc.float32Array({ ...finite, minLength: 1, maxLength: 200 });

function histogramOf(...parts: readonly Float32Array[]): ActivationHistogram {
  const histogram = new ActivationHistogram();
  for (const part of parts) histogram.add(part);
  return histogram;
}

describe('uint8 scale', () => {
  it.each([
    [[0, 255], { scale: 1, zeroPoint: 0 }],
    [[-1, 0], { scale: Math.fround(1 / 255), zeroPoint: 255 }],
    [[0, 0], { scale: 1, zeroPoint: 0 }],
    [[51, 102], { scale: Math.fround(0.4), zeroPoint: 0 }],
  ] as const)('of %j', (range, expected) => {
    const { scale, zeroPoint } = computeUint8Scale(range);
    expect(zeroPoint).toBe(expected.zeroPoint);
    // The scale is the next float32 that is not too small.
    expect(scale).toBeGreaterThanOrEqual((Math.max(range[1], 0) - Math.min(range[0], 0)) / 255);
    expect(scale / expected.scale).toBeCloseTo(1, 6);
  });

  it('reproduces every value of the range to half a step, and 0 exactly', () => {
    const end = fc.float({ ...finite });
    fc.assert(
      fc.property(end, end, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const range = [Math.min(a, b), Math.max(a, b)] as const;
        const parameters = computeUint8Scale(range);
        const value = range[0] + (range[1] - range[0]) * share;
        expect(Math.abs(throughUint8(value, parameters) - value)).toBeLessThanOrEqual(parameters.scale * 0.5000001);
        expect(throughUint8(0, parameters)).toBe(0);
      }),
    );
  });

  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [-2.5, -2],
    [2.4, 2],
    [-2.6, -3],
  ])('rounds %d to %d', (value, expected) => {
    expect(roundHalfEven(value) + 0).toBe(expected);
  });
});

describe('ActivationHistogram', () => {
  it('counts every value, and does not depend on order or on how they are dealt out', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const histogram = histogramOf(a, b);
        expect(histogram.total).toBe(a.length + b.length);
        expect(histogram.bins().reduce((sum, { count }) => sum + count, 0)).toBe(histogram.total);
        expect(histogramOf(b, a).bins()).toEqual(histogram.bins());
        expect(histogramOf(Float32Array.of(...b, ...a)).bins()).toEqual(histogram.bins());
      }),
    );
  });

  it('keeps bins within the measured range and narrower than a thousandth of it', () => {
    const bins = histogramOf(Float32Array.from({ length: 1000 }, (_, index) => index)).bins();
    expect(bins.length).toBeGreaterThanOrEqual(999);
    expect(bins[0]?.centre).toBeGreaterThanOrEqual(0);
    expect(bins.at(-1)?.centre).toBeLessThanOrEqual(999);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('hands %d back', (odd) => {
    const histogram = histogramOf(Float32Array.of(1));
    expect(histogram.add(Float32Array.of(2, odd))).toBe(odd);
    expect(histogram.total).toBe(1);
  });
});

describe('chooseRange', () => {
  it('never leaves the measured range, by any method', () => {
    fc.assert(
      fc.property(
        values,
        fc.constantFrom('minMax', 'percentile', 'mse'),
        fc.double({ min: 60, max: 100, noNaN: true }),
        (data, method, p) => {
          const histogram = histogramOf(data);
          const [low, high] = chooseRange(histogram, method, p);
          // Shrinking a range of one sign moves an end towards 0, which every range holds anyway.
          expect(low).toBeGreaterThanOrEqual(Math.min(0, histogram.min));
          expect(high).toBeLessThanOrEqual(Math.max(0, histogram.max));
        },
      ),
    );
  });

  it('keeps the share that percentile asks for on each side, within a bin', () => {
    const histogram = histogramOf(Float32Array.from({ length: 10_001 }, (_, index) => index - 5000));
    const [low, high] = chooseRange(histogram, 'percentile', 99);
    expect(Math.abs(low + 4900)).toBeLessThanOrEqual(4);
    expect(Math.abs(high - 4900)).toBeLessThanOrEqual(4);
    expect(chooseRange(histogram, 'percentile', 100)).toEqual([-5000, 5000]);
  });

  it('is by mse never worse than by minMax on its own measure', () => {
    fc.assert(
      fc.property(values, (data) => {
        const histogram = histogramOf(data);
        const error = (method: 'minMax' | 'mse'): number => measureRangeError(histogram, chooseRange(histogram, method, 100));
        expect(error('mse')).toBeLessThanOrEqual(error('minMax'));
      }),
      { numRuns: 40 },
    );
  });

  it('cuts a lone outlier off by mse where many values gain', () => {
    const many = Float32Array.from({ length: 50_000 }, (_, index) => Math.sin(index));
    // Two million values gain about 300 in squared error; the outlier loses about 80.
    const [, high] = chooseRange(histogramOf(...Array.from({ length: 40 }, () => many), Float32Array.of(10)), 'mse', 100);
    expect(high).toBeLessThan(5);
    expect(high).toBeGreaterThan(1);
  });

  it('knows no range without values', () => {
    expect(chooseRange(new ActivationHistogram(), 'mse', 99)).toEqual([0, 0]);
  });
});

/** y = relu(2 x) for one channel of two values; the inner value is named `inner`. */
function tinyModel(addMore: (graph: OnnxGraphBuilder, value: string) => string = (_, value) => value): Uint8Array {
  const graph = new OnnxGraphBuilder('tiny');
  const weight = graph.initializer([1, 1, 1], { type: 'float32', values: Float32Array.of(2) });
  const inner = graph.node('Conv', [graph.input('x', ['N', 1, 2]), weight], { output: 'inner', name: 'double' });
  const positive = addMore(graph, graph.node('Relu', [inner], { output: 'positive' }));
  graph.node('Conv', [positive, weight], { output: 'y', name: 'again' });
  graph.output('y', ['N', 1, 2]);
  return graph.build();
}

function inputsOf(...rows: readonly (readonly [number, number])[]): HostTensor[] {
  return rows.map((row) => asHostTensor(Float32Array.from(row), [1, 1, 2]));
}

describe('collectActivationRanges', () => {
  const model = tinyModel();

  it('finds the ranges of inputs and inner values over all inputs', async () => {
    const progress: number[] = [];
    const ranges = await collectActivationRanges(model, {
      backend: ortBackend,
      inputs: inputsOf([-1, 3], [0.5, -4]),
      method: 'minMax',
      onProgress: (done) => progress.push(done),
    });
    expect(ranges.get('x')).toEqual([-4, 3]);
    expect(ranges.get('positive')).toEqual([0, 6]);
    expect(progress).toEqual([1, 2]);
  });

  it('reads a stream once, one input at a time', async () => {
    let taken = 0;
    async function* stream(): AsyncGenerator<HostTensor> {
      for (const input of inputsOf([1, 2], [3, 4])) {
        taken += 1;
        yield input;
      }
    }
    const options = {
      backend: ortBackend,
      inputs: stream(),
      method: 'minMax',
      onProgress: (done: number) => expect(taken).toBe(done),
    } as const;
    expect((await collectActivationRanges(model, options)).get('x')).toEqual([1, 4]);
    expect(taken).toBe(2);
  });

  it.each([
    ['no inputs', model, { inputs: [] }, 'INVALID_OPTION', /at least one/],
    ['an impossible percentile', model, { inputs: inputsOf([1, 2]), percentile: 40 }, 'INVALID_OPTION', /percentile/],
    ['NaN as input', model, { inputs: inputsOf([1, Number.NaN]) }, 'MODEL_UNSUPPORTED', /NaN in the value "x"/],
    [
      'a model that gives NaN',
      tinyModel((graph, value) => graph.node('Mul', [value, graph.node('Log', [value])])),
      { inputs: inputsOf([0, 1]) },
      'MODEL_UNSUPPORTED',
      /NaN|Infinity/,
    ],
    ['a truncated model', model.slice(0, model.length - 20), { inputs: inputsOf([1, 2]) }, 'MODEL_INTEGRITY', /ONNX/],
    ['several inputs', twoInputs(), { inputs: inputsOf([1, 2]) }, 'MODEL_UNSUPPORTED', /2 inputs \(a, b\)/],
  ])('refuses %s', async (_, bytes, options, code, message) => {
    await expect(collectActivationRanges(bytes, { backend: ortBackend, ...options })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('stops between inputs', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = (): void => controller.abort(reason);
    const options = { backend: ortBackend, inputs: inputsOf([1, 2], [3, 4]), signal: controller.signal, onProgress };
    await expect(collectActivationRanges(model, options)).rejects.toBe(reason);
  });
});

function twoInputs(): Uint8Array {
  const graph = new OnnxGraphBuilder('two');
  graph.node('Add', [graph.input('a', [1]), graph.input('b', [1])], { output: 'y' });
  graph.output('y', [1]);
  return graph.build();
}
