/** Shared test parts of isoface. */

export { readRgba } from './read-rgba.ts';
export { createLegacyPreprocessor, legacySquareResize, type Region } from './reference/legacy-square-resize.ts';
export { opencvResize } from './reference/opencv-resize.ts';
export { demoPhoto, hasSharedData, readGolden, sharedPath } from './shared-data.ts';
