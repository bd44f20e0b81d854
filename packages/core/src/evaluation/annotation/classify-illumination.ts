/** How well a face is lit. */

/** Too dark, usual, too bright. */
export type IlluminationClass = 'low' | 'medium' | 'high';

/** What {@link classifyIllumination} looks at. */
export interface IlluminationFigures {
  /** Mean luminance of the face, in [0, 1]. */
  readonly brightness: number;
  /** Entropy of the face's luminances, bits; see `computeEntropy`. */
  readonly entropy: number;
}

/**
 * Brightness beyond which a face is dark or bright whatever its tones, and the narrower bounds for a face of few tones. In 491 press photographs
 * (LFW, FDDB) the brightness of faces lies between 0.34 and 0.66 (5th and 95th percentile). Set by hand; WIDER FACE's label of extreme illumination
 * is another thing, with which this agrees no better than chance (`benchmarks/results/annotator.json`).
 */
const DARK = { always: 0.25, ifFewTones: 0.35 } as const;
const BRIGHT = { always: 0.7, ifFewTones: 0.6 } as const;
/** Bits. Fewer mean that light or shadow has swallowed a part of the tones. */
const FEW_TONES = 6;

/**
 * Classifies by brightness; in the ranges between usual and extreme by entropy. Brightness is a fact about the picture, not about the light alone:
 * dark skin in good light gives low brightness with full entropy, which is why a face of many tones is only called dark when it is very dark.
 */
export function classifyIllumination({ brightness, entropy }: IlluminationFigures): IlluminationClass {
  const hasFewTones = entropy < FEW_TONES;
  if (brightness < (hasFewTones ? DARK.ifFewTones : DARK.always)) return 'low';
  if (brightness > (hasFewTones ? BRIGHT.ifFewTones : BRIGHT.always)) return 'high';
  return 'medium';
}
