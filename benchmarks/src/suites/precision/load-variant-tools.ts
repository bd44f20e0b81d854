/** The converters of this repository. */

import type { ActivationRanges } from '@isoface/model-tools';
import type { VariantTools } from './variant-tools.ts';

/** Loads the converters. Only when they are needed: they take longer to load than most suites to plan. */
export async function loadVariantTools(): Promise<VariantTools<ActivationRanges>> {
  const { collectActivationRanges, findSensitiveNodes, quantizeToInt8, toFloat16, toFloat16Stored } = await import('@isoface/model-tools');
  return { collectActivationRanges, findSensitiveNodes, quantizeToInt8, toFloat16, toFloat16Stored };
}
