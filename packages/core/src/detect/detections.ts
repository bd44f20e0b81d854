/** What a detector's outputs decode to, packed: one entry per candidate face. */

/** Candidate faces in the pixels of the model input (or of an image, once mapped). */
export interface Detections {
  readonly count: number;
  /** x, y, width, height; shape [count, 4]. */
  readonly boxes: Float32Array;
  /** In [0, 1]; shape [count]. */
  readonly scores: Float32Array;
  /** Landmarks per face: 5 (YuNet, SCRFD), 6 (BlazeFace) or 0 (UltraFace). */
  readonly pointsPerFace: number;
  /** x, y pairs; shape [count, pointsPerFace, 2]. */
  readonly points: Float32Array;
}

/** Collects candidates while decoding; anything that is not finite is left out, so that a broken model run cannot give a face. */
export class DetectionCollector {
  readonly #boxes: number[] = [];
  readonly #scores: number[] = [];
  readonly #points: number[] = [];
  readonly #pointsPerFace: number;

  constructor(pointsPerFace: number) {
    this.#pointsPerFace = pointsPerFace;
  }

  add(score: number, x: number, y: number, width: number, height: number, points: readonly number[]): void {
    const isUsable = Number.isFinite(score + x + y + width + height) && width > 0 && height > 0 && points.every(Number.isFinite);
    if (!isUsable) return;
    this.#boxes.push(x, y, width, height);
    this.#scores.push(score);
    this.#points.push(...points);
  }

  toDetections(): Detections {
    return {
      count: this.#scores.length,
      boxes: Float32Array.from(this.#boxes),
      scores: Float32Array.from(this.#scores),
      pointsPerFace: this.#pointsPerFace,
      points: Float32Array.from(this.#points),
    };
  }
}

/** The entries of `detections` named by `indices`, in that order. */
export function selectDetections(detections: Detections, indices: readonly number[]): Detections {
  const { pointsPerFace } = detections;
  const pick = (values: Float32Array, stride: number): Float32Array => {
    const picked = new Float32Array(indices.length * stride);
    for (const [position, index] of indices.entries()) picked.set(values.subarray(index * stride, (index + 1) * stride), position * stride);
    return picked;
  };
  return {
    count: indices.length,
    boxes: pick(detections.boxes, 4),
    scores: pick(detections.scores, 1),
    pointsPerFace,
    points: pick(detections.points, pointsPerFace * 2),
  };
}
