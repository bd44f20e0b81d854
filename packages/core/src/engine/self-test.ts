/** Proof at load that a chain of models gives the right numbers on this machine, on the provider chosen. */

import { FaceError, isFaceError } from '../errors/face-error.ts';
import { computeCosineSimilarity } from '../match/compare-embeddings.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { embedFaces } from './embed-faces.ts';
import { computeExtras } from './face-extras.ts';
import { findFaces } from './find-faces.ts';
import type { OpenPack } from './open-pack.ts';
import { placeLandmarks } from './place-landmarks.ts';
import { drawSelfTestFace } from './self-test-face.ts';
import { type Clock, StageClock } from './stage-clock.ts';

/** What the self-test looks at. */
export interface SelfTestContext {
  readonly pack: OpenPack;
  readonly preprocessor: Preprocessor;
  readonly now: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** The numbers of one run on the drawn face. */
export interface SelfTestResult {
  /** x, y, width, height; pixels of the drawn picture. */
  readonly box: readonly number[];
  readonly score: number;
  /** Embedding of the best face, one pass. */
  readonly embedding: readonly number[];
}

/**
 * Allowed difference of box coordinates, pixels of a 192-pixel picture, when the detector runs at the size of the manifest. WebGPU and wasm stay
 * within 1e-3; a broken provider is off by the size of the face or finds none.
 */
const BOX_TOLERANCE_PIXELS = 1;
/** Lowest cosine to the expected embedding. Providers agree to 0.9999; half-precision arithmetic stays above this. */
const MIN_COSINE = 0.995;

/**
 * Finds and embeds the drawn face and compares the numbers with those the pack's manifest expects.
 * A pack without expectations must still find the face's numbers finite and not all zero.
 *
 * @throws {FaceError} `SELF_TEST_FAILED` saying what was expected and what came.
 */
export async function runSelfTest(context: SelfTestContext): Promise<SelfTestResult | undefined> {
  const { manifest: pack, detector, embedder } = context.pack;
  let result: SelfTestResult | undefined;
  try {
    result = await measureSelfTest(context);
  } catch (cause) {
    if (isFaceError(cause, 'INVALID_EMBEDDING', 'SHAPE_MISMATCH', 'DEGENERATE_LANDMARKS')) throw failure(pack.id, cause.message, cause);
    throw cause;
  }
  const expected = pack.selfTest;
  if (expected === undefined) return result;
  if (result === undefined) throw failure(pack.id, 'Expected one face in the test picture, got none');
  // Another detection size moves the box and with it the crop; then only a face must be found.
  const isDefaultSize = detector.manifest.input.width === expected.detectionSize;
  if (!isDefaultSize) return result;
  const boxError = Math.max(...result.box.map((value, i) => Math.abs(value - (expected.box[i] as number))));
  if (!(boxError <= BOX_TOLERANCE_PIXELS)) {
    throw failure(pack.id, `Expected the box [${expected.box.join(', ')}], got [${result.box.map((v) => v.toFixed(2)).join(', ')}]`);
  }
  if (embedder !== undefined) {
    if (expected.embedding.length !== result.embedding.length) {
      throw failure(pack.id, `Expected an embedding of ${expected.embedding.length} numbers, got ${result.embedding.length}`);
    }
    const cosine = computeCosineSimilarity(Float32Array.from(expected.embedding), Float32Array.from(result.embedding));
    if (!(cosine >= MIN_COSINE))
      throw failure(pack.id, `Expected an embedding with cosine >= ${MIN_COSINE} to the reference, got ${cosine}`);
  }
  return result;
}

/** Runs the chain on the drawn face. @returns `undefined` if no face was found. */
export async function measureSelfTest(context: SelfTestContext): Promise<SelfTestResult | undefined> {
  const { preprocessor, now, signal } = context;
  const { detector, landmarker, embedder } = context.pack;
  const image = drawSelfTestFace();
  const clock = new StageClock(now);
  const detections = await findFaces(image, { detector, preprocessor, clock, minScore: detector.manifest.minScore, signal });
  if (detections.count === 0) return undefined;
  const best = { ...detections, count: 1 };
  const [face] = await placeLandmarks(image, best, landmarker, preprocessor);
  const canEmbed = embedder !== undefined && face !== undefined && (face.landmarks !== undefined || face.landmarks68 !== undefined);
  const [embedding] = canEmbed
    ? await embedFaces(image, [face], { embedder, preprocessor, clock, contract: 'self-test', flipAveraging: false, signal })
    : [];
  // Their numbers have no reference: they must be finite, and a first run here is none in front of the user.
  if (face !== undefined) {
    const extras = { liveness: context.pack.liveness.length > 0, mesh: context.pack.mesh !== undefined, signal };
    await computeExtras(image, [face], 1, extras, { pack: context.pack, preprocessor, clock });
  }
  return {
    box: Array.from(detections.boxes.subarray(0, 4)),
    score: detections.scores[0] as number,
    embedding: Array.from(embedding?.vector ?? []),
  };
}

function failure(pack: string, what: string, cause?: FaceError): FaceError {
  return new FaceError(
    'SELF_TEST_FAILED',
    `${what} (pack "${pack}"): the models do not run correctly on this execution provider; try another.`,
    { pack },
    cause && { cause },
  );
}
