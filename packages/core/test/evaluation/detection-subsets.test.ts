import {
  DETECTION_SUBSETS,
  type DetectionSubsetName,
  type FaceBoxAttributes,
  type LabelledFaceBox,
  selectTruths,
} from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const CLEAR: FaceBoxAttributes = { blur: 0, expression: 0, illumination: 0, occlusion: 0, pose: 0, invalid: 0 };
const face = (height: number, attributes?: Partial<FaceBoxAttributes>): LabelledFaceBox => ({
  box: { x: 0, y: 0, width: height * 0.75, height },
  attributes: attributes && { ...CLEAR, ...attributes },
});
const NAMES = Object.keys(DETECTION_SUBSETS) as DetectionSubsetName[];
const subsetsOf = (labelled: LabelledFaceBox) =>
  NAMES.filter((name) => selectTruths([labelled], DETECTION_SUBSETS[name])[0]?.isIgnored === false);

describe('selectTruths', () => {
  it.each<[string, LabelledFaceBox, DetectionSubsetName[]]>([
    ['9 px', face(9), ['all']],
    ['10 px', face(10), ['all', 'small', 'hardStyle']],
    ['30 px', face(30), ['all', 'small', 'mediumStyle', 'hardStyle']],
    ['50 px', face(50), ['all', 'medium', 'easyStyle', 'mediumStyle', 'hardStyle']],
    ['299 px', face(299), ['all', 'medium', 'easyStyle', 'mediumStyle', 'hardStyle']],
    ['300 px', face(300), ['all', 'large', 'easyStyle', 'mediumStyle', 'hardStyle']],
    ['100 px, clear', face(100, {}), ['all', 'medium', 'easyStyle', 'mediumStyle', 'hardStyle']],
    ['100 px, a little blurred', face(100, { blur: 1 }), ['all', 'medium', 'easyStyle', 'mediumStyle', 'hardStyle']],
    ['100 px, heavily blurred', face(100, { blur: 2 }), ['all', 'medium', 'mediumStyle', 'hardStyle']],
    ['100 px, partly occluded', face(100, { occlusion: 1 }), ['all', 'medium', 'mediumStyle', 'hardStyle']],
    ['100 px, heavily occluded', face(100, { occlusion: 2 }), ['all', 'medium', 'hardStyle']],
    ['100 px, invalid', face(100, { invalid: 1 }), []],
    ['no area', face(0), []],
    ['a negative size', face(-20), []],
  ])('puts a face of %s where it belongs', (_, labelled, names) => {
    expect(subsetsOf(labelled)).toEqual(names);
  });

  it('keeps every face, in order, and takes all of them by default', () => {
    const faces = [face(100), face(5), face(40, { invalid: 1 })];
    expect(selectTruths(faces)).toEqual(faces.map(({ box }, i) => ({ box, isIgnored: i === 2 })));
  });

  it('nests the difficulties, and no face has two sizes', () => {
    const level = fc.nat(2);
    const labelled = fc
      .tuple(
        fc.integer({ min: 0, max: 600 }),
        fc.option(fc.record({ blur: level, occlusion: level, invalid: fc.nat(1) }), { nil: undefined }),
      )
      .map(([height, attributes]) => face(height, attributes));
    fc.assert(
      fc.property(labelled, (one) => {
        const names = subsetsOf(one);
        if (names.includes('easyStyle')) expect(names).toContain('mediumStyle');
        if (names.includes('mediumStyle')) expect(names).toContain('hardStyle');
        expect(names.filter((name) => ['small', 'medium', 'large'].includes(name)).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
