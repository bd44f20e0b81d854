/** The end of every kernel: from a colour to the numbers of a model input. */

/**
 * WGSL. Expects a global `params` with a field `channels: Channels` and a storage buffer `result`.
 * `Channels` takes 48 bytes: see `writeChannels` in `kernel-params.ts`.
 */
export const WRITE_PIXEL_WGSL = /* wgsl */ `
struct Channels {
  offsets: vec3u,     // elements from a pixel to its red, green and blue value
  pixelStride: u32,   // elements from one pixel to the next
  scales: vec3f,      // value = colour * scale + shift
  shifts: vec3f,
}

// Colours of a texel as the whole numbers 0 … 255 that they were uploaded as.
fn colour_of(texel: vec4f) -> vec3f {
  return round(texel.rgb * 255.0);
}

fn write_pixel(block: u32, pixel: u32, colour: vec3f) {
  let value = colour * params.channels.scales + params.channels.shifts;
  let at = vec3u(block + pixel * params.channels.pixelStride) + params.channels.offsets;
  result[at.x] = value.r;
  result[at.y] = value.g;
  result[at.z] = value.b;
}
`;
