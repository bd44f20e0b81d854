/** A face described on the axes along which recognition fails: light, pose, occlusion, size, blur. */

import type { Face } from '../../engine/analysis.ts';
import type { Box } from '../../geometry/box.ts';
import type { RgbaImage } from '../../image/rgba-image.ts';
import type { Preprocessor } from '../../ports/preprocessor.ts';
import { computeQuality } from '../../quality/compute-quality.ts';
import type { Pose } from '../../quality/estimate-pose.ts';
import { type BlurClass, classifyBlur } from './classify-blur.ts';
import { classifyIllumination, type IlluminationClass } from './classify-illumination.ts';
import { classifyPose, type PoseClass } from './classify-pose.ts';
import { computeEntropy } from './compute-entropy.ts';
import { estimateOcclusion, type OcclusionEstimate, type OcclusionProbabilities } from './estimate-occlusion.ts';
import { cutFacePatch, type FacePatch, isInFaceOval, PATCH_SIDE } from './face-patch.ts';
import { measureOcclusion, type OcclusionFigures, type SecondOpinions } from './measure-occlusion.ts';

/** One face, annotated. */
export interface FaceAnnotation {
  /** Pixels of the image. */
  readonly box: Box;
  /** Of the detector. */
  readonly score: number;
  /** Shorter side of the box, pixels of the image. */
  readonly sizePixels: number;
  /** Of the face oval: brightness in [0, 1], entropy in bits. */
  readonly illumination: { readonly class: IlluminationClass; readonly brightness: number; readonly entropy: number };
  /** Without angles where the face has no usable landmarks. */
  readonly pose: { readonly class: PoseClass } & Partial<Pose>;
  readonly occlusion: OcclusionEstimate;
  readonly blur: { readonly class: BlurClass; readonly sharpness: number };
}

/** What {@link annotateFace} works on. */
export interface AnnotateFaceInput {
  /** The decoded image at full size; coordinates of `face` are its pixels. */
  readonly image: RgbaImage;
  readonly face: Face;
  readonly preprocessor: Preprocessor;
  /** Landmarks of other networks. Without them occlusion rests on the look of the face alone. */
  readonly opinions?: SecondOpinions | undefined;
  /** How frequent occlusion is in the data set. @defaultValue `DEFAULT_OCCLUSION_PRIOR` */
  readonly occlusionPrior?: OcclusionProbabilities | undefined;
}

/** Annotates a face that was found. */
export async function annotateFace(input: AnnotateFaceInput): Promise<FaceAnnotation> {
  const { face, occlusionPrior } = input;
  const { patch, figures, quality } = await measureFace(input);
  const { pose } = quality;
  return {
    box: face.box,
    score: face.score,
    sizePixels: quality.sizePixels,
    illumination: describeIllumination(patch),
    pose: { class: classifyPose(pose), ...pose },
    occlusion: estimateOcclusion(figures, occlusionPrior),
    blur: { class: classifyBlur(quality.sharpness), sharpness: quality.sharpness },
  };
}

/** The figures behind the occlusion of a face: what the weights of `estimateOcclusion` are fitted on. */
export async function measureFaceOcclusion(input: AnnotateFaceInput): Promise<OcclusionFigures> {
  return (await measureFace(input)).figures;
}

async function measureFace({ image, face, preprocessor, opinions }: AnnotateFaceInput) {
  const { box } = face;
  const landmarks = face.landmarks && Float64Array.from(face.landmarks.flatMap(({ x, y }) => [x, y]));
  const [quality] = await computeQuality(image, [{ box, landmarks }], 1, preprocessor);
  if (quality === undefined) throw new RangeError('Expected the quality of one face, got none.');
  const patch = await cutFacePatch(image, { box, landmarks }, preprocessor);
  const boxSize = Math.sqrt(box.width * box.height);
  const figures = measureOcclusion(
    patch,
    // A box stands in for landmarks that coincide.
    { landmarks: patch.isAligned ? landmarks : undefined, boxSize, yawDegrees: quality.pose?.yawDegrees },
    opinions,
  );
  return { patch, figures, quality };
}

function describeIllumination({ luminance, inside }: FacePatch): FaceAnnotation['illumination'] {
  const isFace = (i: number): boolean => inside[i] === 1 && isInFaceOval(i % PATCH_SIDE, Math.floor(i / PATCH_SIDE));
  let sum = 0;
  let count = 0;
  for (let i = 0; i < luminance.length; i++) {
    if (!isFace(i)) continue;
    sum += luminance[i] as number;
    count++;
  }
  const brightness = count === 0 ? 0 : sum / count / 255;
  const entropy = computeEntropy(luminance, isFace);
  return { class: classifyIllumination({ brightness, entropy }), brightness, entropy };
}
