/** Templates from a recognizer that takes aligned faces: the classical ones, and those that users bring. */

import {
  computeAlignment,
  createBestPreprocessor,
  type EmbedderManifest,
  type Face,
  type InputSpec,
  isFaceError,
  readTensor,
  toLuminance,
} from '@isoface/core';
import { checkTemplates, type Recognizer } from '@isoface/core/recognizers';
import { createSharpImageDecoder, type NodeFaceEngine } from '@isoface/runtime-node';
import { isImageError } from '../dataset/image-error.ts';
import { toSighting } from './pack-source.ts';
import { fingerprintEngine, type TemplateSource } from './template-source.ts';

/** Cuts the faces that a recognizer takes. */
interface FaceCropper {
  /**
   * @returns Shape [C, H, W], 0..255, or `undefined` for landmarks that coincide.
   * @throws {FaceError} `IMAGE_INVALID` and the other errors of decoding; `SHAPE_MISMATCH` for a detector without the landmarks.
   */
  crop(path: string, face: Face, signal?: AbortSignal): Promise<Float32Array | undefined>;
}

/**
 * Makes a recognizer a template source: the engine finds the faces, they are cut as the recognizer asks. The source owns both from then on.
 *
 * @param train - Where the templates are only what another recognizer is trained on and made of.
 */
export async function createCropSource(
  engine: NodeFaceEngine,
  recognizer: Recognizer,
  train?: TemplateSource['train'],
): Promise<TemplateSource> {
  const cropper = await createFaceCropper(recognizer);
  return {
    recognizer: recognizer.id,
    contract: recognizer.contract,
    dimension: recognizer.dimension,
    metric: recognizer.metric,
    engine: engine.info,
    fingerprint: `${recognizer.contract}\n${fingerprintEngine(engine.info)}`,
    train,
    async *sight(paths, signal) {
      const list = [...paths];
      for await (const outcome of engine.analyzeMany(list, { embeddings: false, signal })) {
        const { index } = outcome;
        if ('error' in outcome) {
          yield outcome;
          continue;
        }
        try {
          const sighting = toSighting(outcome.analysis);
          const crop = sighting.face && (await cropper.crop(list[index] as string, sighting.face, signal));
          if (crop === undefined) {
            yield { index, sighting };
            continue;
          }
          const template: unknown = await recognizer.computeTemplates(crop, 1);
          checkTemplates(recognizer, template, 1);
          yield { index, sighting: { ...sighting, template: template.slice() } };
        } catch (error) {
          signal?.throwIfAborted();
          // What a recognizer does wrong it does for every image: that is no property of this one.
          if (!isImageError(error)) throw error;
          yield { index, error };
        }
      }
    },
    async dispose() {
      await Promise.all([engine.dispose(), recognizer.dispose?.()]);
    },
  };
}

/** Creates the cropper of a recognizer. */
async function createFaceCropper({ id, crop }: Pick<Recognizer, 'id' | 'crop'>): Promise<FaceCropper> {
  const decoder = createSharpImageDecoder();
  const preprocessor = await createBestPreprocessor();
  const { width, height, alignment, channels } = crop;
  const input: InputSpec = {
    name: 'crop',
    width,
    height,
    batch: 'dynamic',
    layout: 'NCHW',
    channelOrder: 'RGB',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  };
  const aligned: Pick<EmbedderManifest, 'id' | 'alignment' | 'input'> = { id, alignment, input };
  return {
    async crop(path, { landmarks, landmarks68 }, signal) {
      const { image, sourceWidth, dispose } = await decoder.decode(path, { signal });
      try {
        // The face is in pixels of the photo; a large photo is shrunk while it is decoded.
        const scale = image.width / sourceWidth;
        const transform = tryAlign({ landmarks: pack(landmarks, scale), landmarks68: pack(landmarks68, scale) }, aligned);
        if (transform === undefined) return undefined;
        const tensor = await preprocessor.warp(image, [transform], input);
        try {
          const rgb = await readTensor(tensor);
          return channels === 'rgb' ? rgb.slice() : toLuminance(rgb);
        } finally {
          tensor.dispose();
        }
      } finally {
        dispose?.();
      }
    },
  };
}

function tryAlign(face: Parameters<typeof computeAlignment>[0], aligned: Parameters<typeof computeAlignment>[1]): Float64Array | undefined {
  try {
    return computeAlignment(face, aligned);
  } catch (error) {
    if (isFaceError(error, 'DEGENERATE_LANDMARKS')) return undefined;
    throw error;
  }
}

function pack(points: Face['landmarks'], scale: number): number[] | undefined {
  return points?.flatMap(({ x, y }) => [x * scale, y * scale]);
}
