/** The largest scores of a stream, each with the two it compares, in bounded memory. */

import { FaceError } from '../errors/face-error.ts';

/** The largest scores, descending; all three arrays have the same length. */
export interface ScoreTail {
  readonly scores: Float64Array;
  /** What was given as `first` with each score, e.g. the number of an identity. */
  readonly first: Uint32Array;
  readonly second: Uint32Array;
}

/**
 * Keeps the `capacity` largest scores. Candidates are buffered up to twice the capacity, then all that are not among the largest are left out at
 * once, which costs a few nanoseconds per score whatever their order.
 *
 * Of scores that tie with the largest one left out none is kept, so that what is kept depends on the scores alone and not on their order.
 */
export class TailBuffer {
  /** The largest score that was left out; scores below it are of no interest. */
  floor = Number.NEGATIVE_INFINITY;
  /** How many scores are equal to `floor`; exact. */
  floorCount = 0;
  /** How many scores are buffered. */
  length = 0;
  readonly #capacity: number;
  #scores: Float64Array;
  #first: Uint32Array;
  #second: Uint32Array;
  #sorted: ScoreTail | undefined;

  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity < 1 || capacity > 2 ** 28) {
      throw new FaceError('INVALID_OPTION', `Expected a whole tailCapacity from 1 to ${2 ** 28}, got ${capacity}.`, {
        option: 'tailCapacity',
        value: capacity,
      });
    }
    this.#capacity = capacity;
    const size = Math.min(2 * capacity, 1024);
    this.#scores = new Float64Array(size);
    this.#first = new Uint32Array(size);
    this.#second = new Uint32Array(size);
  }

  /** Takes a score that is at least `floor`. */
  push(score: number, first: number, second: number): void {
    if (score > this.floor && this.length === this.#scores.length) this.#makeRoom();
    // Making room may have raised the floor to the score or above.
    if (score <= this.floor) {
      if (score === this.floor) this.floorCount++;
      return;
    }
    this.#sorted = undefined;
    const at = this.length++;
    this.#scores[at] = score;
    this.#first[at] = first;
    this.#second[at] = second;
  }

  /** The largest scores: `capacity` of them, or fewer where some tie with the largest one left out, or where there were no more. */
  toTail(): ScoreTail {
    if (this.length > this.#capacity) this.#trim();
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  #makeRoom(): void {
    if (this.#scores.length === 2 * this.#capacity) {
      this.#trim();
      return;
    }
    const size = Math.min(2 * this.#capacity, 4 * this.#scores.length);
    this.#scores = copyInto(new Float64Array(size), this.#scores);
    this.#first = copyInto(new Uint32Array(size), this.#first);
    this.#second = copyInto(new Uint32Array(size), this.#second);
  }

  /** Leaves out all but the largest. Needs more scores than the capacity. */
  #trim(): void {
    const floor = selectLargest(this.#scores.slice(0, this.length), this.#capacity);
    let kept = 0;
    let ties = 0;
    for (let i = 0; i < this.length; i++) {
      const score = this.#scores[i] as number;
      if (score === floor) ties++;
      if (score <= floor) continue;
      this.#scores[kept] = score;
      this.#first[kept] = this.#first[i] as number;
      this.#second[kept] = this.#second[i] as number;
      kept++;
    }
    this.floor = floor;
    this.floorCount = ties;
    this.length = kept;
    this.#sorted = undefined;
  }

  #sort(): ScoreTail {
    const scores = this.#scores;
    const first = this.#first;
    const second = this.#second;
    const order = Uint32Array.from({ length: this.length }, (_, i) => i).sort(
      (a, b) =>
        (scores[b] as number) - (scores[a] as number) ||
        (first[a] as number) - (first[b] as number) ||
        (second[a] as number) - (second[b] as number),
    );
    return {
      scores: Float64Array.from(order, (i) => scores[i] as number),
      first: Uint32Array.from(order, (i) => first[i] as number),
      second: Uint32Array.from(order, (i) => second[i] as number),
    };
  }
}

export /** How many of descending scores are at least `threshold`. */
function countDescending(scores: Float64Array, threshold: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scores[middle] as number) >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

function copyInto<T extends Float64Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}

/** The value that exactly `rank` places of the descending order come before. Reorders `values`. @see Hoare, "Algorithm 65: find", CACM 4(7), 1961. */
function selectLargest(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = toMedian(values[low] as number, values[(low + high) >> 1] as number, values[high] as number);
    let i = low;
    let j = high;
    while (i <= j) {
      while ((values[i] as number) > pivot) i++;
      while ((values[j] as number) < pivot) j--;
      if (i > j) break;
      const moved = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = moved;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank] as number;
}

function toMedian(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
