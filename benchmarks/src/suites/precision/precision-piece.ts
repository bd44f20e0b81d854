/** What the pieces of the suite give: plain JSON. */

import type { DetectorManifest, EmbedderManifest, LandmarkerManifest } from '@isoface/core';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import type { VariantName } from './variant-name.ts';

/** The models that are measured: those that no pack is without. Liveness and face mesh are left out. */
export type MeasuredManifest = DetectorManifest | LandmarkerManifest | EmbedderManifest;

/** What a model does in its pack. */
export type ModelTask = MeasuredManifest['task'];

/** How far the outputs of a variant are from those of float32, on faces that were not calibrated on. */
export type OutputError =
  /** Cosine between both embeddings of each face. */
  | { readonly kind: 'cosine'; readonly faces: number; readonly median: number; readonly lowest: number }
  /**
   * Distance between both places of each landmark, the mean over the landmarks of a face, pixels of a 640x480 picture. Detectors without landmarks
   * are judged by the corners of their boxes.
   */
  | {
      readonly kind: 'shift';
      /** Faces that float32 finds. */
      readonly faces: number;
      /** Those of them that the variant does not find; 0 for landmark models, which find nothing. */
      readonly lost: number;
      /** Faces that the variant alone finds. */
      readonly extra: number;
      /** Absent where both have no face in common. */
      readonly medianPx?: number | undefined;
      readonly p95Px?: number | undefined;
    };

/** One variant of one model as a file. */
export interface VariantFile {
  readonly variant: VariantName;
  readonly bytes: number;
  /** As a web host sends it: gzip, level 6. */
  readonly gzipBytes: number;
  /** Nodes that the converter left alone; absent for float32 itself. */
  readonly nodesInFloat32?: number | undefined;
  /** Absent where the model does not run on the CPU of Node. */
  readonly error?: OutputError | undefined;
  /** Why it does not run. */
  readonly failure?: string | undefined;
}

/** A variant that is not there, and why. */
export interface MissingVariant {
  readonly variant: VariantName;
  readonly reason: string;
}

/** One model of a pack in all variants. */
export interface ModelFiles {
  readonly task: ModelTask;
  readonly model: string;
  readonly variants: readonly VariantFile[];
  readonly missing: readonly MissingVariant[];
}

/** Sizes and output errors of one pack. */
export interface FilesPiece {
  readonly kind: 'files';
  readonly pack: string;
  /** Inputs that the ranges of `int8` were collected on, by task. */
  readonly calibrationInputs: Readonly<Partial<Record<ModelTask, number>>>;
  readonly models: readonly ModelFiles[];
}

/** Costs of one variant, one sample for each round: bare runs of the model on the same input. */
export interface VariantSpeed {
  readonly variant: VariantName;
  readonly wallMs: readonly number[];
  /** By round. Empty where CPU time can be read for all rounds together only. */
  readonly cpuMs: readonly number[];
  /** Mean over the rounds. */
  readonly cpuMeanMs: number;
}

/** Costs of one model. */
export interface ModelSpeed {
  readonly task: ModelTask;
  readonly model: string;
  readonly variants: readonly VariantSpeed[];
  readonly missing: readonly MissingVariant[];
}

/** Costs of one pack in one runtime. */
export interface SpeedPiece {
  readonly kind: 'speed';
  readonly pack: string;
  readonly runtime: RuntimeName;
  readonly rounds: number;
  readonly warmup: number;
  readonly models: readonly ModelSpeed[];
}

/** A figure with its 95 % interval. */
export interface Loss {
  readonly value: number;
  readonly ci95: readonly [number, number];
}

/** Accuracy of one variant of the embedder. */
export interface VariantAccuracy {
  readonly variant: VariantName;
  /** Ten-fold accuracy, in [0, 1]. */
  readonly accuracy: number;
  /** At the variant's own threshold for {@link AccuracyPiece.fmr}. */
  readonly own: { readonly threshold: number; readonly tar: number; readonly fmr: number };
  /** At the threshold that was made for float32: what those get who exchange the file and nothing else. */
  readonly kept: { readonly tar: number; readonly fmr: number };
  /** Difference to float32 on the same pairs, percentage points; above 0 the variant is worse. Absent for float32 itself. */
  readonly loss?: { readonly accuracy: Loss; readonly ownTar: Loss; readonly keptTar: Loss; readonly keptFmr: Loss } | undefined;
}

/** Accuracy of one pack's embedder on LFW. Faces are found and cut once, by the float32 models. */
export interface AccuracyPiece {
  readonly kind: 'accuracy';
  readonly pack: string;
  readonly model: string;
  readonly pairs: number;
  readonly pairsOfProtocol: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  readonly identities: number;
  /** Images without a found face; their pairs count as unlike as can be. */
  readonly notFound: number;
  /** The strictest false match rate that the impostor pairs resolve. */
  readonly fmr: number;
  readonly keptThreshold: { readonly value: number; readonly origin: 'pack' | 'measured' };
  readonly bootstrapRounds: number;
  readonly variants: readonly VariantAccuracy[];
  readonly missing: readonly MissingVariant[];
}

/** What a piece of the suite gives. */
export type PrecisionPiece = FilesPiece | SpeedPiece | AccuracyPiece;
