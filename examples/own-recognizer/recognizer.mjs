/**
 * A recognizer of one's own: histograms of gradient directions (Dalal, Triggs, "Histograms of oriented gradients for human detection", CVPR 2005).
 * isoface finds and cuts the faces; this file says how they are to be cut and turns each into a vector.
 *
 *   isoface eval verify --protocol lfw --data <LFW> --recognizer examples/own-recognizer/recognizer.mjs
 */

const SIDE = 64;
const CELL = 8;
const DIRECTIONS = 9;
const CELLS = SIDE / CELL;
const DIMENSION = CELLS * CELLS * DIRECTIONS;

/** @type {import('@isoface/core/recognizers').Recognizer} */
export default {
  id: 'gradients',
  // Whatever changes the vectors must change this name: templates are kept and compared under it.
  contract: `gradients-1:${SIDE}/${CELL}/${DIRECTIONS}`,
  dimension: DIMENSION,
  metric: 'cosine',
  crop: { width: SIDE, height: SIDE, channels: 'grey', alignment: { template: 'arcface-112-5', landmarks: 'detector-5' } },

  // May be async: call a network of your own here. `crops` holds `count` faces, one after the other, 0 to 255.
  computeTemplates(crops, count) {
    const templates = new Float32Array(count * DIMENSION);
    for (let face = 0; face < count; face++) {
      const pixels = crops.subarray(face * SIDE * SIDE, (face + 1) * SIDE * SIDE);
      writeHistograms(pixels, templates.subarray(face * DIMENSION, (face + 1) * DIMENSION));
    }
    return templates;
  },
};

function writeHistograms(pixels, histograms) {
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const i = y * SIDE + x;
      const dx = pixels[i + 1] - pixels[i - 1];
      const dy = pixels[i + SIDE] - pixels[i - SIDE];
      // Light on dark and dark on light are the same edge.
      const turn = (Math.atan2(dy, dx) / Math.PI + 1) % 1;
      const cell = Math.floor(y / CELL) * CELLS + Math.floor(x / CELL);
      histograms[cell * DIRECTIONS + Math.min(DIRECTIONS - 1, Math.floor(turn * DIRECTIONS))] += Math.hypot(dx, dy);
    }
  }
  // Strong edges count less than proportionally, so that one shadow does not decide.
  for (let i = 0; i < histograms.length; i++) histograms[i] = Math.sqrt(histograms[i]);
}
