/** Made-up templates around made-up people, and the plain search to compare with. */

import { createRandom } from '@isoface/core/evaluation';
import type { StoredIdentity } from '@isoface/core/gallery';

/** People whose templates lie near each other, and probes of some of them. */
export interface MadeUpPeople {
  readonly identities: readonly StoredIdentity[];
  readonly vectors: readonly { readonly id: string; readonly vector: Float32Array }[];
  readonly probes: readonly Float32Array[];
}

/** `spread` is the length of what tells two templates of a person apart, beside vectors of length 1. */
export function makePeople(options: {
  readonly people: number;
  readonly templates: number;
  readonly dimension: number;
  readonly probes: number;
  readonly spread?: number;
  readonly seed?: number;
}): MadeUpPeople {
  const { people, templates, dimension, probes, spread = 0.5, seed = 7 } = options;
  const random = createRandom(seed);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const unit = (numbers: number[]): number[] => {
    const length = Math.hypot(...numbers);
    return numbers.map((number) => number / length);
  };
  const direction = (): number[] => unit(Array.from({ length: dimension }, gaussian));
  const near = (center: readonly number[]): Float32Array => {
    const offset = direction();
    return Float32Array.from(unit(center.map((number, i) => number + spread * (offset[i] as number))));
  };
  const centers = Array.from({ length: people }, direction);
  const vectors: { id: string; vector: Float32Array }[] = [];
  const identities = centers.map((center, i): StoredIdentity => {
    const id = `person ${i}`;
    const own = Array.from({ length: templates }, () => near(center));
    for (const vector of own) vectors.push({ id, vector });
    return {
      id,
      details: new TextEncoder().encode('{}'),
      templates: own.map((vector, t) => ({ id: t + 1, vector: new Uint8Array(vector.buffer), details: new TextEncoder().encode('{}') })),
    };
  });
  const step = Math.max(1, Math.floor(people / probes));
  return { identities, vectors, probes: Array.from({ length: probes }, (_, i) => near(centers[(i * step) % people] as number[])) };
}

/** The ids of the `count` nearest people, best first, computed in float64 over everybody. */
export function nearestPeople(
  vectors: MadeUpPeople['vectors'],
  probe: Float32Array,
  count: number,
  metric: 'cosine' | 'euclidean' = 'cosine',
): string[] {
  const best = new Map<string, number>();
  for (const { id, vector } of vectors) {
    const distance = distanceOf(vector, probe, metric);
    if (distance < (best.get(id) ?? Number.POSITIVE_INFINITY)) best.set(id, distance);
  }
  return [...best]
    .sort(([, a], [, b]) => a - b)
    .slice(0, count)
    .map(([id]) => id);
}

/** Smaller is nearer. */
export function distanceOf(a: Float32Array, b: Float32Array, metric: 'cosine' | 'euclidean'): number {
  let dot = 0;
  let lengthA = 0;
  let lengthB = 0;
  let squared = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
    squared += (x - y) ** 2;
  }
  return metric === 'cosine' ? 1 - dot / Math.sqrt(lengthA * lengthB) : Math.sqrt(squared);
}
