/** What comparing two runs gives. A is the first run, the one that is compared against; ratios are B over A. */

import type { Series } from '../run/suite.ts';

/**
 * `better` and `worse` only where that is certain: beyond noise, the machine's own drift and the smallest effect that counts. `same`: no effect that
 * counts, with the same certainty. `unclear`: neither can be said; more samples or a quieter machine would tell.
 */
export type Verdict = 'better' | 'worse' | 'same' | 'unclear';

/** An interval, ends included. */
export type Range = readonly [low: number, high: number];

/** One series in both runs. */
export interface SeriesComparison {
  readonly suite: string;
  readonly key: string;
  readonly unit: Series['unit'];
  readonly better: Series['better'];
  /** `paired`: by ids. `independent`: samples are rounds. `exact`: one figure each, without noise. `none`: there is no ratio; `note` says why. */
  readonly method: 'paired' | 'independent' | 'exact' | 'none';
  /** Samples that were compared: pairs where they are paired. */
  readonly samples: readonly [a: number, b: number];
  /** Medians of the compared samples. */
  readonly medians: readonly [a: number, b: number];
  /** Ratio of the medians; of paired samples the median of the ratios of all ids. NaN where there is none. */
  readonly ratio: number;
  /** 95 % bootstrap interval of the ratio. */
  readonly ci95: Range;
  /** The interval, widened by the drift of the machine where the figure depends on its speed: what the verdict is made of. */
  readonly widened: Range;
  /** How likely a ratio so far beyond the smallest effect and the drift is where there is no such effect; `undefined` for exact figures and where nothing was tested. */
  readonly pValue: number | undefined;
  /** The same, adjusted for the number of series that were compared (Benjamini-Hochberg). */
  readonly adjustedP: number | undefined;
  readonly verdict: Verdict;
  /** What else must be known of this row. */
  readonly note?: string | undefined;
}

/** Speed of the machine in B beside that in A, by the yardstick: above 1 it took longer in B. */
export interface MachineDrift {
  /** Ratio of the medians over all pieces. NaN where a run has no yardstick. */
  readonly ratio: number;
  /** Where the ratios of the single pieces lie, the tenth at either end left out. */
  readonly range: Range;
  /** Ratio by piece that both runs have. */
  readonly byPiece: ReadonlyMap<string, number>;
}

/** One suite in both runs. */
export interface SuiteComparison {
  readonly suite: string;
  readonly title: string;
  readonly drift: MachineDrift;
  /** What differs besides the software: machine, options, pieces. The first ones weigh most. */
  readonly notes: readonly string[];
  readonly series: readonly SeriesComparison[];
  /** Keys of series. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}

/** Two runs. */
export interface Comparison {
  /** Names. */
  readonly a: string;
  readonly b: string;
  /** Effects smaller than this do not count; 0.03 is 3 %. */
  readonly minEffect: number;
  /** Share of false ones that is accepted among the series called better or worse. */
  readonly falseDiscoveryRate: number;
  /** Series in both runs; and those of them with noise, among which a few would look different by chance. */
  readonly compared: number;
  readonly tested: number;
  readonly suites: readonly SuiteComparison[];
  /** Names of suites. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
}
