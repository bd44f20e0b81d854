/**
 * The Universal Scalability Law, X(N) = λN / (1 + σ(N-1) + κN(N-1)): throughput of N callers of whom a share σ waits for what only one can have at
 * a time (contention), and who slow each other down pair by pair (coherence, κ). Gunther, "Guerrilla Capacity Planning", Springer 2007.
 *
 * The law is one of callers who are all at work. A pool of m threads lets at most m of them work: with n = min(N, m) at work,
 * X(N) = λn / (1 + σ(n-1) + κn(N-1)), which is the law itself up to m callers. Those that wait cost by κ alone.
 */

import { FaceError } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { type Interval95, percentileInterval } from '../../bootstrap.ts';

/** One measurement of the throughput. */
export interface ScalabilityPoint {
  /** N: callers that ask again as soon as they are answered; at least 1. */
  readonly callers: number;
  /** X(N): answers per second. */
  readonly throughput: number;
}

/** The three parameters of the law. */
export interface ScalabilityParameters {
  /** λ: throughput of one caller, answers per second. */
  readonly lambda: number;
  /** σ: contention, in [0, 1]. */
  readonly sigma: number;
  /** κ: coherence, at least 0. */
  readonly kappa: number;
  /** m: how many callers can be at work. @defaultValue all */
  readonly servers?: number | undefined;
}

/** A fit. */
export interface UniversalScalability extends ScalabilityParameters {
  /** Share of the variance of all points that the curve explains. */
  readonly r2: number;
  /** 95 % bootstrap intervals. Absent unless every number of callers was measured at least twice. */
  readonly ci95?: { readonly lambda: Interval95; readonly sigma: Interval95; readonly kappa: Interval95 } | undefined;
}

/** Options of {@link fitUniversalScalability}. */
export interface ScalabilityFitOptions {
  /** m: how many callers can be at work. @defaultValue all */
  readonly servers?: number | undefined;
  /** Rounds of the bootstrap. @defaultValue 200 */
  readonly rounds?: number | undefined;
  readonly seed?: number | undefined;
}

type Vector = [number, number, number];

const MAX_ITERATIONS = 200;
/** Bounds of [λ, σ, κ], throughput scaled to a largest value of 1. */
const LOWER: Vector = [1e-9, 0, 0];
const UPPER: Vector = [Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY];
/** Where the search begins beside the solution of the linear form: no contention, half, all, and a curve that falls. */
const STARTS: readonly (readonly [sigma: number, kappa: number])[] = [
  [0, 0],
  [0.5, 0],
  [1, 0],
  [0.05, 1e-3],
];

/**
 * Fits the law by least squares within its bounds (Levenberg-Marquardt, several starts).
 *
 * @param points - Several of the same number of callers are best given one by one: the interval comes from drawing them anew within each number.
 * @throws {FaceError} `INVALID_OPTION` for fewer than three different numbers of callers, numbers of callers below 1, and throughputs that are not
 *   finite, negative, or all zero.
 */
export function fitUniversalScalability(
  points: readonly ScalabilityPoint[],
  { servers = Number.POSITIVE_INFINITY, rounds = 200, seed = 1 }: ScalabilityFitOptions = {},
): UniversalScalability {
  assertPoints(points);
  const scale = Math.max(...points.map(({ throughput }) => throughput));
  const scaled = points.map(
    ({ callers, throughput }): Point => ({ callers, working: Math.min(callers, servers), throughput: throughput / scale }),
  );
  const starts = [solveLinearForm(scaled), ...STARTS.map(([sigma, kappa]): Vector => [scaled[0]?.throughput ?? 1, sigma, kappa])];
  const best = descendFromAll(scaled, starts);
  const toParameters = ([lambda, sigma, kappa]: Vector): ScalabilityParameters => ({ lambda: lambda * scale, sigma, kappa });
  const fit = { ...toParameters(best), servers, r2: computeR2(scaled, best) };

  const groups = groupByCallers(scaled);
  if (groups.some((group) => group.length < 2)) return fit;
  const random = createRandom(seed);
  const drawn = Array.from({ length: rounds }, () => {
    const draw = groups.flatMap((group) => group.map(() => group[Math.floor(random() * group.length)] as Point));
    return toParameters(descendFromAll(draw, [best, solveLinearForm(draw)]));
  });
  const interval = (name: 'lambda' | 'sigma' | 'kappa'): Interval95 => percentileInterval(drawn.map((parameters) => parameters[name]));
  return { ...fit, ci95: { lambda: interval('lambda'), sigma: interval('sigma'), kappa: interval('kappa') } };
}

/** Throughput that the law predicts, in the unit of λ. */
export function predictThroughput(
  { lambda, sigma, kappa, servers = Number.POSITIVE_INFINITY }: ScalabilityParameters,
  callers: number,
): number {
  return lambda * shapeOf({ callers, working: Math.min(callers, servers) }, sigma, kappa);
}

/**
 * Smallest number of callers with the highest predicted throughput: sqrt((1-σ)/κ), at least 1 and at most as many as can be at work; infinite where
 * all can and nothing makes throughput fall again.
 */
export function findScalabilityPeak({ sigma, kappa, servers = Number.POSITIVE_INFINITY }: ScalabilityParameters): number {
  const peak = kappa === 0 ? (sigma < 1 ? Number.POSITIVE_INFINITY : 1) : Math.max(1, Math.sqrt((1 - sigma) / kappa));
  return Math.min(servers, peak);
}

/** A point with its number of callers at work. */
interface Point extends ScalabilityPoint {
  readonly working: number;
}

/** Throughput for λ = 1. */
function shapeOf({ callers, working }: Omit<Point, 'throughput'>, sigma: number, kappa: number): number {
  return working / (1 + sigma * (working - 1) + kappa * working * (callers - 1));
}

function descendFromAll(points: readonly Point[], starts: readonly Vector[]): Vector {
  const ends = starts.map((start) => descend(points, start));
  return ends.reduce((best, end) => (sumOfSquares(points, end) < sumOfSquares(points, best) ? end : best));
}

/** Levenberg-Marquardt; a parameter that a step would push out of its bounds stays at the bound. */
function descend(points: readonly Point[], start: Vector): Vector {
  let at = clamp(start);
  let error = sumOfSquares(points, at);
  let damping = 1e-3;
  for (let i = 0; i < MAX_ITERATIONS && damping < 1e12; i++) {
    const { gradient, curvature } = linearize(points, at);
    const isHeld = at.map((value, k) => {
      const uphill = gradient[k] as number;
      return (value <= (LOWER[k] as number) && uphill <= 0) || (value >= (UPPER[k] as number) && uphill >= 0);
    });
    const step = solve(
      curvature.map((row, r) =>
        row.map((value, c) => (isHeld[r] || isHeld[c] ? (r === c ? 1 : 0) : r === c ? value * (1 + damping) + 1e-300 : value)),
      ),
      gradient.map((value, k) => (isHeld[k] ? 0 : value)),
    );
    const next = clamp(at.map((value, k) => value + (step[k] as number)) as Vector);
    const nextError = sumOfSquares(points, next);
    if (!(nextError < error)) {
      damping *= 4;
      continue;
    }
    const gain = error - nextError;
    [at, error, damping] = [next, nextError, Math.max(1e-12, damping / 5)];
    if (gain <= 1e-14 * error) break;
  }
  return at;
}

/** Downhill direction Jᵀr and curvature JᵀJ of the squared error. */
function linearize(points: readonly Point[], [lambda, sigma, kappa]: Vector): { gradient: number[]; curvature: number[][] } {
  const gradient = [0, 0, 0];
  const curvature = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (const point of points) {
    const { callers, working } = point;
    const shape = shapeOf(point, sigma, kappa);
    const row = [shape, (-lambda * shape * shape * (working - 1)) / working, -lambda * shape * shape * (callers - 1)];
    const residual = point.throughput - lambda * shape;
    for (const [r, a] of row.entries()) {
      gradient[r] = (gradient[r] as number) + a * residual;
      const line = curvature[r] as number[];
      for (const [c, b] of row.entries()) line[c] = (line[c] as number) + a * b;
    }
  }
  return { gradient, curvature };
}

/** n/X is linear in 1/λ, σ/λ and κ/λ: its least-squares solution weighs the points wrongly, but it is near the right one. */
function solveLinearForm(points: readonly Point[]): Vector {
  const matrix = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  const right = [0, 0, 0];
  for (const { callers, working, throughput } of points) {
    // Multiplied by X/n, so that the error is that of X to first order and a throughput of 0 does no harm.
    const weight = throughput / working;
    const row = [weight, weight * (working - 1), weight * working * (callers - 1)];
    for (const [r, a] of row.entries()) {
      right[r] = (right[r] as number) + a;
      const line = matrix[r] as number[];
      for (const [c, b] of row.entries()) line[c] = (line[c] as number) + a * b;
    }
  }
  const [inverse = 0, contention = 0, coherence = 0] = solve(matrix, right);
  return inverse > 0 ? [1 / inverse, contention / inverse, coherence / inverse] : [points[0]?.throughput ?? 1, 0.1, 0];
}

/** Gaussian elimination with pivoting; a singular system gives zeros where it says nothing. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column] as number) > Math.abs(best[column] as number) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(column, 0, pivot);
    if (pivot[column] === 0) continue;
    for (const row of rows.slice(column + 1)) {
      const factor = (row[column] as number) / (pivot[column] as number);
      for (let c = column; c <= size; c++) row[c] = (row[c] as number) - factor * (pivot[c] as number);
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let r = size - 1; r >= 0; r--) {
    const row = rows[r] as number[];
    const rest = solution.reduce((sum, value, c) => (c > r ? sum + value * (row[c] as number) : sum), 0);
    const value = ((row[size] as number) - rest) / (row[r] as number);
    solution[r] = Number.isFinite(value) ? value : 0;
  }
  return solution;
}

function clamp(values: Vector): Vector {
  return values.map((value, k) => Math.min(UPPER[k] as number, Math.max(LOWER[k] as number, value))) as Vector;
}

function sumOfSquares(points: readonly Point[], [lambda, sigma, kappa]: Vector): number {
  return points.reduce((sum, point) => sum + (point.throughput - lambda * shapeOf(point, sigma, kappa)) ** 2, 0);
}

function computeR2(points: readonly Point[], parameters: Vector): number {
  const mean = points.reduce((sum, { throughput }) => sum + throughput, 0) / points.length;
  const total = points.reduce((sum, { throughput }) => sum + (throughput - mean) ** 2, 0);
  const left = sumOfSquares(points, parameters);
  // The same throughput everywhere has no variance to explain; σ = 1 fits it exactly.
  return total <= 1e-20 * points.length ? (left <= 1e-12 * points.length ? 1 : 0) : 1 - left / total;
}

function groupByCallers(points: readonly Point[]): Point[][] {
  const groups = new Map<number, Point[]>();
  for (const point of points) groups.set(point.callers, [...(groups.get(point.callers) ?? []), point]);
  return Array.from(groups.values());
}

function assertPoints(points: readonly ScalabilityPoint[]): void {
  const invalid = points.find(
    ({ callers, throughput }) => !Number.isFinite(callers) || callers < 1 || !Number.isFinite(throughput) || throughput < 0,
  );
  if (invalid !== undefined) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected numbers of callers of at least 1 and finite throughputs of at least 0, got ${invalid.throughput} at ${invalid.callers}; leave out what was not measured.`,
      { ...invalid },
    );
  }
  const levels = new Set(points.map(({ callers }) => callers)).size;
  if (levels < 3) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected at least three different numbers of callers for the three parameters of the law, got ${levels}; measure more.`,
      { levels },
    );
  }
  if (points.every(({ throughput }) => throughput === 0)) {
    throw new FaceError('INVALID_OPTION', 'Expected a throughput above 0, got 0 for every number of callers; nothing was answered.', {
      levels,
    });
  }
}
