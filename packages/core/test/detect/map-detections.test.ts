import { computeFit, type FitOptions } from '@isoface/core';
import { describe, expect, it } from 'vitest';
import { mapDetections } from '../../src/detect/map-detections.ts';

const image = { width: 333, height: 217 };

describe('mapDetections', () => {
  it.each<[string, FitOptions]>([
    ['letterbox, centred', { mode: 'letterbox' }],
    ['letterbox, top left', { mode: 'letterbox', placement: 'topLeft' }],
    ['letterbox with margin', { mode: 'letterbox', margin: 0.25 }],
    ['centre crop', { mode: 'centerCrop' }],
    ['stretch', { mode: 'stretch' }],
    ['stretch with margin', { mode: 'stretch', margin: 0.1 }],
    ['adaptive padding', { mode: 'adaptivePad' }],
  ])('brings back what the fit took away: %s', (_, options) => {
    const geometry = computeFit(image, { width: 128, height: 96 }, options);
    const { scaleX, scaleY, originX, originY } = geometry;
    const box = { x: 100, y: 50, width: 60, height: 80 };
    const point = { x: 120.5, y: 77.25 };
    const mapped = mapDetections(
      {
        count: 1,
        scores: Float32Array.of(0.9),
        boxes: Float32Array.of((box.x - originX) / scaleX, (box.y - originY) / scaleY, box.width / scaleX, box.height / scaleY),
        pointsPerFace: 1,
        points: Float32Array.of((point.x - originX) / scaleX, (point.y - originY) / scaleY),
      },
      geometry,
    );
    // 32-bit coordinates of a picture of a few hundred pixels.
    const numbers = [...mapped.boxes, ...mapped.points];
    for (const [i, value] of [100, 50, 60, 80, 120.5, 77.25].entries()) expect(numbers[i]).toBeCloseTo(value, 4);
    expect(mapped.scores).toEqual(Float32Array.of(0.9));
  });
});
