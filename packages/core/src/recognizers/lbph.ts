/** Recognizer by local binary pattern histograms: no training, no model; a baseline that everything newer has to beat. */

import { assertKnownOptions, assertOption, isWholeNumber } from './assert-option.ts';
import { type CircularSamples, computeCircularSamples } from './circular-samples.ts';
import type { Recognizer, RecognizerCrop } from './recognizer.ts';
import { assertCrops, assertRecognizerCrop, DEFAULT_RECOGNIZER_CROP, describeRecognizerCrop } from './recognizer-crop.ts';
import { MAX_TEMPLATE_DIMENSION } from './template-usability.ts';

/** Everything that an LBPH recognizer is made of. Plain JSON: to store the recognizer is to store its options. */
export interface LbphOptions {
  /**
   * Distance of the sample points from the centre, pixels; as many pixels are lost at each border.
   *
   * @defaultValue 1
   */
  readonly radius?: number | undefined;
  /**
   * Sample points on the circle, 1 to 16; each is one bit of a pattern.
   *
   * @defaultValue 8
   */
  readonly neighbours?: number | undefined;
  /**
   * Cells from left to right. Pixels that do not fill a last cell are left out, as in OpenCV.
   *
   * @defaultValue 9; OpenCV's is 8
   */
  readonly gridX?: number | undefined;
  /**
   * Cells from top to bottom.
   *
   * @defaultValue 9; OpenCV's is 8
   */
  readonly gridY?: number | undefined;
  /**
   * Width of the crop, pixels.
   *
   * @defaultValue 90 + 2 * radius, so that 90 columns of patterns remain
   */
  readonly width?: number | undefined;
  /**
   * Height of the crop, pixels.
   *
   * @defaultValue 90 + 2 * radius
   */
  readonly height?: number | undefined;
  /**
   * How faces are aligned.
   *
   * @defaultValue five landmarks of the detector on `arcface-112-5`
   */
  readonly alignment?: RecognizerCrop['alignment'] | undefined;
}

const OPTION_NAMES: readonly (keyof LbphOptions)[] = ['radius', 'neighbours', 'gridX', 'gridY', 'width', 'height', 'alignment'];
const MAX_NEIGHBOURS = 16;
/** Rows and columns of patterns that remain of a default crop. */
const DEFAULT_PATTERN_SIDE = 90;
/** Distance of 1 to the next 32-bit float: what OpenCV takes for equal. */
const FLOAT_EPSILON = 2 ** -23;

/**
 * Creates a recognizer by local binary pattern histograms. Each pixel becomes a pattern of bits, one for each sample point on a circle that
 * is at least as bright as the centre; the crop is divided into cells, and the shares of the patterns in each cell, cell after cell and
 * row after row, are the template.
 *
 * A template has `gridX * gridY * 2 ** neighbours` numbers: 20,736 by default (81 KiB as float32, 0.6 GB for 7,701 pictures), 331,776 with
 * 12 neighbours, 5.3 million with 16. A comparison walks over the bins that are not empty, some thousands by default: 10 to 20 µs.
 *
 * On crops of whole numbers, and on any 32-bit floats, templates are those of OpenCV's `LBPHFaceRecognizer` bit for bit, and the negated
 * similarity is the distance of its `predict` (`HISTCMP_CHISQR_ALT`). Crops from isoface are not rounded to whole numbers, so templates
 * of the same photo still differ from those of a program that cuts faces in 8 bits.
 *
 * The contract names all options, e.g. `lbph-1:r1:n8:g9x9:92x92-grey:arcface-112-5/detector-5:warp1`.
 *
 * @throws {FaceError} `INVALID_OPTION` naming the option, e.g. for a grid that is finer than the picture. `computeTemplates` throws
 * `SHAPE_MISMATCH` for another number of values and `INVALID_OPTION` for pixels that are not finite.
 * @see Ahonen, Hadid, Pietikäinen, "Face description with local binary patterns: application to face recognition", IEEE TPAMI 28(12), 2006.
 * @example
 * const recognizer = createLbphRecognizer({ gridX: 8, gridY: 8 });
 * const stored = JSON.stringify({ gridX: 8, gridY: 8 });
 * createLbphRecognizer(JSON.parse(stored)).contract === recognizer.contract; // true
 */
export function createLbphRecognizer(options: LbphOptions = {}): Recognizer {
  const layout = resolveLayout(options);
  const { radius, neighbours, gridX, gridY, dimension, crop } = layout;
  const samples = computeCircularSamples(radius, neighbours, crop.width);
  const patterns = new Uint16Array((crop.width - 2 * radius) * (crop.height - 2 * radius));
  return {
    id: 'lbph',
    contract: `lbph-1:r${radius}:n${neighbours}:g${gridX}x${gridY}:${describeRecognizerCrop(crop)}`,
    dimension,
    metric: 'chiSquare',
    crop,
    computeTemplates(crops, count) {
      assertCrops(crops, count, crop);
      const templates = new Float32Array(count * dimension);
      for (let i = 0; i < count; i++) {
        fillPatterns(patterns, crops, i * crop.width * crop.height, layout, samples);
        addHistograms(templates, i * dimension, patterns, layout);
      }
      return templates;
    },
  };
}

interface Layout {
  readonly radius: number;
  readonly neighbours: number;
  readonly gridX: number;
  readonly gridY: number;
  readonly dimension: number;
  readonly crop: RecognizerCrop;
}

function resolveLayout(options: LbphOptions): Layout {
  assertKnownOptions(options, OPTION_NAMES);
  const { radius = 1, neighbours = 8, gridX = 9, gridY = 9, alignment = DEFAULT_RECOGNIZER_CROP.alignment } = options;
  assertOption('radius', radius, isWholeNumber(radius, 1, 1000), 'a whole number of at least 1');
  assertOption('neighbours', neighbours, isWholeNumber(neighbours, 1, MAX_NEIGHBOURS), `a whole number from 1 to ${MAX_NEIGHBOURS}`);
  const { width = DEFAULT_PATTERN_SIDE + 2 * radius, height = DEFAULT_PATTERN_SIDE + 2 * radius } = options;
  const crop: RecognizerCrop = { width, height, channels: 'grey', alignment };
  assertRecognizerCrop(crop);
  assertGrid('gridX', gridX, width - 2 * radius);
  assertGrid('gridY', gridY, height - 2 * radius);
  const dimension = gridX * gridY * 2 ** neighbours;
  const isSmall = dimension <= MAX_TEMPLATE_DIMENSION;
  assertOption('gridX * gridY * 2 ** neighbours', dimension, isSmall, `at most ${MAX_TEMPLATE_DIMENSION} (64 MiB a template)`);
  return { radius, neighbours, gridX, gridY, dimension, crop };
}

function assertGrid(option: string, cells: number, patterns: number): void {
  const expected = `a whole number of cells of at least one pattern; ${Math.max(0, patterns)} remain inside the border of the crop`;
  assertOption(option, cells, isWholeNumber(cells, 1, patterns), expected);
}

/** Writes the pattern of each pixel inside the border. One pass over the picture for each sample point, whose weights then stay in registers. */
function fillPatterns(patterns: Uint16Array, pixels: Float32Array, start: number, layout: Layout, samples: CircularSamples): void {
  const { radius, neighbours, crop } = layout;
  const { offsets, weights } = samples;
  const columns = crop.width - 2 * radius;
  patterns.fill(0);
  for (let n = 0; n < neighbours; n++) {
    const bit = 1 << n;
    const o1 = offsets[n * 4] as number;
    const o2 = offsets[n * 4 + 1] as number;
    const o3 = offsets[n * 4 + 2] as number;
    const o4 = offsets[n * 4 + 3] as number;
    const w1 = weights[n * 4] as number;
    const w2 = weights[n * 4 + 1] as number;
    const w3 = weights[n * 4 + 2] as number;
    const w4 = weights[n * 4 + 3] as number;
    for (let row = 0, out = 0; out < patterns.length; row++) {
      let at = start + (row + radius) * crop.width + radius;
      for (const end = at + columns; at < end; at++, out++) {
        const centre = pixels[at] as number;
        // Rounded after each operation, as in 32-bit arithmetic.
        const top = Math.fround(Math.fround(w1 * (pixels[at + o1] as number)) + Math.fround(w2 * (pixels[at + o2] as number)));
        const left = Math.fround(top + Math.fround(w3 * (pixels[at + o3] as number)));
        const value = Math.fround(left + Math.fround(w4 * (pixels[at + o4] as number)));
        // The epsilon is absolute, so it only helps near 0; kept because OpenCV has it.
        if (value > centre || Math.abs(Math.fround(value - centre)) < FLOAT_EPSILON) patterns[out] = (patterns[out] as number) | bit;
      }
    }
  }
}

/** Adds the histograms of all cells to a template that is still zero. */
function addHistograms(templates: Float32Array, start: number, patterns: Uint16Array, layout: Layout): void {
  const { radius, neighbours, gridX, gridY, dimension, crop } = layout;
  const columns = crop.width - 2 * radius;
  const cellWidth = Math.floor(columns / gridX);
  const cellHeight = Math.floor((crop.height - 2 * radius) / gridY);
  for (let cellY = 0; cellY < gridY; cellY++) {
    for (let y = cellY * cellHeight; y < (cellY + 1) * cellHeight; y++) {
      for (let cellX = 0; cellX < gridX; cellX++) {
        const histogram = start + (cellY * gridX + cellX) * 2 ** neighbours;
        const first = y * columns + cellX * cellWidth;
        for (let i = first; i < first + cellWidth; i++) {
          const bin = histogram + (patterns[i] as number);
          templates[bin] = (templates[bin] as number) + 1;
        }
      }
    }
  }
  // OpenCV multiplies by the rounded reciprocal; a division gives other last bits.
  const share = Math.fround(1 / (cellWidth * cellHeight));
  for (let i = start; i < start + dimension; i++) templates[i] = (templates[i] as number) * share;
}
