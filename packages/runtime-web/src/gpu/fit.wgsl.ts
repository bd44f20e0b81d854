/** The resize convention as compute kernels: the weights of both axes come from the host, so that they are those of the reference. */

import { WRITE_PIXEL_WGSL } from './write-pixel.wgsl.ts';

/** Output pixels per side of a workgroup of `fit`. */
export const FIT_WORKGROUP_SIDE = 8;

/** Invocations that share one output pixel in `fit_shared`. */
const SHARERS = 64;

/**
 * WGSL with two entry points for one result. `fit`: one invocation per output pixel. `fit_shared`: one workgroup per output pixel, for
 * strong reductions, where single invocations would read thousands of texels each and most of the GPU would idle.
 *
 * Binding 1 holds, one after the other, as 32-bit words: first, count, weights of the columns, then of the rows; first is -1 and count 0
 * where an output lies outside the image.
 */
export const FIT_WGSL = /* wgsl */ `
struct Params {
  size: vec2u,        // output pixels
  strides: vec2u,     // weights reserved per output column and row
  origin: vec2i,      // image position of the first texel
  channels: Channels,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> taps: array<i32>;
@group(0) @binding(2) var source: texture_2d<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

struct Run {
  first: i32,
  count: i32,
  weights: u32,
}

fn run_of(table: u32, size: u32, stride: u32, i: u32) -> Run {
  return Run(taps[table + i], taps[table + size + i], table + 2 * size + i * stride);
}

fn columns_of(x: u32) -> Run {
  return run_of(0, params.size.x, params.strides.x, x);
}

fn rows_of(y: u32) -> Run {
  return run_of(params.size.x * (2 + params.strides.x), params.size.y, params.strides.y, y);
}

fn weight_of(run: Run, tap: i32) -> f32 {
  return bitcast<f32>(taps[run.weights + u32(tap)]);
}

fn load(x: i32, y: i32) -> vec3f {
  return colour_of(textureLoad(source, vec2i(x, y) - params.origin, 0));
}

@compute @workgroup_size(${FIT_WORKGROUP_SIDE}, ${FIT_WORKGROUP_SIDE})
fn fit(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= params.size)) { return; }
  let columns = columns_of(id.x);
  let rows = rows_of(id.y);
  var colour = vec3f();
  for (var row = 0; row < rows.count; row++) {
    var mixed = vec3f();
    for (var column = 0; column < columns.count; column++) {
      mixed += weight_of(columns, column) * load(columns.first + column, rows.first + row);
    }
    colour += weight_of(rows, row) * mixed;
  }
  write_pixel(0, id.y * params.size.x + id.x, colour);
}

var<workgroup> shares: array<vec3f, ${SHARERS}>;

@compute @workgroup_size(${SHARERS})
fn fit_shared(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) sharer: u32) {
  let columns = columns_of(id.x);
  let rows = rows_of(id.y);
  var share = vec3f();
  for (var tap = i32(sharer); tap < columns.count * rows.count; tap += ${SHARERS}) {
    let column = tap % columns.count;
    let row = tap / columns.count;
    share += weight_of(columns, column) * weight_of(rows, row) * load(columns.first + column, rows.first + row);
  }
  shares[sharer] = share;
  for (var half = ${SHARERS / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (sharer < half) { shares[sharer] += shares[sharer + half]; }
  }
  if (sharer == 0) { write_pixel(0, id.y * params.size.x + id.x, shares[0]); }
}
${WRITE_PIXEL_WGSL}`;
