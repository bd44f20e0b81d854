/** The crop itself as the template: what recognizers that are trained learn from. */

import { assertCrops, describeRecognizerCrop, type Recognizer, type RecognizerCrop } from '@isoface/core/recognizers';

/** Makes crops templates, compared by the distance of their pixels. */
export function createPixelRecognizer(crop: RecognizerCrop): Recognizer {
  return {
    id: 'pixels',
    contract: `pixels:${describeRecognizerCrop(crop)}`,
    dimension: crop.width * crop.height * (crop.channels === 'rgb' ? 3 : 1),
    metric: 'euclidean',
    crop,
    computeTemplates(crops, count) {
      assertCrops(crops, count, crop);
      return crops.slice();
    },
  };
}
