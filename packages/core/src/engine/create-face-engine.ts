/** Composition: ports and a pack in, an engine out. Runtimes call this inside their worker; tests call it directly. */

import { isAlignable } from '../align/compute-alignment.ts';
import { type Detections, selectDetections } from '../detect/detections.ts';
import type { Embedding } from '../embed/embedding.ts';
import { computeContractId, type Sha256 } from '../embed/embedding-contract.ts';
import { FaceError } from '../errors/face-error.ts';
import type { RgbaImage } from '../image/rgba-image.ts';
import type { Frame, ImageDecoder } from '../ports/image-decoder.ts';
import type { ExecutionProvider, InferenceBackend } from '../ports/inference-backend.ts';
import type { DetectorManifest, EmbedderManifest, LandmarkerManifest, ModelManifest, PackManifest } from '../ports/model-manifest.ts';
import type { ModelSource } from '../ports/model-source.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { computeQuality } from '../quality/compute-quality.ts';
import { embedFaces } from './embed-faces.ts';
import type { Analysis, AnalyzedFace, DetectOptions, EngineInfo, EngineProgress, FaceEngine } from './face-engine.ts';
import { findFaces } from './find-faces.ts';
import { type FrameFace, scaleFrameFace, toFace, toFrameFace } from './frame-face.ts';
import { importEmbedding } from './import-embedding.ts';
import { placeLandmarks } from './place-landmarks.ts';
import type { OpenModel } from './run-model.ts';
import { runSelfTest } from './self-test.ts';
import { settleInOrder } from './settle-in-order.ts';
import { type Clock, StageClock } from './stage-clock.ts';
import { verify } from './verify.ts';

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
   * Photos whose longer side is more than twice this are shrunk while they are decoded. Faces that come out too small to embed are decoded again
   * in full.
   * @defaultValue 1280
   */
  readonly shrinkToSide?: number | undefined;
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
  readonly versions?: Readonly<Record<string, string>> | undefined;
}

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
  const { backend, preprocessor, decoder, modelSource, now } = parts;
  const { flipAveraging = false, shrinkToSide = 1280, signal } = options;
  const pack = withDetectionSize(parts.pack, options.detectionSize);
  const report = quietly(options.onProgress);
  if (!(shrinkToSide >= 64)) {
    throw new FaceError('INVALID_OPTION', `Expected shrinkToSide of at least 64 pixels, got ${shrinkToSide}.`, { option: 'shrinkToSide' });
  }

  const manifests = [pack.detector, pack.landmarker, pack.embedder].filter((manifest) => manifest !== undefined);
  const open = new Map<ModelManifest, OpenModel>();
  const closeAll = async (): Promise<void> => {
    await Promise.all(Array.from(open.values(), ({ session }) => session.dispose()));
  };
  let isDisposed = false;
  let contract: string | undefined;

  try {
    for (const manifest of manifests) {
      signal?.throwIfAborted();
      const bytes = await modelSource.load(manifest, { signal, onProgress: report });
      signal?.throwIfAborted();
      open.set(manifest, { manifest, session: await backend.createSession(bytes, { name: manifest.id, signal }) });
      report({ phase: 'openModel', model: manifest.id, loadedModels: open.size, totalModels: manifests.length });
    }
    contract = pack.embedder && (await computeContractId(pack.embedder, pack.landmarker, parts.sha256));
  } catch (error) {
    await closeAll();
    throw error;
  }
  const detector = open.get(pack.detector) as OpenModel<DetectorManifest>;
  const landmarker = pack.landmarker && (open.get(pack.landmarker) as OpenModel<LandmarkerManifest>);
  const embedder = pack.embedder && (open.get(pack.embedder) as OpenModel<EmbedderManifest>);

  const info: EngineInfo = {
    pack: pack.id,
    contract,
    executionProvider: (embedder ?? detector).session.executionProvider,
    models: Array.from(open.values(), ({ manifest, session }) => ({
      id: manifest.id,
      task: manifest.task,
      license: manifest.license,
      executionProvider: session.executionProvider as ExecutionProvider,
      bytes: manifest.file.bytes,
    })),
    dimension: pack.embedder?.dimension,
    flipAveraging,
    detectionSize: Math.max(pack.detector.input.width, pack.detector.input.height),
    thresholds: pack.thresholds,
    versions: parts.versions ?? {},
    warnings: [...manifests.flatMap(toLicenseWarning), ...toCalibrationWarning(parts.pack, options.detectionSize)],
  };

  const assertUsable = (): void => {
    if (isDisposed) throw new FaceError('DISPOSED', 'Expected an engine in use, got a disposed one; create a new engine.');
  };

  const decode = async (
    image: ImageInput,
    shrinkTo: number | undefined,
    clock: StageClock,
    abort: AbortSignal | undefined,
  ): Promise<Frame> => {
    abort?.throwIfAborted();
    return clock.time('decode', () => decoder.decode(image, { shrinkToSide: shrinkTo, signal: abort }));
  };

  /** Decodes again in full when the frame was shrunk so far that a face has fewer pixels than the models after the detector take in. */
  const refine = async (
    image: ImageInput,
    frame: Frame,
    faces: readonly FrameFace[],
    clock: StageClock,
    abort?: AbortSignal,
  ): Promise<Frame> => {
    const wanted = Math.max(pack.landmarker?.input.width ?? 0, pack.embedder?.input.width ?? 0);
    const isShrunk = frame.image.width < frame.sourceWidth;
    const isTooSmall = faces.some(({ box }) => Math.max(box.width, box.height) < wanted);
    return isShrunk && isTooSmall ? decode(image, undefined, clock, abort) : frame;
  };

  /** Detection and landmarks; faces in pixels of the returned frame. */
  const locate = async (
    image: ImageInput,
    detectOptions: DetectOptions,
    clock: StageClock,
  ): Promise<{ frame: Frame; faces: FrameFace[] }> => {
    assertUsable();
    const { minScore = pack.detector.minScore, maxFaces = Number.POSITIVE_INFINITY, signal: abort } = detectOptions;
    assertDetectOptions(minScore, maxFaces);
    const first = await decode(image, shrinkToSide, clock, abort);
    const found = await findFaces(first.image, { detector, preprocessor, clock, minScore, signal: abort });
    abort?.throwIfAborted();
    const detections =
      found.count > maxFaces
        ? selectDetections(
            found,
            Array.from({ length: maxFaces }, (_, i) => i),
          )
        : found;
    const boxed = await clock.time('align', () => placeLandmarks(first.image, detections, undefined, preprocessor));
    const frame = await refine(image, first, boxed, clock, abort);
    const scale = frame.image.width / first.image.width;
    if (landmarker === undefined) return { frame, faces: boxed.map((face) => scaleFrameFace(face, scale)) };
    abort?.throwIfAborted();
    const faces = await clock.time('align', () =>
      placeLandmarks(frame.image, scaleDetections(detections, scale), landmarker, preprocessor, abort),
    );
    return { frame, faces };
  };

  const embedFrameFaces = async (
    image: RgbaImage,
    faces: readonly FrameFace[],
    clock: StageClock,
    abort?: AbortSignal,
  ): Promise<Embedding[]> => {
    if (embedder === undefined || contract === undefined) {
      throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${pack.id}"; it can only detect.`, { pack: pack.id });
    }
    return embedFaces(image, faces, { embedder, preprocessor, clock, contract, flipAveraging, signal: abort });
  };

  const engine: FaceEngine<ImageInput> = {
    info,
    async detect(image, detectOptions = {}) {
      const { frame, faces } = await locate(image, detectOptions, new StageClock(now));
      return faces.map((face) => toFace(scaleFrameFace(face, frame.sourceWidth / frame.image.width)));
    },
    async embed(image, faces, { signal: abort } = {}) {
      assertUsable();
      const clock = new StageClock(now);
      const sourceFaces = faces.map(toFrameFace);
      const first = await decode(image, shrinkToSide, clock, abort);
      const toFrame = (frame: Frame): FrameFace[] => sourceFaces.map((face) => scaleFrameFace(face, frame.image.width / frame.sourceWidth));
      const frame = await refine(image, first, toFrame(first), clock, abort);
      return embedFrameFaces(frame.image, toFrame(frame), clock, abort);
    },
    async analyze(image, analyzeOptions = {}): Promise<Analysis> {
      const clock = new StageClock(now);
      const { embeddings: wantsEmbeddings = embedder !== undefined, signal: abort } = analyzeOptions;
      const { frame, faces } = await locate(image, analyzeOptions, clock);
      const sourceScale = frame.sourceWidth / frame.image.width;
      const qualities = await clock.time('align', () =>
        faces.map(({ box, landmarks }) => computeQuality(frame.image, box, landmarks, sourceScale)),
      );
      // One face that cannot be aligned must not cost the others their embeddings.
      const alignable = embedder === undefined ? faces : faces.filter((face) => isAlignable(face, embedder.manifest));
      const embeddings = wantsEmbeddings ? await embedFrameFaces(frame.image, alignable, clock, abort) : [];
      const embeddingOf = new Map(embeddings.map((embedding, i) => [alignable[i], embedding]));
      const analyzed = faces.map((face, i): AnalyzedFace => {
        const quality = qualities[i] as AnalyzedFace['quality'];
        return { ...toFace(scaleFrameFace(face, sourceScale)), quality, embedding: embeddingOf.get(face) };
      });
      return { faces: analyzed, width: frame.sourceWidth, height: frame.sourceHeight, timings: clock.toTimings() };
    },
    async *analyzeMany(images, analyzeOptions = {}) {
      assertUsable();
      const analyzeOne = (image: ImageInput): Promise<Analysis> => engine.analyze(image, analyzeOptions);
      for await (const outcome of settleInOrder(images, IMAGES_UNDER_WAY, analyzeOne, analyzeOptions.signal)) {
        yield 'error' in outcome ? outcome : { index: outcome.index, analysis: outcome.value };
      }
    },
    async verify(a, b, verifyOptions = {}) {
      assertUsable();
      const metric = pack.embedder?.metric ?? 'cosine';
      return verify(a, b, verifyOptions, { info, metric, now, analyze: engine.analyze });
    },
    importEmbedding(vector, from) {
      assertUsable();
      return importEmbedding(pack, contract, vector, from);
    },
    async dispose() {
      if (isDisposed) return;
      isDisposed = true;
      await closeAll();
    },
  };

  try {
    report({ phase: 'selfTest' });
    await runSelfTest({ pack, detector, landmarker, embedder, preprocessor, now, signal });
  } catch (error) {
    await engine.dispose();
    throw error;
  }
  return engine;
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

/** Landmarks move a little with the size of the detector's input, and with them the similarities of strangers. */
function toCalibrationWarning({ detector, thresholds }: PackManifest, detectionSize: number | undefined): string[] {
  const calibrated = Math.max(detector.input.width, detector.input.height);
  if (detectionSize === undefined || detectionSize === calibrated || thresholds.length === 0) return [];
  return [`Thresholds were calibrated at detection size ${calibrated}; at ${detectionSize} false match rates differ from those stated.`];
}

function assertDetectOptions(minScore: number, maxFaces: number): void {
  if (!(minScore > 0 && minScore < 1)) {
    throw new FaceError('INVALID_OPTION', `Expected minScore between 0 and 1, got ${minScore}.`, { option: 'minScore', value: minScore });
  }
  if (!(maxFaces >= 1) || (maxFaces !== Number.POSITIVE_INFINITY && !Number.isInteger(maxFaces))) {
    throw new FaceError('INVALID_OPTION', `Expected maxFaces to be a whole number of at least 1, got ${maxFaces}.`, {
      option: 'maxFaces',
      value: maxFaces,
    });
  }
}

function toLicenseWarning({ id, license }: ModelManifest): string[] {
  if (license.commercialUse === 'allowed') return [];
  const terms = license.commercialUse === 'prohibited' ? 'forbids commercial use' : 'states no terms for commercial use';
  return [`${id}: its licence (${license.spdx}) ${terms}.${license.notice ? ` ${license.notice}` : ''}`];
}

/** A callback that cannot break the work it reports on. */
function quietly(onProgress: EngineOptions['onProgress']): (event: EngineProgress) => void {
  return (event) => {
    try {
      onProgress?.(event);
    } catch {
      // The caller's display is not our concern.
    }
  };
}

function scaleDetections(detections: Detections, scale: number): Detections {
  if (scale === 1) return detections;
  return { ...detections, boxes: detections.boxes.map((value) => value * scale), points: detections.points.map((value) => value * scale) };
}
