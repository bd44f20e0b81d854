/** Copies a video frame that lies on the GPU into a texture. */

/**
 * WGSL. One triangle covers the target; each of its pixels takes the colour at the same relative place of the frame, so that cropping and
 * turning are the browser's matter. At equal sizes brightness comes from exactly one stored value, and only the coarser colour planes of a
 * camera frame are interpolated.
 */
export const BLIT_WGSL = /* wgsl */ `
@group(0) @binding(0) var frame: texture_external;
@group(0) @binding(1) var linear: sampler;

struct Corner {
  @builtin(position) position: vec4f,
  @location(0) place: vec2f,
}

@vertex
fn corner(@builtin(vertex_index) index: u32) -> Corner {
  let place = vec2f(vec2u(index & 1, index >> 1) * 2);
  return Corner(vec4f(place.x * 2 - 1, 1 - place.y * 2, 0, 1), place);
}

@fragment
fn blit(@location(0) place: vec2f) -> @location(0) vec4f {
  let colour = textureSampleBaseClampToEdge(frame, linear, place);
  // Frames come multiplied with their alpha, which is to be ignored; the other ways give plain colours.
  return vec4f(select(colour.rgb / colour.a, colour.rgb, colour.a == 0), 1);
}
`;
