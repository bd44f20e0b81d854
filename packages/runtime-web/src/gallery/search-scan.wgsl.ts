/** The scan as a compute kernel: many probes against all rows of one buffer. */

/** Rows that lie together, and invocations of a workgroup: neighbours read neighbouring memory. */
export const ROWS_PER_BLOCK = 64;
/** Probes that one invocation compares its row with: the row is read once for all of them. */
export const PROBES_PER_PASS = 4;
/** 32-bit words of `Params`. */
export const SCAN_PARAMS_WORDS = 4;

/**
 * WGSL, entry point `scan`. Workgroup `x` counts blocks of rows, `y` passes of {@link PROBES_PER_PASS} probes.
 *
 * A vector is a number of quads of four floats, padded with zeros. Rows: `[block][quad][row within the block]`; probes: `[probe][quad]`, padded with
 * zeros to whole passes; scores: `[probe][row of all buffers]`. A score is the product of probe and row, times the term of the row, or plus it.
 */
export const SCAN_WGSL = /* wgsl */ `
struct Params {
  quads: u32,      // of a vector
  first_row: u32,  // of this buffer, among all rows
  stride: u32,     // scores of one probe
  is_factor: u32,  // whether terms are factors
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read> terms: array<f32>;
@group(0) @binding(3) var<storage, read> probes: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;

@compute @workgroup_size(${ROWS_PER_BLOCK})
fn scan(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.quads;
  let first_probe = group.y * ${PROBES_PER_PASS};
  var sums = vec4f();
  for (var quad = 0u; quad < quads; quad++) {
    let row = rows[(group.x * quads + quad) * ${ROWS_PER_BLOCK} + lane];
    sums += vec4f(
      dot(row, probes[first_probe * quads + quad]),
      dot(row, probes[(first_probe + 1) * quads + quad]),
      dot(row, probes[(first_probe + 2) * quads + quad]),
      dot(row, probes[(first_probe + 3) * quads + quad]),
    );
  }
  let at = group.x * ${ROWS_PER_BLOCK} + lane;
  sums = select(sums + terms[at], sums * terms[at], params.is_factor == 1);
  let place = first_probe * params.stride + params.first_row + at;
  scores[place] = sums.x;
  scores[place + params.stride] = sums.y;
  scores[place + 2 * params.stride] = sums.z;
  scores[place + 3 * params.stride] = sums.w;
}
`;
