import { type Face, selectProminentFace } from '@isoface/core';
import { describe, expect, it } from 'vitest';

const face = (x: number, y: number, side: number): Face => ({ box: { x, y, width: side, height: side }, score: 0.9 });

describe('selectProminentFace, in a picture of 200 x 100', () => {
  it.each([
    ['the only one, wherever it lies', [face(-50, -50, 10)], 0],
    ['the larger of two at the centre', [face(90, 40, 20), face(60, 10, 80)], 1],
    ['the larger of two, in the other order', [face(60, 10, 80), face(90, 40, 20)], 0],
    ['the central one of two equally large', [face(5, 5, 30), face(85, 35, 30)], 1],
    ['a small central one before a larger one in the corner', [face(160, 0, 40), face(85, 35, 30)], 1],
    ['the first of two equals', [face(10, 10, 30), face(10, 10, 30)], 0],
  ])('%s', (_, faces, expected) => {
    expect(selectProminentFace(faces, 200, 100)).toBe(faces[expected]);
  });

  it('none for none', () => {
    expect(selectProminentFace([], 200, 100)).toBeUndefined();
  });
});
