/** Things drawn over faces, so that the share of the face that is covered is known. */

import type { RgbaImage } from '@isoface/core';

type Random = () => number;
type Rgb = readonly [number, number, number];

/** What covers a face; `edge` is the edge of the picture itself and drawn elsewhere. */
export const OCCLUDER_KINDS = ['mask', 'sunglasses', 'bar', 'block', 'hand', 'cutout', 'curtain', 'object', 'edge'] as const;
/** One of {@link OCCLUDER_KINDS}. */
export type OccluderKind = (typeof OCCLUDER_KINDS)[number];

/** A picture with something over a face; `covered` is 1 where it is, shape [height, width]. */
export interface OccludedImage {
  readonly image: RgbaImage;
  readonly covered: Uint8Array;
}

/**
 * Draws over a face.
 *
 * @param toFace - From image pixels to the face patch.
 * @param texture - Another picture, for `cutout`.
 */
export function drawOccluder(
  kind: Exclude<OccluderKind, 'edge'>,
  image: RgbaImage,
  toFace: Float64Array,
  texture: RgbaImage,
  random: Random,
): OccludedImage {
  const painter = PAINTERS[kind](random, { image, toFace, texture });
  const { width, height } = image;
  const data = new Uint8ClampedArray(image.data);
  const covered = new Uint8Array(width * height);
  const [a, b, c, d, e, f] = Array.from(toFace) as [number, number, number, number, number, number];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Sub-pixel coverage by 2x2 samples keeps edges soft as in a photograph.
      let hits = 0;
      for (const [ox, oy] of [
        [-0.25, -0.25],
        [0.25, -0.25],
        [-0.25, 0.25],
        [0.25, 0.25],
      ] as const) {
        const u = a * (x + ox) + b * (y + oy) + c;
        const v = d * (x + ox) + e * (y + oy) + f;
        if (painter.isInside(u, v)) hits++;
      }
      if (hits === 0) continue;
      const i = y * width + x;
      const color = painter.color(a * x + b * y + c, d * x + e * y + f, x, y);
      const share = (hits / 4) * painter.opacity;
      for (let k = 0; k < 3; k++) data[i * 4 + k] = (data[i * 4 + k] as number) * (1 - share) + (color[k] as number) * share;
      if (hits >= 2) covered[i] = 1;
    }
  }
  return { image: { width, height, data }, covered };
}

interface Painter {
  readonly opacity: number;
  isInside(u: number, v: number): boolean;
  color(u: number, v: number, x: number, y: number): Rgb;
}
interface Scene {
  readonly image: RgbaImage;
  readonly toFace: Float64Array;
  readonly texture: RgbaImage;
}

const PAINTERS: Readonly<Record<Exclude<OccluderKind, 'edge'>, (random: Random, scene: Scene) => Painter>> = {
  mask(random) {
    const top = 46 + random() * 18;
    const half = 28 + random() * 8;
    const bottom = 90 + random() * 8;
    const dip = random() * 6;
    const fabric = pickFabric(random, [
      [200, 220, 235],
      [235, 235, 235],
      [30, 30, 34],
      [120, 160, 200],
    ]);
    const pleat = 4 + random() * 6;
    return {
      opacity: 1,
      isInside: (u, v) => {
        const t = (u - 48) / half;
        return Math.abs(t) <= 1 && v >= top + dip * (t * t) && v <= bottom - 14 * t * t;
      },
      color: (u, v) => shade(fabric(u, v), 1 - 0.25 * ((u - 48) / half) ** 2 + 0.06 * Math.sin((v / pleat) * 2 * Math.PI)),
    };
  },
  sunglasses(random) {
    const radiusX = 11 + random() * 4;
    const radiusY = 7 + random() * 6;
    const drop = -1 + random() * 4;
    const base = jitter(
      random,
      [
        [15, 15, 18],
        [40, 28, 20],
        [25, 30, 45],
        [60, 60, 60],
      ],
      12,
    );
    const power = 2 + random() * 3;
    const shine = random() * 60;
    const opacity = 0.88 + random() * 0.12;
    return {
      opacity,
      isInside: (u, v) => {
        const lens = (cx: number): boolean => Math.abs((u - cx) / radiusX) ** power + Math.abs((v - 40 - drop) / radiusY) ** power <= 1;
        return lens(32) || lens(64) || (Math.abs(v - 38 - drop) < 1.6 && u > 14 && u < 82);
      },
      color: (_, v) => shade(base, 1).map((value) => value + shine * Math.max(0, (40 + drop - v) / radiusY)) as unknown as Rgb,
    };
  },
  bar(random) {
    const y = random() < 0.7 ? 40 : 20 + random() * 65;
    const halfHeight = 6 + random() * 12;
    const angle = (random() - 0.5) * 0.4;
    const halfWidth = 26 + random() * 20;
    const base = random() < 0.6 ? jitter(random, [[8, 8, 8]], 8) : randomColor(random);
    return {
      opacity: 1,
      isInside: (u, v) => {
        const [p, q] = rotate(u - 48, v - y, angle);
        return Math.abs(p) <= halfWidth && Math.abs(q) <= halfHeight;
      },
      color: () => base,
    };
  },
  block(random) {
    const [cx, cy] = pointOnFace(random);
    const halfWidth = 8 + random() * 26;
    const halfHeight = 8 + random() * 26;
    const angle = random() * Math.PI;
    const isEllipse = random() < 0.4;
    const fabric = pickFabric(random, [randomColor(random), randomColor(random)]);
    return {
      opacity: 1,
      isInside: (u, v) => {
        const [p, q] = rotate(u - cx, v - cy, angle);
        return isEllipse ? (p / halfWidth) ** 2 + (q / halfHeight) ** 2 <= 1 : Math.abs(p) <= halfWidth && Math.abs(q) <= halfHeight;
      },
      color: fabric,
    };
  },
  hand(random, { image, toFace }) {
    const skin = sampleSkin(image, toFace).map((value) => value * (0.8 + random() * 0.35)) as unknown as Rgb;
    const [cx, cy] = random() < 0.6 ? [48 + (random() - 0.5) * 20, 72 + (random() - 0.5) * 16] : pointOnFace(random);
    const angle = random() * 2 * Math.PI;
    const width = 3.2 + random() * 2.2;
    const fingers = 2 + Math.floor(random() * 3);
    const length = 22 + random() * 22;
    const palm = random() < 0.7 ? 10 + random() * 9 : 0;
    const finger = (q: number): number => {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i < fingers; i++) best = Math.min(best, Math.abs(q - (i - (fingers - 1) / 2) * width * 2.15));
      return best;
    };
    return {
      opacity: 1,
      isInside: (u, v) => {
        const [p, q] = rotate(u - cx, v - cy, angle);
        const inPalm = palm > 0 && ((p + length / 2) / palm) ** 2 + (q / (palm * 1.15)) ** 2 <= 1;
        return inPalm || (Math.abs(p) <= length / 2 && finger(q) <= width);
      },
      color: (u, v) => {
        const [p, q] = rotate(u - cx, v - cy, angle);
        const across = p < -length / 2 + 4 ? 0.2 : finger(q) / width;
        return shade(skin, 1.06 - 0.45 * Math.min(1, across) ** 3);
      },
    };
  },
  cutout(random, { texture }) {
    const [cx, cy] = pointOnFace(random);
    const angle = random() * 2 * Math.PI;
    const radius = 10 + random() * 26;
    const stretch = 0.6 + random() * 0.9;
    const wave = Array.from({ length: 3 }, () => [random() * 0.25, random() * 7] as const);
    const offset = [Math.floor(random() * texture.width), Math.floor(random() * texture.height)] as const;
    return {
      opacity: 1,
      isInside: (u, v) => {
        const [p, q] = rotate(u - cx, v - cy, angle);
        const theta = Math.atan2(q, p);
        const edge = radius * (1 + wave.reduce((sum, [size, phase], k) => sum + size * Math.sin((k + 2) * theta + phase), 0));
        return Math.hypot(p, q * stretch) <= edge;
      },
      color: (_u, _v, x, y) => {
        const i = (((y + offset[1]) % texture.height) * texture.width + ((x + offset[0]) % texture.width)) * 4;
        return [texture.data[i] as number, texture.data[i + 1] as number, texture.data[i + 2] as number];
      },
    };
  },
  curtain(random) {
    const angle = (Math.floor(random() * 4) * Math.PI) / 2 + (random() - 0.5) * 0.7;
    const reach = 4 + random() * 34;
    const base = jitter(
      random,
      [
        [35, 28, 24],
        [90, 65, 40],
        [160, 130, 90],
        [20, 20, 22],
        [120, 30, 40],
        [70, 80, 110],
      ],
      20,
    );
    const period = 1.5 + random() * 4;
    const depth = random() * 0.5;
    const bend = (random() - 0.5) * 0.02;
    return {
      opacity: 1,
      isInside: (u, v) => {
        const [p, q] = rotate(u - 48, v - 50, angle);
        return p - bend * q * q >= 44 - reach;
      },
      color: (u, v) => {
        const [p, q] = rotate(u - 48, v - 50, angle);
        return shade(base, 1 + depth * Math.sin((p - bend * q * q) / period + Math.sin(q / 9)));
      },
    };
  },
  object(random) {
    const cx = 48 + (random() - 0.5) * 24;
    const cy = 70 + (random() - 0.5) * 20;
    const radius = 6 + random() * 14;
    const base =
      random() < 0.5
        ? jitter(
            random,
            [
              [25, 25, 25],
              [110, 110, 110],
            ],
            15,
          )
        : randomColor(random);
    const angle = (random() - 0.5) * 1.6;
    const stick = radius * (0.3 + random() * 0.5);
    return {
      opacity: 1,
      isInside: (u, v) => {
        const [p, q] = rotate(u - cx, v - cy, angle);
        return p * p + q * q <= radius * radius || (q > 0 && Math.abs(p) <= stick);
      },
      color: (u, v) => {
        const [p] = rotate(u - cx, v - cy, angle);
        return shade(base, 1.25 - 0.5 * Math.abs(p / radius + 0.3));
      },
    };
  },
};

function pickFabric(random: Random, palette: readonly Rgb[]): (u: number, v: number) => Rgb {
  const base = random() < 0.7 ? jitter(random, palette, 18) : randomColor(random);
  const second = randomColor(random);
  const pattern = Math.floor(random() * 4);
  const period = 3 + random() * 8;
  const angle = random() * Math.PI;
  const mix = 0.3 + random() * 0.7;
  const blend = (share: number): Rgb => base.map((value, k) => value + ((second[k] as number) - value) * share * mix) as unknown as Rgb;
  const noise = random() * 25;
  return (u, v) => {
    if (pattern < 2) return base;
    const [p, q] = rotate(u, v, angle);
    if (pattern === 2) return blend(Math.sin((p / period) * 2 * Math.PI) > 0 ? 1 : 0);
    // A fixed hash instead of random numbers: the same texture in every pass.
    const hash = Math.sin(Math.floor(p / 2) * 12.9898 + Math.floor(q / 2) * 78.233) * 43758.5453;
    return base.map((value) => value + (hash - Math.floor(hash) - 0.5) * 2 * noise) as unknown as Rgb;
  };
}

/** Mean colour of the cheeks. */
function sampleSkin({ width, height, data }: RgbaImage, toFace: Float64Array): Rgb {
  const [a, b, c, d, e, f] = Array.from(toFace) as [number, number, number, number, number, number];
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [a * x + b * y + c, d * x + e * y + f];
      if (v < 54 || v > 64 || Math.abs(Math.abs(u - 48) - 17) > 5) continue;
      for (let k = 0; k < 3; k++) sum[k] = (sum[k] as number) + (data[(y * width + x) * 4 + k] as number);
      count++;
    }
  }
  return (count === 0 ? [180, 140, 120] : sum.map((value) => value / count)) as unknown as Rgb;
}

function pointOnFace(random: Random): [number, number] {
  const angle = random() * 2 * Math.PI;
  const distance = Math.sqrt(random()) * 1.05;
  return [48 + 35 * distance * Math.cos(angle), 50 + 44 * distance * Math.sin(angle)];
}

function rotate(x: number, y: number, angle: number): [number, number] {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  return [cosine * x + sine * y, cosine * y - sine * x];
}

function shade(color: Rgb, by: number): Rgb {
  return [color[0] * by, color[1] * by, color[2] * by];
}

function jitter(random: Random, palette: readonly Rgb[], by: number): Rgb {
  const base = palette[Math.floor(random() * palette.length)] as Rgb;
  return base.map((value) => value + (random() - 0.5) * 2 * by) as unknown as Rgb;
}

function randomColor(random: Random): Rgb {
  return [random() * 255, random() * 255, random() * 255];
}
