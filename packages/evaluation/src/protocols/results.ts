/** The documents that measurements give: what `--json` prints, and what reports and tables are made of. */

import type { EngineInfo } from '@isoface/core';
import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import type { TemplateTable } from '../templates/compute-templates.ts';
import type { TemplateSource } from '../templates/template-source.ts';

/** A 95 % confidence interval. */
export type Interval = readonly [number, number];

/** A rate that was counted or estimated. */
export interface Estimate {
  readonly value: number;
  readonly ci95: Interval;
}

/** What every measurement of a recognizer says about how it came about. */
export interface Provenance {
  /** Name of the data set: of its folder or index. */
  readonly dataset: string;
  readonly pack: string;
  /** What made the templates: the pack's id for its own embedder. */
  readonly recognizer: string;
  readonly contract: string;
  readonly executionProvider: EngineInfo['executionProvider'];
  readonly flipAveraging: boolean;
  readonly detectionSize: number;
  readonly versions: EngineInfo['versions'];
  /** Images of the data set that the protocol uses. */
  readonly images: number;
  /** Those that could be read. */
  readonly imagesRead: number;
  /** Failure to acquire: share of the read images without a template. */
  readonly fta: number;
  readonly failuresToAcquire: number;
  /** Images per second while the templates were made; absent where the cache held all of them and no time was kept. */
  readonly imagesPerSecond?: number | undefined;
  readonly imagesFromCache: number;
  /** Wall time of this run, seconds. */
  readonly seconds: { readonly templates: number; readonly comparisons: number };
  readonly problems: readonly DatasetProblem[];
}

/** The error rates at one threshold. */
export interface OperatingRates {
  readonly threshold: number;
  /** False match rate that was reached: at most the one asked for. */
  readonly fmr: number;
  readonly fmrCi95: Interval;
  /** True accept rate, `1 - fnmr`. */
  readonly tar: number;
  readonly ci95: Interval;
  readonly fnmr: number;
  /** Error rates of transactions, in which failures to acquire count: `fmr * (1 - fta)` and `fta + fnmr * (1 - fta)`. */
  readonly far: number;
  readonly frr: number;
}

/** Curves and counts for drawing, thinned. */
export interface VerificationCurves {
  /** Shares of impostor and genuine comparisons on the wrong side, by threshold. */
  readonly thresholds: readonly number[];
  readonly fmr: readonly number[];
  readonly fnmr: readonly number[];
  readonly histogram: { readonly edges: readonly number[]; readonly genuine: readonly number[]; readonly impostor: readonly number[] };
}

/** A comparison that went wrong by most. Paths relative to the data set. */
export interface NamedPair {
  readonly a: string;
  readonly b: string;
  readonly similarity: number;
}

/** The rates in one part of the data, at the threshold of the whole. */
export interface Stratum {
  readonly axis: string;
  readonly class: string;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** Absent where the class has no such comparisons. */
  readonly fnmr?: Estimate | undefined;
  readonly fmr?: Estimate | undefined;
}

/** Result of 1:1 verification. */
export interface VerificationResult extends Provenance {
  readonly kind: 'verify';
  /**
   * `lfw`: the 6,000 official pairs of LFW's View 2, all of them. `lfw-incomplete`: those of them whose images are there. `pairs`: a list of
   * one's own. `all-vs-all`: every image against every other.
   */
  readonly protocol: 'lfw' | 'lfw-incomplete' | 'pairs' | 'all-vs-all';
  /** Pairs of the protocol. */
  readonly pairs: number;
  /** Pairs that were compared: both images there, readable, and with a face. */
  readonly pairsCovered: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** Ten-fold accuracy by the LFW protocol, where the pairs have folds. Pairs without a template count as not matching. */
  readonly accuracy?:
    | {
        readonly mean: number;
        /** Standard deviation over the folds. */
        readonly sd: number;
        readonly standardError: number;
        readonly ci95: Interval;
        readonly folds: readonly { readonly accuracy: number; readonly threshold: number }[];
      }
    | undefined;
  /** Area under the ROC curve. */
  readonly auc: number;
  readonly aucCi95?: Interval | undefined;
  /** Equal error rate. */
  readonly eer: number;
  readonly eerCi95?: Interval | undefined;
  readonly eerThreshold: number;
  /** d′: distance of the means in units of the pooled standard deviation. */
  readonly decidability?: number | undefined;
  /** True accept rates by wanted false match rate, e.g. `1e-3`. */
  readonly tarAtFmr: Readonly<Record<string, OperatingRates>>;
  /** How the intervals came about. */
  readonly intervals: string;
  /** Rates by illumination, pose and so on, at the threshold of `strataFmr`. */
  readonly strata?: readonly Stratum[] | undefined;
  readonly strataFmr?: number | undefined;
  readonly curves: VerificationCurves;
  readonly worstPairs: { readonly genuine: readonly NamedPair[]; readonly impostor: readonly NamedPair[] };
}

/** Result of 1:N identification. */
export interface IdentificationResult extends Provenance {
  readonly kind: 'identify';
  readonly protocol: string;
  /** Identities enrolled, one template each. */
  readonly gallerySize: number;
  /** Enrolment failed for so many of the chosen images. */
  readonly failuresToEnrol: number;
  readonly fte: number;
  readonly closedSet: {
    readonly probes: number;
    readonly rank1: number;
    readonly rank1Ci95: Interval;
    readonly rank5: number;
    readonly cmc: readonly number[];
    readonly failures: number;
  };
  readonly openSet: {
    readonly matedProbes: number;
    readonly nonMatedProbes: number;
    readonly atFpir: Readonly<
      Record<
        string,
        {
          readonly threshold: number;
          readonly fpir: number;
          readonly fpirCi95: Interval;
          readonly fnir: number;
          readonly fnirCi95: Interval;
        }
      >
    >;
    readonly curve: { readonly fpir: readonly number[]; readonly fnir: readonly number[] };
  };
}

/** The provenance of a run. */
export function describeProvenance(
  dataset: string,
  source: Pick<TemplateSource, 'engine' | 'recognizer' | 'contract'>,
  table: TemplateTable,
  seconds: Provenance['seconds'],
  problems: readonly DatasetProblem[],
): Provenance {
  const { engine, recognizer, contract } = source;
  const { imagesRead, fta, failuresToAcquire, imagesPerSecond, imagesFromCache } = table;
  return {
    dataset,
    pack: engine.pack,
    recognizer,
    contract,
    executionProvider: engine.executionProvider,
    flipAveraging: engine.flipAveraging,
    detectionSize: engine.detectionSize,
    versions: engine.versions,
    images: table.sightings.length,
    imagesRead,
    fta,
    failuresToAcquire,
    imagesPerSecond,
    imagesFromCache,
    seconds,
    problems: [...problems, ...table.problems],
  };
}
