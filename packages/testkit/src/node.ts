/** Shared test parts that need Node: files, their decoding, and clips made of photos. */

export { blackClip, framedPhotoClip, type PhotoMedium, stillClip } from './film/attack-clips.ts';
export type { ClipMoment, HeadMove } from './film/clip-script.ts';
export { type FilmFace, openFilmFace, type PhotoFace } from './film/film-face.ts';
export { panClip } from './film/pan-clip.ts';
export { type ClipOptions, renderClip, renderFrames } from './film/render-clip.ts';
export { writeMjpeg } from './film/write-mjpeg.ts';
export { readRgba } from './read-rgba.ts';
export { demoPhoto, hasSharedData, readGolden, sharedPath } from './shared-data.ts';
