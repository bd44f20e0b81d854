/** Shared test parts that need Node: files and their decoding. */

export { readRgba } from './read-rgba.ts';
export { demoPhoto, hasSharedData, readGolden, sharedPath } from './shared-data.ts';
