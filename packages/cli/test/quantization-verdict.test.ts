import { asHostTensor, type HostTensor } from '@isoface/core';
import { faceLandmark68, faceReidentificationRetail0095, yunet2023mar } from '@isoface/models';
import { describe, expect, it } from 'vitest';
import { createOutputComparison, type OutputDifferences } from '../src/quantize/output-comparison.ts';
import { judge, type MeasuredForm } from '../src/quantize/quantization-verdict.ts';

const SIDE = 100;
const exact: OutputDifferences = { inputs: 40, allFinite: true, outputs: [{ name: 'y', maxAbsolute: 0, relative: 0 }] };

function measured(over: Partial<MeasuredForm>): MeasuredForm {
  return {
    form: 'int8',
    bytesBefore: 1000,
    bytesAfter: 500,
    differences: exact,
    cpuMs: { before: 10, after: 10, runs: 25 },
    ...over,
  };
}

function pace(after: number): MeasuredForm['cpuMs'] {
  return { before: 10, after, runs: 25 };
}

function detection(over: Partial<NonNullable<OutputDifferences['detection']>>): OutputDifferences {
  const same = { faces: 8, foundAgain: 8, additional: 0, meanIou: 0.95, maxScoreDifference: 0.01, meanLandmarkPixels: 0.3 };
  return { ...exact, detection: { ...same, ...over } };
}

describe('judge', () => {
  it.each<[string, Partial<MeasuredForm>, boolean, RegExp]>([
    ['half the size at the same pace', {}, true, /500|no notable difference/],
    ['half the size and twice as fast', { cpuMs: pace(5) }, true, /2\.0 times as fast/],
    ['the same size and faster', { bytesAfter: 990, cpuMs: pace(7) }, true, /not notably smaller/],
    ['half the size and slower', { cpuMs: pace(15) }, false, /1\.5 times as long/],
    ['neither smaller nor faster', { bytesAfter: 990 }, false, /not notably smaller/],
    ['numbers that are not finite', { differences: { ...exact, allFinite: false } }, false, /cannot be used/],
    ['embeddings that stay', { differences: { ...exact, cosine: { mean: 0.999, min: 0.98 } } }, true, /kB/],
    ['embeddings that change', { differences: { ...exact, cosine: { mean: 0.97, min: 0.96 } } }, false, /0\.9700 on average/],
    ['one embedding that changes', { differences: { ...exact, cosine: { mean: 0.995, min: 0.8 } } }, false, /0\.8000 at worst/],
    ['landmarks that stay', { differences: { ...exact, landmarks: { meanPixels: 0.9, maxPixels: 3 } } }, true, /kB/],
    ['landmarks that move', { differences: { ...exact, landmarks: { meanPixels: 1.1, maxPixels: 3 } } }, false, /1\.10 pixels/],
    ['the same faces', { differences: detection({}) }, true, /kB/],
    ['a lost face', { differences: detection({ foundAgain: 7 }) }, false, /7 of 8/],
    ['a face too many', { differences: detection({ additional: 1 }) }, false, /1 beside 8/],
    ['boxes that move', { differences: detection({ meanIou: 0.8 }) }, false, /overlap 0\.800/],
    ['outputs nobody can read', { differences: { ...exact, outputs: [{ name: 'y', maxAbsolute: 1, relative: 0.2 }] } }, false, /0\.20/],
    ['few inputs', { differences: { ...exact, inputs: 1 } }, true, /No more than 1 input to judge by/],
    ['half precision on a CPU', { form: 'float16', cpuMs: pace(15) }, false, /accelerators/],
  ])('of %s', (_, over, isWorthIt, reason) => {
    const verdict = judge(measured(over), SIDE);
    expect(verdict.isWorthIt).toBe(isWorthIt);
    expect(verdict.reasons.join(' ')).toMatch(reason);
  });
});

function tensor(...values: number[]): HostTensor {
  return asHostTensor(Float32Array.from(values), [1, values.length]);
}

describe('createOutputComparison', () => {
  it('gives cosines of embeddings and differences of numbers', () => {
    const comparison = createOutputComparison(faceReidentificationRetail0095);
    const output = faceReidentificationRetail0095.output;
    comparison.add({ [output]: tensor(1, 0) }, { [output]: tensor(1, 1) }, [1, 3, 128, 128]);
    comparison.add({ [output]: tensor(0, 2) }, { [output]: tensor(0, 4) }, [1, 3, 128, 128]);
    const { cosine, outputs, inputs, allFinite } = comparison.finish();
    expect([inputs, allFinite]).toEqual([2, true]);
    expect(cosine?.min).toBeCloseTo(Math.SQRT1_2, 6);
    expect(cosine?.mean).toBeCloseTo((Math.SQRT1_2 + 1) / 2, 6);
    expect(outputs).toEqual([{ name: output, maxAbsolute: 2, relative: 1 }]);
  });

  it('gives distances of landmarks in pixels of the input', () => {
    const comparison = createOutputComparison(faceLandmark68);
    comparison.add({ landmarks: tensor(0, 0, 0.5, 0.5) }, { landmarks: tensor(0.03, 0.04, 0.5, 0.5) }, [1, 3, 112, 112]);
    const { landmarks } = comparison.finish();
    expect(landmarks?.maxPixels).toBeCloseTo(0.05 * 112, 4);
    expect(landmarks?.meanPixels).toBeCloseTo(0.025 * 112, 4);
  });

  it('matches the faces of a detector', () => {
    const comparison = createOutputComparison(yunet2023mar);
    // A face in the first cell of the coarsest stride; the other form moves it by a quarter of a cell, and then loses it.
    comparison.add(yunetOutputs(0), yunetOutputs(0.25), [1, 3, 32, 32]);
    comparison.add(yunetOutputs(0), yunetOutputs(undefined), [1, 3, 32, 32]);
    comparison.add(yunetOutputs(undefined), yunetOutputs(0), [1, 3, 32, 32]);
    const { detection: found } = comparison.finish();
    expect(found).toMatchObject({ faces: 2, foundAgain: 1, additional: 1, maxScoreDifference: 0 });
    // 32 pixels wide, moved by 8.
    expect(found?.meanIou).toBeCloseTo(24 / 40, 5);
    expect(found?.meanLandmarkPixels).toBeCloseTo(8, 4);
  });

  it('says that numbers are not finite, and reads nothing into them', () => {
    const comparison = createOutputComparison(faceLandmark68);
    comparison.add({ landmarks: tensor(0, 0) }, { landmarks: tensor(Number.NaN, 0) }, [1, 3, 112, 112]);
    expect(comparison.finish()).toMatchObject({ allFinite: false, landmarks: undefined });
  });

  it('compares outputs that no decoder knows as numbers', () => {
    const comparison = createOutputComparison(yunet2023mar);
    comparison.add({ other: tensor(1, 2) }, { other: tensor(1, 1) }, [1, 3, 32, 32]);
    expect(comparison.finish()).toMatchObject({ detection: undefined, outputs: [{ name: 'other', maxAbsolute: 1 }] });
  });
});

/** Outputs for 32x32 pixels with one face or none; `shift` in cells of 32 pixels. */
function yunetOutputs(shift: number | undefined): Record<string, HostTensor> {
  const outputs: Record<string, HostTensor> = {};
  for (const stride of [8, 16, 32]) {
    const cells = (32 / stride) ** 2;
    const isHere = stride === 32 && shift !== undefined;
    const fill = (channels: number, value: number): HostTensor => tensor(...Array.from({ length: cells * channels }, () => value));
    outputs[`cls_${stride}`] = fill(1, isHere ? 1 : 0);
    outputs[`obj_${stride}`] = fill(1, isHere ? 1 : 0);
    outputs[`bbox_${stride}`] = isHere ? tensor(0.5 + shift, 0.5, 0, 0) : fill(4, 0);
    outputs[`kps_${stride}`] = isHere ? tensor(...Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? shift : 0))) : fill(10, 0);
  }
  return outputs;
}
