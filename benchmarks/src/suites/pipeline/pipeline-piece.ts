/** What the pieces of the suite give: plain JSON. */

import type { BenchEngineFacts } from '../../runtimes/bench-engine.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';

/** The stages of an analysis with a search, in order. */
export const STAGES = ['decode', 'preprocess', 'detect', 'align', 'embed', 'match'] as const;

/** One of {@link STAGES}. */
export type Stage = (typeof STAGES)[number];

/** One analysis. Times in milliseconds. */
export interface ImageSample {
  /** Place in {@link ImagesValue.ids}. */
  readonly image: number;
  /** Counted from 0. */
  readonly round: number;
  /** Wall time of each stage, in the order of {@link STAGES}. */
  readonly stages: readonly number[];
  /** What the caller waited, the search included. */
  readonly total: number;
  /** CPU time; in a browser the mean over the pictures that were analyzed one after the other, for a process's clock is too coarse for one. */
  readonly cpu: number;
  readonly faces: number;
  /** 1 if the search found the person, 0 if not; absent for pictures without identity and for those that are enrolled themselves. */
  readonly isMatch?: 0 | 1 | undefined;
}

/** One runtime over the pictures. */
export interface RuntimeSamples {
  readonly runtime: RuntimeName;
  readonly facts: Pick<BenchEngineFacts, 'executionProvider' | 'versions' | 'readyMs' | 'firstResultMs'>;
  /** Identities in the gallery: of those of the pictures, those in whose first picture a face was found. */
  readonly enrolled: number;
  readonly samples: readonly ImageSample[];
  /** CPU time per picture, one number for each stretch of pictures: the samples of a browser. */
  readonly stretchCpu: readonly number[];
  /** Pictures that could not be analyzed: how many, and the first few. */
  readonly problems: { readonly count: number; readonly first: readonly { readonly id: string; readonly reason: string }[] };
}

/** How far the embeddings of two runtimes are apart. */
export interface Parity {
  readonly a: RuntimeName;
  readonly b: RuntimeName;
  /** Pictures in which both found a face. */
  readonly images: number;
  /** Largest cosine distance of the embeddings of one picture, and whose it is. */
  readonly worst: number;
  readonly worstImage: string;
  /** Pictures in which one found a face and the other none. */
  readonly oneSided: number;
}

/** One pack over the pictures, in every runtime. */
export interface ImagesValue {
  readonly kind: 'images';
  readonly pack: string;
  /** What the set of pictures is, in words. */
  readonly set: string;
  /** Pictures of the set. */
  readonly images: number;
  /** Ids of those that were measured in every runtime. */
  readonly ids: readonly string[];
  /** Rounds that were made in full. */
  readonly rounds: number;
  /** Whether rounds or pictures were left out because the time was over. */
  readonly isCutShort: boolean;
  /** Whether the runtimes took turns; else they were measured one after the other, for want of memory. */
  readonly isInterleaved: boolean;
  readonly runtimes: readonly RuntimeSamples[];
  /** Runtimes that did not start, or were given up: what they had measured is not kept. */
  readonly failures: readonly { readonly runtime: RuntimeName; readonly reason: string }[];
  readonly parity: readonly Parity[];
}

/** The pipeline beside the bare model runs, in Node on the CPU. */
export interface OverheadValue {
  readonly kind: 'overhead';
  readonly pack: string;
  /** Name of the picture. */
  readonly image: string;
  readonly faces: number;
  /** CPU time of each analysis, milliseconds. */
  readonly pipeline: readonly number[];
  /** CPU time of the model runs that follow the analysis of the same place, milliseconds. */
  readonly bare: readonly number[];
  /** The parts of both, in the same order; `bare` is empty for a stage without a model. */
  readonly stages: readonly { readonly stage: Stage; readonly pipeline: readonly number[]; readonly bare: readonly number[] }[];
}

/** Lag of the event loop of a process whose pool works. */
export interface EventLoopValue {
  readonly kind: 'eventLoop';
  readonly pack: string;
  readonly threads: number;
  readonly inFlight: number;
  readonly analyses: number;
  /** Of each stretch of analyses, milliseconds. */
  readonly lagP99: readonly number[];
  readonly lagMax: readonly number[];
}

/** What a piece gives. */
export type PipelinePiece = ImagesValue | OverheadValue | EventLoopValue;
