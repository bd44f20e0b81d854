/** A number for the pixels of a frame, to find frames that are exactly the same. */

import type { FrameImage } from '../image/rgba-image.ts';
import type { InputSpec } from '../ports/model-manifest.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { readTensor } from '../ports/tensor.ts';

/** So many single pixels are looked at: the noise of a camera changes some of them in every frame. */
const [COLUMNS, ROWS] = [40, 30];
const SAMPLES: InputSpec = {
  name: 'samples',
  width: COLUMNS,
  height: ROWS,
  batch: 'one',
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [0, 0, 0],
  scale: [1, 1, 1],
};

/**
 * FNV-1a over single pixels on a grid.
 *
 * @returns 32 bits; `undefined` where all of them have one colour: a covered lens gives the same picture again and again.
 */
export async function computeFingerprint(image: FrameImage, preprocessor: Preprocessor): Promise<number | undefined> {
  // Sampled at whole pixels, so that no interpolation rounds small differences away.
  const [stepX, stepY] = [Math.max(1, Math.floor(image.width / COLUMNS)), Math.max(1, Math.floor(image.height / ROWS))];
  const transform = Float64Array.of(1 / stepX, 0, 0, 0, 1 / stepY, 0);
  const tensor = await preprocessor.warp(image, [transform], SAMPLES, { maxSamples: 1 });
  try {
    const values = await readTensor(tensor);
    let hash = 0x811c9dc5;
    let isPlain = true;
    for (let i = 0; i < values.length; i++) {
      const value = Math.round(values[i] as number);
      const first = Math.floor(i / (COLUMNS * ROWS)) * COLUMNS * ROWS;
      if (value !== Math.round(values[first] as number)) isPlain = false;
      hash = Math.imul(hash ^ value, 0x01000193);
    }
    return isPlain ? undefined : hash >>> 0;
  } finally {
    tensor.dispose();
  }
}
