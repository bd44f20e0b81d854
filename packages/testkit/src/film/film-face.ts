/** A face of a photo that can be filmed while it moves. */

import Delaunator from 'delaunator';
import sharp from 'sharp';
import type { HeadMove } from './clip-script.ts';
import { FACE_OVAL, type HeadAxis, MESH_POINTS, moveFeatures, pointOf, turnHead } from './move-face.ts';
import { CLIP_HEIGHT, CLIP_WIDTH, type RgbFrame } from './rgb-frame.ts';
import { warpTriangles } from './warp-triangles.ts';

/** A photo and the mesh of the face in it that is filmed. */
export interface PhotoFace {
  /** A file, or its bytes. */
  readonly photo: string | Uint8Array;
  /** Face mesh in pixels of the photo, shape [468, 3]; z smaller for what is nearer. */
  readonly mesh: ArrayLike<number>;
}

/** A face that is ready to be filmed. */
export interface FilmFace {
  /** The part of the photo that is filmed. */
  readonly picture: RgbFrame;
  /** The frame in which the face moves as said, without noise. */
  frame(move: HeadMove): RgbFrame;
}

/** Rings around the oval of the face: how far, how much they take part in what the head does, how far behind it in widths of the face. */
const RINGS = [
  { reach: 1.3, follow: 1, behind: 0.08 },
  { reach: 2, follow: 0.4, behind: 0.3 },
  { reach: 3, follow: 0, behind: 1 },
] as const;
/** Steps along each side of the frame. */
const BORDER_STEPS = 4;
/** In widths of the face: a head at arm's length. */
const CAMERA_DISTANCE = 4;

/**
 * Cuts a photo so that the face is in the middle of a frame, and lays a net over it.
 *
 * @param faceShare - Height of the face, from hairline to chin, by the height of the frame.
 */
export async function openFilmFace({ photo, mesh }: PhotoFace, faceShare = 0.45): Promise<FilmFace> {
  if (mesh.length !== MESH_POINTS * 3) throw new TypeError(`Expected ${MESH_POINTS * 3} numbers of a face mesh, got ${mesh.length}.`);
  const { picture, points } = await cutFrame(photo, mesh, faceShare);
  const axis = axisOf(points);
  const rings = RINGS.map(({ reach, follow, behind }) => ({ follow, points: ringOf(points, reach, behind, axis) }));
  const border = borderOf(axis);
  const source = flatten([points, ...rings.map((ring) => ring.points), border]);
  const { triangles } = new Delaunator(source);
  return {
    picture,
    frame(move) {
      const head = turnHead(moveFeatures(points, move), move, axis);
      const around = rings.map((ring) => {
        const turned = turnHead(ring.points, move, axis);
        return ring.points.map((at, i) => at + ((turned[i] as number) - at) * ring.follow);
      });
      const frame = { ...picture, data: picture.data.slice() };
      warpTriangles(picture, { source, triangles }, concatenate([head, ...around, border]), frame);
      return frame;
    },
  };
}

/** The part of the photo around the face, as a frame, with the mesh in its pixels. Where the photo ends, its border goes on: a mirror would show the face twice. */
async function cutFrame(
  photo: PhotoFace['photo'],
  mesh: ArrayLike<number>,
  faceShare: number,
): Promise<{ picture: RgbFrame; points: Float64Array }> {
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  const [, top] = pointOf(mesh, 10);
  const [, bottom] = pointOf(mesh, 152);
  const oval = FACE_OVAL.map((index) => pointOf(mesh, index));
  const centreX = oval.reduce((sum, [x]) => sum + x, 0) / oval.length;
  const pixelsPerRow = Math.max(bottom - top, 1) / (faceShare * CLIP_HEIGHT);
  const [wide, high] = [Math.round(CLIP_WIDTH * pixelsPerRow), Math.round(CLIP_HEIGHT * pixelsPerRow)];
  const left = Math.round(centreX - wide / 2);
  const upper = Math.round((top + bottom) / 2 - high / 2);
  const missing = {
    left: Math.max(0, -left),
    top: Math.max(0, -upper),
    right: Math.max(0, left + wide - width),
    bottom: Math.max(0, upper + high - height),
  };
  const extended = await sharp(photo)
    .removeAlpha()
    .toColourspace('srgb')
    .extend({ ...missing, extendWith: 'copy' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const data = await sharp(extended.data, { raw: extended.info })
    .extract({ left: left + missing.left, top: upper + missing.top, width: wide, height: high })
    .resize(CLIP_WIDTH, CLIP_HEIGHT, { fit: 'fill' })
    .raw()
    .toBuffer();
  const scale = 1 / pixelsPerRow;
  const offset = [left, upper, 0];
  return {
    picture: { width: CLIP_WIDTH, height: CLIP_HEIGHT, data: new Uint8ClampedArray(data) },
    points: Float64Array.from(mesh, (value, i) => (value - (offset[i % 3] as number)) * scale),
  };
}

/** Heads turn about their middle, which lies behind the face, between the ears. */
function axisOf(points: Float64Array): HeadAxis & { readonly width: number } {
  const [left, right] = [pointOf(points, 234), pointOf(points, 454)];
  const [, top] = pointOf(points, 10);
  const [, bottom] = pointOf(points, 152);
  const width = Math.hypot(right[0] - left[0], right[1] - left[1]);
  return {
    pivot: [(left[0] + right[0]) / 2, (top + bottom) / 2, (left[2] + right[2]) / 2],
    cameraDistance: CAMERA_DISTANCE * width,
    width,
  };
}

function ringOf(points: Float64Array, reach: number, behind: number, { pivot, width }: ReturnType<typeof axisOf>): Float64Array {
  const ring = FACE_OVAL.map((index) => {
    const [x, y, z] = pointOf(points, index);
    return [pivot[0] + (x - pivot[0]) * reach, pivot[1] + (y - pivot[1]) * reach, z + behind * width];
  });
  return Float64Array.from(ring.flat());
}

function borderOf({ pivot, width }: ReturnType<typeof axisOf>): Float64Array {
  const far = pivot[2] + 2 * width;
  const sides = Array.from({ length: BORDER_STEPS }, (_, i) => {
    const share = i / BORDER_STEPS;
    const [x, y] = [share * CLIP_WIDTH, share * CLIP_HEIGHT];
    return [
      [x, 0, far],
      [CLIP_WIDTH, y, far],
      [CLIP_WIDTH - x, CLIP_HEIGHT, far],
      [0, CLIP_HEIGHT - y, far],
    ];
  });
  return Float64Array.from(sides.flat(2));
}

function concatenate(lists: readonly Float64Array[]): Float64Array {
  return Float64Array.from(lists.flatMap((list) => [...list]));
}

/** Without depth, as the triangulation and the source of the net want it. */
function flatten(lists: readonly Float64Array[]): Float64Array {
  return concatenate(lists).filter((_, i) => i % 3 !== 2);
}
