/** The warp convention as a compute kernel: many patches of one image in one dispatch. */

import { WRITE_PIXEL_WGSL } from './write-pixel.wgsl.ts';

/** Patch pixels per side of a workgroup. */
export const WARP_WORKGROUP_SIDE = 8;

/**
 * WGSL, entry point `warp`, one invocation per patch pixel, `z` counts patches. The four neighbours are loaded and mixed here and not by a
 * sampler, whose weights have 8 bits on real GPUs.
 *
 * Positions are relative to a whole texel near the middle of the patch: 32-bit floats keep a thousandth of a pixel at best in a large photo,
 * but hundred times more near zero.
 */
export const WARP_WGSL = /* wgsl */ `
struct Params {
  size: vec2u,        // patch pixels
  firstCut: u32,
  mirrored: u32,
  low: vec2i,         // first texel that belongs to the image
  high: vec2i,        // first texel behind it
  channels: Channels,
}

struct Cut {
  linear: vec4f,      // patch offsets to image offsets, row-major 2x2
  shift: vec2f,       // image position of the patch's middle, from origin
  origin: vec2i,      // texel
  samples: u32,       // per axis of a patch pixel; 0: the patch sees nothing
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> cuts: array<Cut>;
@group(0) @binding(2) var source: texture_2d<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

fn load(at: vec2i) -> vec3f {
  if (any(at < params.low) || any(at >= params.high)) { return vec3f(); }
  return colour_of(textureLoad(source, at, 0));
}

fn bilinear(origin: vec2i, position: vec2f) -> vec3f {
  let corner = floor(position);
  let share = position - corner;
  let at = origin + vec2i(corner);
  let top = mix(load(at), load(at + vec2i(1, 0)), share.x);
  let bottom = mix(load(at + vec2i(0, 1)), load(at + vec2i(1, 1)), share.x);
  return mix(top, bottom, share.y);
}

@compute @workgroup_size(${WARP_WORKGROUP_SIDE}, ${WARP_WORKGROUP_SIDE})
fn warp(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) { return; }
  let index = params.firstCut + id.z;
  let cut = cuts[index];
  let step = 1.0 / f32(max(cut.samples, 1));
  let first = vec2f(id.xy) - 0.5 * vec2f(params.size) + 0.5 * step;
  var colour = vec3f();
  for (var j = 0u; j < cut.samples; j++) {
    var row = vec3f();
    for (var i = 0u; i < cut.samples; i++) {
      let offset = first + vec2f(vec2u(i, j)) * step;
      row += bilinear(cut.origin, vec2f(dot(cut.linear.xy, offset), dot(cut.linear.zw, offset)) + cut.shift);
    }
    colour += row;
  }
  let x = select(id.x, params.size.x - 1 - id.x, params.mirrored != 0);
  write_pixel(index * 3 * params.size.x * params.size.y, id.y * params.size.x + x, colour * step * step);
}
${WRITE_PIXEL_WGSL}`;
