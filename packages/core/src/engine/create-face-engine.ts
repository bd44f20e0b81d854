/** Composition: ports and a pack in, an engine out. Runtimes call this inside their worker; tests call it directly. */

import { isAlignable } from '../align/compute-alignment.ts';
import type { Embedding } from '../embed/embedding.ts';
import type { Sha256 } from '../embed/embedding-contract.ts';
import { FaceError } from '../errors/face-error.ts';
import type { ImageDecoder } from '../ports/image-decoder.ts';
import type { InferenceBackend } from '../ports/inference-backend.ts';
import type { PackManifest } from '../ports/model-manifest.ts';
import type { ModelSource } from '../ports/model-source.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { computeQuality } from '../quality/compute-quality.ts';
import type { Analysis, AnalyzedFace } from './analysis.ts';
import { composeEngine, type EngineCalls, type LoadGalleries } from './compose-engine.ts';
import { embedFaces } from './embed-faces.ts';
import { describeEngine } from './engine-info.ts';
import type { AnalyzeOptions, EngineInfo, EngineProgress, FaceEngine } from './face-engine.ts';
import { assertExtras, computeExtras } from './face-extras.ts';
import { scaleFrameFace, toFace, toFrameFace } from './frame-face.ts';
import { decodeForFaces, type LocateContext, type LocatedFaces, locateFaces } from './locate-faces.ts';
import { openPack } from './open-pack.ts';
import { reportQuietly } from './report-quietly.ts';
import { runSelfTest } from './self-test.ts';
import { type Clock, StageClock } from './stage-clock.ts';
import { type TrackFrameContext, trackFrame } from './track-frame.ts';

/** Options that mean the same in every runtime. */
export interface EngineOptions {
  /**
   * Longer side of the detector's input, pixels, for detectors that accept several sizes. Larger finds smaller faces and costs with the square.
   * @defaultValue the size in the manifest
   */
  readonly detectionSize?: number | undefined;
  /**
   * Average the embedding over the face and its mirror image. Costs one more embedder run per face; on LFW it raises the share of genuine pairs
   * accepted at FMR 1e-3 by about two points for the starter pack (figures in `benchmarks/results`).
   * @defaultValue false
   */
  readonly flipAveraging?: boolean | undefined;
  /**
   * Photos whose longer side is at least twice this, pixels, are shrunk after they are decoded: every box of n x n pixels becomes its mean, n
   * being the largest whole number (at most 16) that leaves the longer side no shorter than this. All runtimes shrink to the same pixels. If a
   * face comes out too small for the models, the photo is decoded again and used in full.
   * @defaultValue 3072
   */
  readonly shrinkToSide?: number | undefined;
  /**
   * Whether to load the models that liveness needs: passive ones and the face mesh. `auto` loads those that can be found and says in `info.liveness`
   * and `info.warnings` what is missing; with `required` a missing one is an error.
   * @defaultValue 'none'
   */
  readonly liveness?: 'none' | 'auto' | 'required' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What it throws is ignored. */
  readonly onProgress?: ((event: EngineProgress) => void) | undefined;
}

/** The parts an engine is made of. */
export interface EngineParts<ImageInput> {
  readonly pack: PackManifest;
  readonly backend: InferenceBackend;
  readonly preprocessor: Preprocessor;
  readonly decoder: ImageDecoder<ImageInput>;
  readonly modelSource: ModelSource;
  readonly sha256: Sha256;
  readonly now: Clock;
  readonly versions?: EngineInfo['versions'] | undefined;
  readonly runtime?: EngineInfo['runtime'] | undefined;
  /** See `EngineComposition.loadGalleries`. */
  readonly loadGalleries?: LoadGalleries | undefined;
}

const LIVENESS_CHOICES: readonly NonNullable<EngineOptions['liveness']>[] = ['none', 'auto', 'required'];
/** Images under way at the same time in `analyzeMany` when one thread does the work: one is decoded while another is in a model. */
const IMAGES_UNDER_WAY = 2;

/**
 * Loads the models of a pack, opens them, and proves on a generated face that they give the right numbers.
 *
 * @throws {FaceError} `MODEL_NOT_FOUND`, `MODEL_INTEGRITY`, `DOWNLOAD_FAILED`, `BACKEND_UNAVAILABLE`, `SELF_TEST_FAILED` or `INVALID_OPTION`.
 */
export async function createFaceEngine<ImageInput>(
  parts: EngineParts<ImageInput>,
  options: EngineOptions = {},
): Promise<FaceEngine<ImageInput>> {
  const { backend, preprocessor, decoder, modelSource, sha256, now } = parts;
  const { flipAveraging = false, shrinkToSide = 3072, liveness = 'none', signal } = options;
  const report = reportQuietly(options.onProgress);
  if (!(shrinkToSide >= 64)) {
    throw new FaceError('INVALID_OPTION', `Expected shrinkToSide of at least 64 pixels, got ${shrinkToSide}.`, { option: 'shrinkToSide' });
  }
  if (!LIVENESS_CHOICES.includes(liveness)) {
    throw new FaceError('INVALID_OPTION', `Expected liveness to be ${LIVENESS_CHOICES.join(', ')}, got ${String(liveness)}.`, {
      option: 'liveness',
    });
  }
  const manifest = withDetectionSize(parts.pack, options.detectionSize);
  const pack = await openPack(manifest, { backend, modelSource, sha256, report, liveness, signal });
  const { embedder, contract } = pack;
  const info = describeEngine(pack, parts.pack, flipAveraging, parts);

  const newContext = (): LocateContext<ImageInput> => ({ pack, preprocessor, decoder, shrinkToSide, clock: new StageClock(now) });

  const embedLocated = async ({ frame, faces }: LocatedFaces, clock: StageClock, abort: AbortSignal | undefined): Promise<Embedding[]> => {
    if (embedder === undefined || contract === undefined) {
      throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${manifest.id}"; it can only detect.`, {
        pack: manifest.id,
      });
    }
    return embedFaces(frame.image, faces, { embedder, preprocessor, clock, contract, flipAveraging, signal: abort });
  };

  const calls: EngineCalls<ImageInput> = {
    async detect(image, detectOptions = {}) {
      const { frame, faces } = await locateFaces(image, detectOptions, newContext());
      frame.dispose?.();
      return faces.map((face) => toFace(scaleFrameFace(face, frame.sourceWidth / frame.image.width)));
    },
    async embed(image, faces, { signal: abort } = {}) {
      const context = newContext();
      const located = await decodeForFaces(image, faces.map(toFrameFace), context, abort);
      try {
        return await embedLocated(located, context.clock, abort);
      } finally {
        located.frame.dispose?.();
      }
    },
    async analyze(image, analyzeOptions = {}) {
      const context = newContext();
      assertExtras(analyzeOptions, context);
      const located = await locateFaces(image, analyzeOptions, context);
      try {
        return await analyzeLocated(located, context, analyzeOptions);
      } finally {
        located.frame.dispose?.();
      }
    },
    async trackFrame(frame, state, trackOptions = {}) {
      const context = newContext();
      const embedFace: TrackFrameContext<ImageInput>['embedFace'] = async (decoded, face, abort) => {
        const [embedding] = await embedLocated({ frame: decoded, faces: [face] }, context.clock, abort);
        return embedding as Embedding;
      };
      return trackFrame(frame, state, trackOptions, { ...context, now, embedFace });
    },
  };

  const analyzeLocated = async (
    located: LocatedFaces,
    context: LocateContext<ImageInput>,
    analyzeOptions: AnalyzeOptions,
  ): Promise<Analysis> => {
    const { frame, faces } = located;
    const { clock } = context;
    const { embeddings: wantsEmbeddings = embedder !== undefined, signal: abort } = analyzeOptions;
    const sourceScale = frame.sourceWidth / frame.image.width;
    const qualities = await clock.time('align', () => computeQuality(frame.image, faces, sourceScale, preprocessor));
    // One face that cannot be aligned must not cost the others their embeddings.
    const alignable = embedder === undefined ? faces : faces.filter((face) => isAlignable(face, embedder.manifest));
    const embeddings = wantsEmbeddings ? await embedLocated({ frame, faces: alignable }, clock, abort) : [];
    const extras = await computeExtras(frame.image, faces, sourceScale, analyzeOptions, context);
    const embeddingOf = new Map(embeddings.map((embedding, i) => [alignable[i], embedding]));
    const analyzed = faces.map((face, i): AnalyzedFace => {
      const quality = qualities[i] as AnalyzedFace['quality'];
      return { ...toFace(scaleFrameFace(face, sourceScale)), quality, embedding: embeddingOf.get(face), ...extras[i] };
    });
    return { faces: analyzed, width: frame.sourceWidth, height: frame.sourceHeight, timings: clock.toTimings() };
  };

  try {
    report({ phase: 'selfTest' });
    await runSelfTest({ pack, preprocessor, now, signal });
  } catch (error) {
    await pack.dispose();
    throw error;
  }
  const { loadGalleries } = parts;
  const composition = {
    calls,
    info: () => info,
    pack: manifest,
    imagesUnderWay: IMAGES_UNDER_WAY,
    now,
    loadGalleries,
    dispose: pack.dispose,
  };
  return composeEngine(composition);
}

function withDetectionSize(pack: PackManifest, detectionSize: number | undefined): PackManifest {
  const { detector } = pack;
  const { input } = detector;
  if (detectionSize === undefined || detectionSize === Math.max(input.width, input.height)) return pack;
  const multiple = input.sizeMultipleOf;
  if (multiple === undefined || !(detectionSize >= multiple) || detectionSize % multiple !== 0 || detectionSize > 4096) {
    const accepted = multiple === undefined ? `only ${Math.max(input.width, input.height)}` : `a multiple of ${multiple} up to 4096`;
    throw new FaceError('INVALID_OPTION', `Expected a detection size that ${detector.id} accepts (${accepted}), got ${detectionSize}.`, {
      option: 'detectionSize',
      value: detectionSize,
    });
  }
  return { ...pack, detector: { ...detector, input: { ...input, width: detectionSize, height: detectionSize } } };
}
