/** The annotator against the labels that people gave to the faces of WIDER FACE. */

import type { Face } from '@isoface/core';
import { annotateFace, type FaceAnnotation, OCCLUSION_CLASSES } from '@isoface/core/evaluation';
import { type LabelledBox, readDetectionSet } from '@isoface/evaluation';
import { type Answer, type Confusion, countConfusion, round } from './confusion.ts';
import { bestOf, measureReliability, type OcclusionAnswer, type Reliability } from './occlusion-report.ts';
import type { Workbench } from './workbench.ts';

/** What was measured with one pack. */
export interface WiderResult {
  readonly pack: string;
  /** Labelled faces of sufficient height, and how many of them the detector found, by labelled occlusion. */
  readonly faces: Readonly<Record<string, { readonly labelled: number; readonly found: number }>>;
  /** At the default prior. WIDER calls a face partially occluded from 1 % on, the annotator from 10 %. */
  readonly occlusion: Confusion & {
    readonly reliability: Reliability;
    /** Probability that a face labelled occluded at all, or heavily, gets more of the probability in question than one that is not. */
    readonly areaUnderCurve: { readonly occluded: number; readonly heavy: number };
    readonly meanConfidence: number;
  };
  /** The same for faces that look into the camera. */
  readonly occlusionOfFrontalFaces: Confusion;
  /** Labelled `normal` or `extreme`; the annotator's `medium` counts as normal. */
  readonly illumination: Confusion;
  readonly blur: Confusion;
  /** `atypical` by WIDER's definition: roll or pitch beyond 30 degrees, or yaw beyond 90. */
  readonly pose: Confusion;
}

const MIN_HEIGHT = 40;
const MIN_IOU = 0.4;
const BLUR = ['none', 'slight', 'heavy'] as const;

interface Judged {
  readonly box: LabelledBox;
  readonly annotation: FaceAnnotation;
  readonly group: number;
}

/** Annotates the labelled faces that each pack finds. */
export async function measureOnWider(workbench: Workbench, directory: string, signal?: AbortSignal): Promise<WiderResult[]> {
  const { images } = await readDetectionSet(directory, { format: 'wider', signal });
  const results: WiderResult[] = [];
  for (const [pack, engine] of Object.entries(workbench.engines)) {
    const judged: Judged[] = [];
    const faces = Object.fromEntries(OCCLUSION_CLASSES.map((name) => [name, { labelled: 0, found: 0 }]));
    for (const [group, { path, boxes }] of images.entries()) {
      signal?.throwIfAborted();
      const image = await workbench.decode(path);
      const found = (await engine.analyze(image, { embeddings: false, signal })).faces;
      for (const box of boxes.filter((candidate) => candidate.box.height >= MIN_HEIGHT && candidate.attributes?.invalid !== 1)) {
        const count = faces[occlusionOf(box)];
        const face = bestMatch(found, box);
        if (count !== undefined) count.labelled++;
        if (face === undefined) continue;
        if (count !== undefined) count.found++;
        const opinions = await workbench.opinions.ask(image, face);
        judged.push({ box, group, annotation: await annotateFace({ image, face, preprocessor: workbench.preprocessor, opinions }) });
      }
    }
    results.push({ pack, faces, ...summarize(judged) });
  }
  return results;
}

function summarize(judged: readonly Judged[]): Omit<WiderResult, 'pack' | 'faces'> {
  const compare = (
    items: readonly Judged[],
    classes: readonly string[],
    truth: (j: Judged) => string,
    answer: (j: Judged) => string,
  ): Confusion =>
    countConfusion(
      items.map((item): Answer => ({ truth: truth(item), answer: answer(item), group: item.group })),
      classes,
    );
  const occlusion = judged.map(
    ({ box, annotation, group }): OcclusionAnswer => ({
      truth: occlusionOf(box),
      probabilities: annotation.occlusion.probabilities,
      group,
    }),
  );
  const byOcclusion = (items: readonly Judged[]): Confusion =>
    compare(
      items,
      OCCLUSION_CLASSES,
      ({ box }) => occlusionOf(box),
      ({ annotation }) => annotation.occlusion.class,
    );
  return {
    occlusion: {
      ...byOcclusion(judged),
      reliability: measureReliability(occlusion),
      areaUnderCurve: {
        occluded: areaUnderCurve(
          occlusion,
          (a) => 1 - a.probabilities.none,
          (a) => a.truth !== 'none',
        ),
        heavy: areaUnderCurve(
          occlusion,
          (a) => a.probabilities.heavy,
          (a) => a.truth === 'heavy',
        ),
      },
      meanConfidence: round(occlusion.reduce((sum, { probabilities }) => sum + probabilities[bestOf(probabilities)], 0) / occlusion.length),
    },
    occlusionOfFrontalFaces: byOcclusion(judged.filter(({ annotation }) => annotation.pose.class === 'frontal')),
    illumination: compare(
      judged,
      ['normal', 'extreme'],
      ({ box }) => (box.attributes?.illumination === 1 ? 'extreme' : 'normal'),
      ({ annotation }) => (annotation.illumination.class === 'medium' ? 'normal' : 'extreme'),
    ),
    blur: compare(
      judged,
      BLUR,
      ({ box }) => BLUR[box.attributes?.blur ?? 0] as string,
      ({ annotation }) => annotation.blur.class,
    ),
    pose: compare(
      judged,
      ['typical', 'atypical'],
      ({ box }) => (box.attributes?.pose === 1 ? 'atypical' : 'typical'),
      ({ annotation: { pose } }) =>
        Math.abs(pose.rollDegrees ?? 0) > 30 || Math.abs(pose.pitchDegrees ?? 0) > 30 || Math.abs(pose.yawDegrees ?? 0) > 90
          ? 'atypical'
          : 'typical',
    ),
  };
}

function occlusionOf({ attributes }: LabelledBox): (typeof OCCLUSION_CLASSES)[number] {
  return OCCLUSION_CLASSES[attributes?.occlusion ?? 0] ?? 'none';
}

function bestMatch(faces: readonly Face[], { box }: LabelledBox): Face | undefined {
  const overlaps = faces.map((face) => {
    const width = Math.min(face.box.x + face.box.width, box.x + box.width) - Math.max(face.box.x, box.x);
    const height = Math.min(face.box.y + face.box.height, box.y + box.height) - Math.max(face.box.y, box.y);
    const shared = Math.max(0, width) * Math.max(0, height);
    return shared / (face.box.width * face.box.height + box.width * box.height - shared);
  });
  const best = overlaps.indexOf(Math.max(...overlaps));
  return (overlaps[best] ?? 0) >= MIN_IOU ? faces[best] : undefined;
}

function areaUnderCurve(
  answers: readonly OcclusionAnswer[],
  score: (a: OcclusionAnswer) => number,
  isPositive: (a: OcclusionAnswer) => boolean,
): number {
  const positives = answers.filter(isPositive).map(score);
  const negatives = answers.filter((a) => !isPositive(a)).map(score);
  let above = 0;
  for (const p of positives) for (const n of negatives) above += p > n ? 1 : p === n ? 0.5 : 0;
  return round(above / (positives.length * negatives.length));
}
