/** 1:1 verification over analyses: the same code whether the analyses come from this thread or from a pool. */

import { type Embedding, isEmbedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import { compareEmbeddings } from '../match/compare-embeddings.ts';
import { selectThreshold } from '../match/select-threshold.ts';
import type { EmbedderManifest } from '../ports/model-manifest.ts';
import type { Analysis, AnalyzedFace } from './analysis.ts';
import { assertChoiceOptions, assertOwnContract, chooseFace, type FaceChoice } from './choose-face.ts';
import type { EngineInfo, VerifyOptions, VerifyRefusal, VerifyResult } from './face-engine.ts';
import { addTimings, type Clock, StageClock } from './stage-clock.ts';

/** What verification needs of its engine. */
export interface VerifyContext<ImageInput> {
  readonly info: EngineInfo;
  readonly metric: EmbedderManifest['metric'];
  readonly now: Clock;
  analyze(image: ImageInput, options: { readonly signal?: AbortSignal | undefined }): Promise<Analysis>;
}

/** False match rate at which faces are compared when the caller names none. */
export const DEFAULT_FMR = 1e-3;

type Side = FaceChoice | { readonly face?: undefined; readonly embedding: Embedding };

/** See `FaceEngine.verify`. Both images are analyzed at the same time where the engine can. */
export async function verify<ImageInput>(
  a: ImageInput | Embedding,
  b: ImageInput | Embedding,
  options: VerifyOptions,
  context: VerifyContext<ImageInput>,
): Promise<VerifyResult> {
  const { info, metric, now } = context;
  const { contract } = info;
  if (contract === undefined) {
    throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${info.pack}"; it can only detect.`, { pack: info.pack });
  }
  // The threshold is settled first: a wrong option must not cost two analyses.
  const decision = settleThreshold(info, options);
  assertChoiceOptions(options);
  for (const side of [a, b]) if (isEmbedding(side)) assertOwnContract(side, contract);
  const clock = new StageClock(now);
  const [analysisA, analysisB] = await Promise.all([
    isEmbedding(a) ? undefined : context.analyze(a, { signal: options.signal }),
    isEmbedding(b) ? undefined : context.analyze(b, { signal: options.signal }),
  ]);
  const sideA = isEmbedding(a) ? { embedding: a } : chooseFace(analysisA as Analysis, options);
  const sideB = isEmbedding(b) ? { embedding: b } : chooseFace(analysisB as Analysis, options);
  const compared =
    'embedding' in sideA && 'embedding' in sideB
      ? await clock.time('match', () => compareEmbeddings(sideA.embedding, sideB.embedding, metric))
      : undefined;
  const timings = [analysisA, analysisB].reduce((sum, analysis) => (analysis ? addTimings(sum, analysis.timings) : sum), clock.toTimings());
  const base = {
    a: faceOf(sideA),
    b: faceOf(sideB),
    pack: info.pack,
    contract,
    executionProvider: info.executionProvider,
    timings,
  };
  if (compared !== undefined) {
    return { ...base, status: 'compared', match: compared.similarity >= decision.threshold, ...compared, ...decision };
  }
  const side = 'reason' in sideA ? 'a' : 'b';
  const refused = (side === 'a' ? sideA : sideB) as Extract<Side, { reason: VerifyRefusal }>;
  return { ...base, status: 'notCompared', match: false, side, reason: refused.reason, message: refused.message };
}

function settleThreshold(
  info: EngineInfo,
  { threshold, fmr = DEFAULT_FMR }: VerifyOptions,
): { threshold: number; fmr?: number | undefined } {
  if (threshold === undefined) return selectThreshold(info.thresholds, fmr, info.flipAveraging);
  if (Number.isFinite(threshold)) return { threshold };
  throw new FaceError('INVALID_OPTION', `Expected a finite threshold, got ${threshold}.`, { option: 'threshold', value: threshold });
}

function faceOf(side: Side): AnalyzedFace | undefined {
  return side.face;
}
