/** The public surface of `@isoface/core/recognizers`: recognizers that are no pack, the classical ones among them. */

export { assertRecognizer } from './assert-recognizer.ts';
export { checkTemplates } from './check-templates.ts';
export { computeTemplateSimilarity, createTemplateScorer, type TemplateScorer } from './compare-templates.ts';
export { createEigenfacesRecognizer } from './eigenfaces.ts';
export { decodeEigenfaces, encodeEigenfaces } from './eigenfaces-file.ts';
export type { EigenfacesModel } from './eigenfaces-model.ts';
export { createLbphRecognizer, type LbphOptions } from './lbph.ts';
export type { Recognizer, RecognizerCrop, TemplateMetric } from './recognizer.ts';
export { assertCrops, DEFAULT_RECOGNIZER_CROP, describeRecognizerCrop } from './recognizer-crop.ts';
export { type EigenfacesOptions, trainEigenfaces } from './train-eigenfaces.ts';
