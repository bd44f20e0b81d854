/** What was measured of each variant of each model, put together from the pieces. */

import type { MeasuredPiece } from '../../run/suite.ts';
import { judgeVariant, type VariantFigures, type Verdict } from './judge-variant.ts';
import type {
  AccuracyPiece,
  FilesPiece,
  ModelTask,
  PrecisionPiece,
  SpeedPiece,
  VariantAccuracy,
  VariantFile,
  VariantSpeed,
} from './precision-piece.ts';
import { computeSpeedRatio, type SpeedRatio } from './speed-ratio.ts';
import { BASELINE, VARIANT_NAMES, type VariantName } from './variant-name.ts';

/** Costs in one runtime. */
export interface RuntimeCost {
  readonly runtime: string;
  readonly speed: VariantSpeed;
  /** Against float32 in the same rounds; absent for float32 itself. By CPU time where it was read for each round, else by the wall clock. */
  readonly ratio?: SpeedRatio | undefined;
}

/** One variant of one model. */
export interface VariantSummary {
  readonly pack: string;
  readonly task: ModelTask;
  readonly model: string;
  readonly variant: VariantName;
  readonly file?: VariantFile | undefined;
  /** Bytes divided by those of float32. */
  readonly size?: number | undefined;
  readonly costs: readonly RuntimeCost[];
  /** Of embedders. */
  readonly accuracy?: VariantAccuracy | undefined;
  /** Absent for float32, and where sizes were not measured or the variant does not run. */
  readonly judged?: { readonly figures: VariantFigures; readonly verdict: Verdict } | undefined;
}

/** The pieces by kind. */
export interface PiecesByKind {
  readonly files: readonly FilesPiece[];
  readonly speeds: readonly SpeedPiece[];
  readonly accuracies: readonly AccuracyPiece[];
}

/** Sorts pieces by what they hold. */
export function groupPieces(pieces: readonly MeasuredPiece<PrecisionPiece>[]): PiecesByKind {
  const values = pieces.map(({ value }) => value);
  return {
    files: values.filter((value) => value.kind === 'files'),
    speeds: values.filter((value) => value.kind === 'speed'),
    accuracies: values.filter((value) => value.kind === 'accuracy'),
  };
}

/** Puts together what is known of each variant, in the order of packs, models and {@link VARIANT_NAMES}. Works on any of the pieces. */
export function summarizeVariants(pieces: PiecesByKind): VariantSummary[] {
  return listModels(pieces).flatMap((model) => VARIANT_NAMES.flatMap((variant) => summarizeVariant(model, variant, pieces) ?? []));
}

type ModelKey = Pick<VariantSummary, 'pack' | 'task' | 'model'>;

function listModels({ files, speeds, accuracies }: PiecesByKind): ModelKey[] {
  const all: ModelKey[] = [
    ...[...files, ...speeds].flatMap(({ pack, models }) => models.map(({ task, model }) => ({ pack, task, model }))),
    ...accuracies.map(({ pack, model }) => ({ pack, task: 'embed' as const, model })),
  ];
  const packs = [...new Set(all.map(({ pack }) => pack))];
  const unique = new Map(all.map((key) => [`${key.pack}/${key.model}`, key]));
  return packs.flatMap((pack) => Array.from(unique.values()).filter((key) => key.pack === pack));
}

function summarizeVariant({ pack, task, model }: ModelKey, variant: VariantName, pieces: PiecesByKind): VariantSummary | undefined {
  const files = pieces.files.find((piece) => piece.pack === pack)?.models.find((candidate) => candidate.model === model)?.variants;
  const file = files?.find((candidate) => candidate.variant === variant);
  const baseline = files?.find((candidate) => candidate.variant === BASELINE);
  const costs = pieces.speeds
    .filter((piece) => piece.pack === pack)
    .flatMap(({ runtime, models }): RuntimeCost[] => {
      const variants = models.find((candidate) => candidate.model === model)?.variants;
      const speed = variants?.find((candidate) => candidate.variant === variant);
      const reference = variants?.find((candidate) => candidate.variant === BASELINE);
      if (speed === undefined || reference === undefined) return [];
      return [{ runtime, speed, ratio: variant === BASELINE ? undefined : computeSpeedRatio(samplesOf(speed), samplesOf(reference)) }];
    });
  const pairsUsed = pieces.accuracies.find((piece) => piece.pack === pack && piece.model === model);
  const accuracy = pairsUsed?.variants.find((candidate) => candidate.variant === variant);
  if (file === undefined && costs.length === 0 && accuracy === undefined) return undefined;
  const size = file && baseline && file.bytes / baseline.bytes;
  const summary = { pack, task, model, variant, file, size, costs, accuracy };
  if (variant === BASELINE || size === undefined || file?.failure !== undefined) return summary;
  const speed = costs.flatMap(({ runtime, ratio }) => (ratio === undefined ? [] : [{ runtime, ratio }]));
  const loss = accuracy?.loss;
  const kept = loss && { tar: loss.keptTar, fmr: loss.keptFmr };
  const figures: VariantFigures = { size, speed, accuracyLoss: loss?.accuracy, kept, pairsUsed, error: file?.error };
  return { ...summary, judged: { figures, verdict: judgeVariant(figures) } };
}

/** CPU time by round, or wall time where CPU time is known for all rounds together only. */
function samplesOf({ cpuMs, wallMs }: VariantSpeed): readonly number[] {
  return cpuMs.length > 0 ? cpuMs : wallMs;
}
