import { estimateSimilarity, transformPoints } from '@isoface/core';
import { hasSharedData, readGolden } from '@isoface/testkit/node';
import { expect, it } from 'vitest';

it.skipIf(!hasSharedData)('estimateSimilarity agrees with the reference implementation on a photo', () => {
  const golden = readGolden<{
    template_arcface_112: number[][];
    align_example: { landmarks: number[][]; matrix_2x3_image_to_crop: number[][] };
  }>('embedders.json');
  const { landmarks, matrix_2x3_image_to_crop: expected } = golden.align_example;
  const matrix = estimateSimilarity(landmarks.flat(), golden.template_arcface_112.flat());
  const wanted = transformPoints(expected.flat(), landmarks.flat());
  const differences = Array.from(transformPoints(matrix, landmarks.flat()), (value, i) => Math.abs(value - (wanted[i] as number)));
  // The reference computes in 32-bit floats, whose rounding moves entries, not points: those agree to 1e-4 pixels of the crop.
  expect(differences).toHaveLength(10);
  expect(Math.max(...differences)).toBeLessThan(1e-4);
});
