import {
  ALIGNMENT_TEMPLATES,
  type AlignableFace,
  type AlignmentTemplate,
  computeAlignment,
  type EmbedderManifest,
  transformPoints,
} from '@isoface/core';
import { fakeEmbedder } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const TEMPLATES = Object.keys(ALIGNMENT_TEMPLATES) as AlignmentTemplate[];

function embedder(template: AlignmentTemplate, region?: EmbedderManifest['alignment']['region'], side?: number): EmbedderManifest {
  const { width, height, indices } = ALIGNMENT_TEMPLATES[template];
  return {
    ...fakeEmbedder,
    input: { ...fakeEmbedder.input, width: side ?? width, height: side ?? height },
    alignment: { template, landmarks: indices === undefined ? 'detector-5' : 'ibug68', region },
  };
}

/** A face whose landmarks are those of the template after `map`. */
function faceOf(template: AlignmentTemplate, map: (x: number, y: number) => readonly [number, number]): AlignableFace {
  const { points, indices } = ALIGNMENT_TEMPLATES[template];
  const mapped = Array.from({ length: points.length / 2 }, (_, i) => map(points[i * 2] as number, points[i * 2 + 1] as number));
  if (indices === undefined) return { landmarks: mapped.flat() };
  const landmarks68 = new Float64Array(136);
  for (const [position, index] of indices.entries()) landmarks68.set(mapped[position] ?? [], index * 2);
  return { landmarks68 };
}

describe.each(TEMPLATES)('template %s', (template) => {
  it('is mapped to itself', () => {
    const matrix = computeAlignment(
      faceOf(template, (x, y) => [x, y]),
      embedder(template),
    );
    for (const [i, value] of [1, 0, 0, 0, 1, 0].entries()) expect(matrix[i]).toBeCloseTo(value, 9);
  });

  it('is found again wherever the face lies', () => {
    const face = faceOf(template, (x, y) => [3 * x - 2 * y + 400, 2 * x + 3 * y - 50]);
    const matrix = computeAlignment(face, embedder(template));
    const [mapped] = transformPoints(matrix, [3 * 10 - 2 * 20 + 400, 2 * 10 + 3 * 20 - 50]);
    expect(mapped).toBeCloseTo(10, 4);
  });

  it('lies inside its canvas, right eye at the left', () => {
    const { points, width, height, indices = [] } = ALIGNMENT_TEMPLATES[template];
    expect(points.every((value, i) => value > 0 && value < (i % 2 === 0 ? width : height))).toBe(true);
    expect(indices.length === 0 ? 5 : indices.length).toBe(points.length / 2);
    const [right, left] = indices.length === 0 ? [0, 1] : [indices.indexOf(36), indices.indexOf(45)];
    expect(points[right * 2]).toBeLessThan(points[left * 2] as number);
  });
});

describe('computeAlignment', () => {
  it.each<[string, EmbedderManifest['alignment']['region'], number, readonly [number, number], readonly [number, number]]>([
    ['no region, half the size', undefined, 56, [11, 21], [5.25, 10.25]],
    ['no region, double the size', undefined, 224, [11, 21], [22.5, 42.5]],
    ['a region of the input size', { x: 10, y: 20, width: 56, height: 56 }, 56, [11, 21], [1, 1]],
    ['a region that is enlarged', { x: 10, y: 20, width: 56, height: 56 }, 112, [10, 20], [0.5, 0.5]],
    ['a region that is not square', { x: 0, y: 0, width: 112, height: 56 }, 56, [11, 21], [5.25, 21]],
  ])('lays template points where half-pixel centres put them: %s', (_, region, side, templatePoint, expected) => {
    const face = faceOf('arcface-112-5', (x, y) => [x, y]);
    const [x, y] = transformPoints(computeAlignment(face, embedder('arcface-112-5', region, side)), templatePoint);
    expect(x).toBeCloseTo(expected[0], 4);
    expect(y).toBeCloseTo(expected[1], 4);
  });

  it('maps the edges of a region onto the edges of the input', () => {
    const region = { x: 8, y: 4, width: 90, height: 100 };
    const matrix = computeAlignment(
      faceOf('arcface-112-5', (x, y) => [x, y]),
      embedder('arcface-112-5', region, 64),
    );
    // Edge coordinates lie half a pixel beyond the centres of the outermost pixels.
    const [left, top, right, bottom] = transformPoints(matrix, [8 - 0.5, 4 - 0.5, 98 - 0.5, 104 - 0.5]);
    for (const [got, want] of [
      [left, -0.5],
      [top, -0.5],
      [right, 63.5],
      [bottom, 63.5],
    ] as const)
      expect(got).toBeCloseTo(want, 4);
  });

  it.each<[string, AlignmentTemplate, AlignableFace]>([
    ['five landmarks, face has none', 'arcface-112-5', {}],
    ['five landmarks, face has 68', 'arcface-112-5', { landmarks68: new Float32Array(136) }],
    ['five landmarks, face has four', 'arcface-112-5', { landmarks: new Float32Array(8) }],
    ['68 landmarks, face has five', 'dlib-150-33', { landmarks: new Float32Array(10) }],
  ])('throws SHAPE_MISMATCH: %s', (_, template, face) => {
    expect(() => computeAlignment(face, embedder(template))).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });

  it.each([
    ['coincide', new Float32Array(10).fill(7)],
    ['hold NaN', Float32Array.of(1, 2, 3, Number.NaN, 5, 6, 7, 8, 9, 10)],
  ])('throws DEGENERATE_LANDMARKS for landmarks that %s', (_, landmarks) => {
    expect(() => computeAlignment({ landmarks }, embedder('arcface-112-5'))).toThrow(
      expect.objectContaining({ code: 'DEGENERATE_LANDMARKS' }),
    );
  });
});
