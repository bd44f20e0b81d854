/** The public surface of `@isoface/core/recognizers`: recognizers that are no pack, the classical ones among them. */

export type { Recognizer, RecognizerCrop, TemplateMetric } from './recognizer.ts';
