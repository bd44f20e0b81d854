/** Suite `preprocessor`: the SIMD preprocessor beside the plain TypeScript one, on the sizes that the pipeline meets. */

import {
  computeFit,
  createCpuPreprocessor,
  createSimdPreprocessor,
  estimateSimilarity,
  type InputSpec,
  type Preprocessor,
  type RgbaImage,
} from '@isoface/core';
import { describeMachine, type Machine } from './machine.ts';
import { medianOf } from './statistics.ts';

/** One case: medians over the counted rounds. */
export interface PreprocessorRow {
  readonly case: string;
  readonly referenceMs: number;
  readonly simdMs: number;
  /** Median over the rounds of reference / simd, both measured in the same round. */
  readonly ratio: number;
  /** The first call of a fresh SIMD preprocessor, before the platform has optimised it. */
  readonly firstCallMs: number;
}

/** What the suite gives. */
export interface PreprocessorReport {
  readonly suite: 'preprocessor';
  readonly machine: Machine;
  readonly rounds: number;
  readonly rows: readonly PreprocessorRow[];
}

interface Case {
  readonly name: string;
  readonly run: (preprocessor: Preprocessor) => Promise<{ dispose(): void }>;
}

/** Right eye, left eye, nose tip, mouth corners, as shares of the side of an upright face. */
const FACE_POINTS = [0.3, 0.35, 0.7, 0.35, 0.5, 0.58, 0.34, 0.78, 0.66, 0.78];
/** The same on a patch of 112 pixels, as face models are trained on. */
const PATCH_POINTS = [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041];
/** The same on the patch of 64 pixels on which quality is measured. */
const QUALITY_POINTS = [20, 22, 44, 22, 32, 35, 22, 48, 42, 48];
/** Calls before counting: enough for the platform to optimise. */
const WARMUP_CALLS = 30;

/** Runs the suite; `rounds` calls of each are counted, the two implementations taking turns. */
export async function benchPreprocessor(rounds: number, signal?: AbortSignal): Promise<PreprocessorReport> {
  const rows: PreprocessorRow[] = [];
  const reference = createCpuPreprocessor();
  const simd = await createSimdPreprocessor();
  for (const { name, run } of createCases()) {
    signal?.throwIfAborted();
    const time = async (preprocessor: Preprocessor): Promise<number> => {
      const started = performance.now();
      const tensor = await run(preprocessor);
      const elapsed = performance.now() - started;
      tensor.dispose();
      return elapsed;
    };
    const firstCallMs = await time(await createSimdPreprocessor());
    const measured: { readonly reference: number; readonly simd: number }[] = [];
    for (let round = -WARMUP_CALLS; round < rounds; round++) {
      const pair = { reference: await time(reference), simd: await time(simd) };
      if (round >= 0) measured.push(pair);
    }
    rows.push({
      case: name,
      referenceMs: round3(medianOf(measured.map((pair) => pair.reference))),
      simdMs: round3(medianOf(measured.map((pair) => pair.simd))),
      ratio: round3(medianOf(measured.map((pair) => pair.reference / pair.simd))),
      firstCallMs: round3(firstCallMs),
    });
  }
  return { suite: 'preprocessor', machine: describeMachine(), rounds, rows };
}

function createCases(): readonly Case[] {
  const frame = createPicture(640, 480);
  const fits = (
    [
      [frame, 320],
      [frame, 256],
      [createPicture(1280, 960), 320],
      [createPicture(4000, 3000), 320],
    ] as const
  ).map(([image, side]) => ({
    name: `letterbox ${image.width}x${image.height} to ${side}`,
    run: (preprocessor: Preprocessor) => {
      const input = createInput(side);
      return preprocessor.fit(image, computeFit(image, input, { mode: 'letterbox' }), input);
    },
  }));
  const warps = [112, 150].flatMap((side) =>
    [60, 150, 400].map((face) => createWarpCase(`warp ${side}, face of ${face}`, frame, side, placeFace(face, side))),
  );
  const qualities = [60, 150, 400].map((face) =>
    createWarpCase(`quality patch, face of ${face}`, frame, 64, estimateSimilarity(facePoints(face), QUALITY_POINTS), 2),
  );
  const outside = createWarpCase('warp 112, face of 150, partly outside', frame, 112, placeFace(150, 112, -60));
  return [...fits, ...warps, outside, ...qualities];
}

function createWarpCase(name: string, image: RgbaImage, side: number, transform: Float64Array, maxSamples?: number): Case {
  return { name, run: (preprocessor) => preprocessor.warp(image, [transform], createInput(side), { maxSamples }) };
}

function placeFace(face: number, side: number, left?: number): Float64Array {
  return estimateSimilarity(
    facePoints(face, left),
    PATCH_POINTS.map((value) => (value * side) / 112),
  );
}

/** Landmarks of a face of `side` pixels, tilted by 10 degrees; in the middle of the frame unless `left` says where it begins. */
function facePoints(side: number, left = 320 - side / 2): number[] {
  const [cosine, sine] = [Math.cos(Math.PI / 18) * side, Math.sin(Math.PI / 18) * side];
  const points: number[] = [];
  for (let i = 0; i < FACE_POINTS.length; i += 2) {
    const [x, y] = [(FACE_POINTS[i] as number) - 0.5, (FACE_POINTS[i + 1] as number) - 0.5];
    points.push(left + side / 2 + cosine * x - sine * y, 240 + sine * x + cosine * y);
  }
  return points;
}

function createInput(side: number): InputSpec {
  return {
    name: 'input',
    width: side,
    height: side,
    batch: 'one',
    layout: 'NCHW',
    channelOrder: 'RGB',
    mean: [127.5, 127.5, 127.5],
    scale: [1 / 128, 1 / 128, 1 / 128],
  };
}

/** Some picture: time does not depend on what it shows. */
function createPicture(width: number, height: number): RgbaImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 31) ^ (i >> 7)) };
}

function round3(value: number): number {
  return Number(value.toPrecision(3));
}
