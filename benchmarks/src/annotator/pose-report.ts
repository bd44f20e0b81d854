/** The pose of the annotator: on projections of heads whose rotation is known, and beside another estimator on photographs. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { estimatePose, type InputSpec, selectProminentFace } from '@isoface/core';
import { classifyPose, createRandom } from '@isoface/core/evaluation';
import { createOrtNodeBackend } from '@isoface/runtime-node';
import { type Answer, type Confusion, countConfusion, round } from './confusion.ts';
import type { Workbench } from './workbench.ts';

/** Projections of other heads than the estimator's, in perspective, with landmarks that are off. */
export interface SyntheticPose {
  readonly heads: number;
  /** Mean absolute error of the yaw, degrees, by range of true yaw. */
  readonly yawErrors: readonly { readonly from: number; readonly to: number; readonly meanDegrees: number; readonly biasDegrees: number }[];
  readonly pitchMeanErrorDegrees: number;
  readonly classes: Confusion;
}

/** Agreement with head-pose-estimation-adas-0001, which errs too: this is not an error rate. */
export interface PoseAgreement {
  readonly pack: string;
  readonly photos: number;
  readonly yawCorrelation: number;
  readonly yawMeanDifferenceDegrees: number;
  /** The other estimator's pitch has the opposite sign and is turned round here. */
  readonly pitchCorrelation: number;
  readonly rollCorrelation: number;
  /** The other estimator in the place of the truth. */
  readonly classes: Confusion;
}

const POSE_CLASSES = ['frontal', 'half-profile', 'profile'] as const;
const HEADS = 3000;
/** The head of `estimatePose`, millimetres: x to the right of the image, y down, z towards the camera. */
const HEAD = [
  [-31.5, 0, 0],
  [31.5, 0, 0],
  [0, 40, 24],
  [-25, 70, 3],
  [25, 70, 3],
] as const;
/** How heads differ from it, and how far landmarks are off, millimetres (standard deviations). */
const SHAPE_MM = 2.5;
const LANDMARK_MM = 1.5;
const CAMERA_MM = [500, 3000] as const;
const EDGES = [0, 22.5, 45, 67.5, 85] as const;

/** Projects heads and estimates their pose. */
export function measureSyntheticPose(): SyntheticPose {
  const random = createRandom(20_13);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const between = (low: number, high: number): number => low + (high - low) * random();
  const cases = Array.from({ length: HEADS }, (_, group) => {
    const yaw = between(-85, 85);
    const pitch = between(-25, 25);
    const roll = between(-30, 30);
    const distance = between(...CAMERA_MM);
    const landmarks = HEAD.flatMap(([x, y, z]) => {
      const point = [x + normal() * SHAPE_MM, y + normal() * SHAPE_MM, z + normal() * SHAPE_MM] as const;
      const [u, v, w] = rotate(point, yaw, pitch, roll);
      const scale = distance / (distance - w);
      return [u * scale + normal() * LANDMARK_MM, v * scale + normal() * LANDMARK_MM];
    });
    const pose = estimatePose(landmarks);
    return { yaw, pitch, group, got: pose };
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const yawErrors = EDGES.slice(0, -1).map((from, i) => {
    const to = EDGES[i + 1] as number;
    const own = cases.filter(({ yaw }) => Math.abs(yaw) >= from && Math.abs(yaw) < to);
    // Towards the side that the head is turned to counts as too much.
    const errors = own.map(({ yaw, got }) => ((got?.yawDegrees ?? 0) - yaw) * Math.sign(yaw));
    return { from, to, meanDegrees: round(mean(errors.map(Math.abs))), biasDegrees: round(mean(errors)) };
  });
  return {
    heads: HEADS,
    yawErrors,
    pitchMeanErrorDegrees: round(mean(cases.map(({ pitch, got }) => Math.abs((got?.pitchDegrees ?? 0) - pitch)))),
    classes: countConfusion(
      cases.map(({ yaw, got, group }): Answer => ({ truth: classifyPose({ yawDegrees: yaw }), answer: classifyPose(got), group })),
      POSE_CLASSES,
    ),
  };
}

/** Pitch first, then yaw, then roll, as in the definition of `Pose`. */
function rotate([x, y, z]: readonly [number, number, number], yaw: number, pitch: number, roll: number): [number, number, number] {
  const [yawed, pitched, rolled] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const y1 = Math.cos(pitched) * y - Math.sin(pitched) * z;
  const z1 = Math.sin(pitched) * y + Math.cos(pitched) * z;
  const x2 = Math.cos(yawed) * x + Math.sin(yawed) * z1;
  const z2 = -Math.sin(yawed) * x + Math.cos(yawed) * z1;
  return [Math.cos(rolled) * x2 - Math.sin(rolled) * y1, Math.sin(rolled) * x2 + Math.cos(rolled) * y1, z2];
}

const ADAS_FILE = 'head_pose_adas_0001.onnx';
const ADAS_INPUT: InputSpec = {
  name: 'input',
  width: 60,
  height: 60,
  batch: 'dynamic',
  layout: 'NCHW',
  channelOrder: 'BGR',
  mean: [0, 0, 0],
  scale: [1, 1, 1],
};

/** Compares with the other estimator on the prominent faces of photographs. */
export async function comparePose(
  workbench: Workbench,
  modelsDir: string,
  photos: readonly string[],
  signal?: AbortSignal,
): Promise<PoseAgreement[]> {
  const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
  const session = await backend.createSession(await readFile(join(modelsDir, ADAS_FILE)), { name: ADAS_FILE, signal });
  try {
    const results: PoseAgreement[] = [];
    for (const [pack, engine] of Object.entries(workbench.engines)) {
      const pairs: { own: readonly number[]; other: readonly number[]; group: number }[] = [];
      for (const [group, path] of photos.entries()) {
        signal?.throwIfAborted();
        const image = await workbench.decode(path);
        const { faces, width, height } = await engine.analyze(image, { embeddings: false, signal });
        const face = selectProminentFace(faces, width, height);
        const pose = face?.quality.pose;
        if (face === undefined || pose === undefined) continue;
        const { x, y, width: boxWidth, height: boxHeight } = face.box;
        const [scaleX, scaleY] = [ADAS_INPUT.width / boxWidth, ADAS_INPUT.height / boxHeight];
        const crop = Float64Array.of(scaleX, 0, scaleX * (0.5 - x) - 0.5, 0, scaleY, scaleY * (0.5 - y) - 0.5);
        const tensor = await workbench.preprocessor.warp(image, [crop], ADAS_INPUT);
        const outputs = await session.run({ input: tensor });
        tensor.dispose();
        const angle = (name: string): number => outputs[name]?.data[0] ?? Number.NaN;
        pairs.push({
          own: [pose.yawDegrees, pose.pitchDegrees, pose.rollDegrees],
          other: [angle('yaw'), -angle('pitch'), angle('roll')],
          group,
        });
      }
      const column = (side: 'own' | 'other', axis: number): number[] => pairs.map((pair) => pair[side][axis] as number);
      const differences = pairs.map(({ own, other }) => Math.abs((own[0] as number) - (other[0] as number)));
      results.push({
        pack,
        photos: pairs.length,
        yawCorrelation: correlate(column('own', 0), column('other', 0)),
        yawMeanDifferenceDegrees: round(differences.reduce((sum, value) => sum + value, 0) / differences.length),
        pitchCorrelation: correlate(column('own', 1), column('other', 1)),
        rollCorrelation: correlate(column('own', 2), column('other', 2)),
        classes: countConfusion(
          pairs.map(({ own, other, group }): Answer => {
            const [truth, answer] = [other, own].map(([yaw = 0]) => classifyPose({ yawDegrees: yaw }));
            return { truth: truth as string, answer: answer as string, group };
          }),
          POSE_CLASSES,
        ),
      });
    }
    return results;
  } finally {
    await session.dispose();
  }
}

function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * ((b[i] as number) - meanB)));
  const spread = (values: readonly number[], centre: number): number => Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return round(covariance / (spread(a, meanA) * spread(b, meanB)));
}
