/** One series of two runs. */

import { createRandom } from '@isoface/core/evaluation';
import type { Series } from '../run/suite.ts';
import { medianOf } from '../statistics.ts';
import { createMedianBootstrap } from './bootstrap-median.ts';
import type { Range, SeriesComparison } from './comparison.ts';

/** Options of {@link compareSeries}. */
export interface CompareSeriesOptions {
  readonly suite: string;
  readonly minEffect: number;
  readonly resamples: number;
  readonly seed: number;
  /** How many times as long work may have taken in B for no reason but the machine; see `driftOf`. */
  readonly drift: Range;
}

/** A comparison before the number of comparisons is considered. */
export interface UnadjustedComparison extends Omit<SeriesComparison, 'adjustedP' | 'verdict'> {
  /** Whether so many samples can say anything at all with 95 % certainty. */
  readonly isDecidable: boolean;
}

/** The samples that are compared, and how the ratio of a resample is drawn. */
interface Matched {
  readonly method: 'paired' | 'independent';
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly ratio: number;
  readonly draw: (random: () => number) => () => number;
  /** Smallest p-value that any test without assumptions on the distribution can give for so many samples. */
  readonly leastP: number;
  readonly note: string | undefined;
}

/** From how many resamples on their share is taken for a probability. Fewer are too few to count, and the tail is taken from a normal distribution. */
const COUNTABLE = 10;
/** Fewer samples are one moment of the machine, however many there are on the other side. */
const LEAST_SAMPLES = 5;
/** Of a 95 % interval, at either end. */
const TAIL = 0.025;

/**
 * Compares a series: ratio B over A with a 95 % bootstrap interval, widened by the drift of the machine where the figure is a time or a rate.
 *
 * Samples with ids are paired: of each id (its median, where it occurs more than once) the ratio is taken, and of these ratios the median. The ratio of
 * the sums would be the change of the total; but large pictures decide it, and one disturbed sample can. With the median each picture is its own control and
 * counts once. It cannot see what concerns fewer than half of them; where the sums disagree with it by more than the smallest effect, the note says so.
 *
 * Samples without ids are rounds: ratio of the medians, both resampled.
 *
 * The p-value is that of an effect beyond the smallest one and the drift. Below ten resamples it is read from a normal distribution with mean and
 * deviation of the resampled logarithms, and never smaller than a rank test of so many samples could give: five against five, however far apart, are
 * 1 in 126.
 */
export function compareSeries(a: Series, b: Series, options: CompareSeriesOptions): UnadjustedComparison {
  const about = { suite: options.suite, key: a.key, unit: b.unit, better: b.better };
  const samples = [a.samples.length, b.samples.length] as const;
  const medians = [medianOf(a.samples), medianOf(b.samples)] as const;
  const exact = (ratio: number, drift: Range = [1, 1]): UnadjustedComparison => {
    const ci95: Range = [ratio, ratio];
    return { ...about, method: 'exact', samples, medians, ratio, ci95, widened: widen(ci95, drift), pValue: undefined, isDecidable: true };
  };
  const none = (note: string): UnadjustedComparison => ({ ...exact(Number.NaN), method: 'none', isDecidable: false, note });
  if (a.unit !== b.unit || a.better !== b.better) return none('Unit or direction changed.');
  if (samples.includes(0)) return none('No samples.');
  const zeros = [a, b].map((series) => series.samples.every((value) => value === 0));
  if (zeros[0] && zeros[1]) return exact(1);
  const positive = [a, b].map((series) => series.samples.every((value) => value > 0 && Number.isFinite(value)));
  // Something where there was nothing, such as errors: a change without a ratio in numbers, and no matter of degree.
  if (zeros[0] && positive[1]) return exact(Number.POSITIVE_INFINITY);
  if (positive[0] && zeros[1]) return exact(0);
  if (!positive[0] || !positive[1]) return none('Not all samples are above 0: there is no ratio.');
  const drift = toRatioDrift(a.unit, options.drift);
  if (samples[0] === 1 && samples[1] === 1) return exact(medians[1] / medians[0], drift);
  const matched = a.ids !== undefined && b.ids !== undefined ? pair(a, b, options.minEffect) : match(a.samples, b.samples);
  if (matched === undefined) return none('No id is in both runs.');
  return { ...about, ...computeRatio(matched, drift, options) };
}

function computeRatio(
  { method, a, b, ratio, draw, leastP, note }: Matched,
  drift: Range,
  { resamples, seed, minEffect }: CompareSeriesOptions,
): Omit<UnadjustedComparison, 'suite' | 'key' | 'unit' | 'better'> {
  const drawRatio = draw(createRandom(seed));
  const ratios = Float64Array.from({ length: resamples }, drawRatio);
  const ci95 = toPercentileInterval(ratios);
  const limits: Range = [drift[0] / (1 + minEffect), drift[1] * (1 + minEffect)];
  const pValue = Math.max(leastP, tailProbability(ratios, limits));
  const isDecidable = leastP <= 2 * TAIL && Math.min(a.length, b.length) >= LEAST_SAMPLES;
  return {
    method,
    samples: [a.length, b.length],
    medians: [medianOf(a), medianOf(b)],
    ratio,
    ci95,
    widened: widen(ci95, drift),
    pValue,
    isDecidable,
    note: isDecidable ? note : ['Too few samples for a verdict.', note].filter((part) => part !== undefined).join(' '),
  };
}

/** The values that 2.5 % of the resamples lie below and above. */
function toPercentileInterval(values: Float64Array): Range {
  const sorted = values.toSorted();
  const at = Math.floor(TAIL * sorted.length);
  return [sorted[at] as number, sorted[sorted.length - 1 - at] as number];
}

/** Two-sided: twice the smaller share of resamples that lie on the other side of a limit. */
function tailProbability(ratios: Float64Array, [low, high]: Range): number {
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
  const beyond = (count: number, distance: number): number => {
    const counted = (count + 1) / (logs.length + 1);
    if (count >= COUNTABLE) return counted;
    return Math.min(counted, deviation > 0 ? normalTail(distance / deviation) : distance > 0 ? 0 : 1);
  };
  const below = beyond(logs.filter((value) => value <= Math.log(high)).length, mean - Math.log(high));
  const above = beyond(logs.filter((value) => value >= Math.log(low)).length, Math.log(low) - mean);
  return Math.min(1, 2 * Math.min(below, above));
}

/** Probability that a standard normal variate exceeds `z` (Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26; error below 1.5e-7). */
function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 0.5 * polynomial * Math.exp(-x * x);
}

function match(a: readonly number[], b: readonly number[]): Matched {
  return {
    method: 'independent',
    a,
    b,
    ratio: medianOf(b) / medianOf(a),
    draw: (random) => {
      const [drawA, drawB] = [createMedianBootstrap(a, random), createMedianBootstrap(b, random)];
      return () => drawB() / drawA();
    },
    // Mann and Whitney: of all ways to divide the samples, the two extreme ones.
    leastP: Math.min(1, 2 / countChoices(a.length + b.length, a.length)),
    note: undefined,
  };
}

/** `undefined` if no id is in both. */
function pair(first: Series, second: Series, minEffect: number): Matched | undefined {
  const [inA, inB] = [toMedians(first), toMedians(second)];
  const ids = [...inA.keys()].filter((id) => inB.has(id));
  if (ids.length === 0) return undefined;
  const [a, b] = [inA, inB].map((medians) => ids.map((id) => medians.get(id) ?? Number.NaN)) as [number[], number[]];
  const ratios = b.map((value, i) => value / (a[i] ?? Number.NaN));
  const ratio = medianOf(ratios);
  const left = inA.size + inB.size - 2 * ids.length;
  const sums = sum(b) / sum(a);
  const notes = [
    ...(left > 0 ? [`${left} ids are in one of the runs only.`] : []),
    ...(Math.abs(Math.log(sums / ratio)) > Math.log(1 + minEffect)
      ? [`The sums changed by ${formatChange(sums)}: some ids changed more than most.`]
      : []),
  ];
  return {
    method: 'paired',
    a,
    b,
    ratio,
    draw: (random) => createMedianBootstrap(ratios, random),
    // The sign test.
    leastP: Math.min(1, 2 ** (1 - ids.length)),
    note: notes.length === 0 ? undefined : notes.join(' '),
  };
}

function toMedians({ ids = [], samples }: Series): Map<string, number> {
  const byId = new Map<string, number[]>();
  for (const [i, id] of ids.entries()) {
    const value = samples[i];
    if (value !== undefined) byId.set(id, [...(byId.get(id) ?? []), value]);
  }
  return new Map([...byId].map(([id, values]) => [id, medianOf(values)]));
}

/** What the drift does to a ratio of this unit: rates fall where times rise, sizes and ratios do not depend on speed. */
function toRatioDrift(unit: Series['unit'], [low, high]: Range): Range {
  if (unit === 'ms') return [low, high];
  return unit === '1/s' ? [1 / high, 1 / low] : [1, 1];
}

/** The ratios that software alone may have had, where the machine may have added the drift. */
function widen([low, high]: Range, drift: Range): Range {
  return [low / drift[1], high / drift[0]];
}

/** n over k, as a floating-point number. */
function countChoices(n: number, k: number): number {
  let choices = 1;
  for (let i = 1; i <= k; i++) choices *= (n - k + i) / i;
  return choices;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A ratio as a change: "+12.3 %". */
export function formatChange(ratio: number): string {
  if (Number.isNaN(ratio)) return 'n/a';
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '-' : '+'}${Math.abs(percent).toFixed(1)} %`;
}
