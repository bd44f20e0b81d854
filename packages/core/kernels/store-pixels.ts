/** From four pixels, one vector per colour, to the numbers of a model input. */

/**
 * Writes `pixel * scale + shift` of up to four pixels.
 *
 * @param layout - Address of three scales, three shifts (f32, red green blue), three byte offsets of the colours from a pixel's address and
 *   the bytes from pixel to pixel (i32): 4 when each colour has a plane of its own, 12 when they are interleaved.
 * @param at - Address of the first pixel.
 * @param count - How many of the four pixels are wanted.
 */
export function storePixels(layout: usize, at: usize, count: i32, red: v128, green: v128, blue: v128): void {
  red = f32x4.add(f32x4.mul(red, v128.load32_splat(layout)), v128.load32_splat(layout, 12));
  green = f32x4.add(f32x4.mul(green, v128.load32_splat(layout, 4)), v128.load32_splat(layout, 16));
  blue = f32x4.add(f32x4.mul(blue, v128.load32_splat(layout, 8)), v128.load32_splat(layout, 20));
  if (load<i32>(layout, 36) == 4) {
    storeLanes(at + load<u32>(layout, 24), count, red);
    storeLanes(at + load<u32>(layout, 28), count, green);
    storeLanes(at + load<u32>(layout, 32), count, blue);
    return;
  }
  const redComesFirst = load<i32>(layout, 24) == 0;
  const head = redComesFirst ? red : blue;
  const tail = redComesFirst ? blue : red;
  // head0 green0 tail0 head1 | green1 tail1 head2 green2 | tail2 head3 green3 tail3
  storeLanes(at, count * 3, v128.shuffle<f32>(v128.shuffle<f32>(head, green, 0, 4, 1, 5), tail, 0, 1, 4, 2));
  storeLanes(at + 16, count * 3 - 4, v128.shuffle<f32>(v128.shuffle<f32>(green, tail, 1, 5, 2, 3), head, 0, 1, 6, 2));
  storeLanes(at + 32, count * 3 - 8, v128.shuffle<f32>(v128.shuffle<f32>(tail, green, 2, 7, 3, 3), head, 0, 7, 1, 2));
}

/** Stores the first `count` lanes; all four for more, none for less than one. */
function storeLanes(at: usize, count: i32, lanes: v128): void {
  if (count >= 4) {
    v128.store(at, lanes);
    return;
  }
  if (count > 0) v128.store_lane<f32>(at, lanes, 0);
  if (count > 1) v128.store_lane<f32>(at, lanes, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, lanes, 2, 8);
}
