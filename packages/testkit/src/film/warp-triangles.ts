/** A picture on a net of triangles whose corners have moved. */

import type { RgbFrame } from './rgb-frame.ts';

/** A net over a source picture. */
export interface TriangleNet {
  /** Corners in the source, shape [N, 2], pixels. */
  readonly source: Float64Array;
  /** Three corners per triangle, shape [T, 3]. */
  readonly triangles: Uint32Array;
}

/** Pixels on a shared edge belong to both triangles, so that no seam stays open. */
const EDGE_SLACK = 1e-3;

/**
 * Draws the triangles of a source picture at their new places, far ones first. Those at their old places are left out.
 *
 * @param moved - Corners at their new places, shape [N, 3]: pixels of the target, and depth, which is smaller for what is nearer.
 * @param target - Drawn into; for a net with triangles that do not move, a copy of the source.
 */
export function warpTriangles(source: RgbFrame, net: TriangleNet, moved: Float64Array, target: RgbFrame): void {
  const { triangles } = net;
  const depthOf = (triangle: number): number => {
    let sum = 0;
    for (let corner = 0; corner < 3; corner++) sum += moved[(triangles[triangle * 3 + corner] as number) * 3 + 2] as number;
    return sum;
  };
  const depths = Float64Array.from({ length: triangles.length / 3 }, (_, i) => depthOf(i));
  const order = Uint32Array.from(depths.keys()).sort((a, b) => (depths[b] as number) - (depths[a] as number));
  for (const triangle of order) drawTriangle(source, net, moved, target, triangle * 3);
}

function drawTriangle(source: RgbFrame, net: TriangleNet, moved: Float64Array, target: RgbFrame, first: number): void {
  const corner = (k: number): [x: number, y: number, u: number, v: number] => {
    const index = net.triangles[first + k] as number;
    return [
      moved[index * 3] as number,
      moved[index * 3 + 1] as number,
      net.source[index * 2] as number,
      net.source[index * 2 + 1] as number,
    ];
  };
  const [ax, ay, au, av] = corner(0);
  const [bx, by, bu, bv] = corner(1);
  const [cx, cy, cu, cv] = corner(2);
  // What has not moved is there already.
  if (isStill(ax, ay, au, av) && isStill(bx, by, bu, bv) && isStill(cx, cy, cu, cv)) return;
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  // Corners are on one line: nothing to see.
  if (Math.abs(area) < 1e-9) return;
  const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const right = Math.min(target.width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const bottom = Math.min(target.height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  const [stepB, stepC] = [(cy - ay) / area, (ay - by) / area];
  for (let y = top; y <= bottom; y++) {
    const dx = left + 0.5 - ax;
    const dy = y + 0.5 - ay;
    let b = (dx * (cy - ay) - (cx - ax) * dy) / area;
    let c = ((bx - ax) * dy - dx * (by - ay)) / area;
    for (let x = left; x <= right; x++, b += stepB, c += stepC) {
      if (b < -EDGE_SLACK || c < -EDGE_SLACK || b + c > 1 + EDGE_SLACK) continue;
      copyPixel(source, au + (bu - au) * b + (cu - au) * c - 0.5, av + (bv - av) * b + (cv - av) * c - 0.5, target, y * target.width + x);
    }
  }
}

function isStill(x: number, y: number, u: number, v: number): boolean {
  return x === u && y === v;
}

/** Bilinear, in 256ths of a pixel; outside the source its border goes on. Plain numbers: it runs for every pixel. */
function copyPixel({ width, height, data }: RgbFrame, u: number, v: number, target: RgbFrame, pixel: number): void {
  const x = Math.max(0, Math.min(u * 256, (width - 1) * 256 - 1)) | 0;
  const y = Math.max(0, Math.min(v * 256, (height - 1) * 256 - 1)) | 0;
  const fx = x & 255;
  const fy = y & 255;
  const from = ((y >> 8) * width + (x >> 8)) * 3;
  const below = from + width * 3;
  for (let channel = 0; channel < 3; channel++) {
    const upper = (data[from + channel] as number) * (256 - fx) + (data[from + 3 + channel] as number) * fx;
    const lower = (data[below + channel] as number) * (256 - fx) + (data[below + 3 + channel] as number) * fx;
    target.data[pixel * 3 + channel] = (upper * (256 - fy) + lower * fy + 32_768) >> 16;
  }
}
