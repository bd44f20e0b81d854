/** Notations with a block of lines per photo: its name, the number of faces, and a line for each face. */

import type { Box } from '@isoface/core';
import { createMarkCollector, type LabelledBox, type MarkCollector, type Marks, parseNumbers, quote } from './marked-photo.ts';

interface BlockNotation {
  isName(text: string): boolean;
  /** How many numbers a face has. */
  readonly numbers: number;
  toFace(numbers: readonly number[]): LabelledBox;
}

interface Row {
  readonly line: number;
  readonly text: string;
}

/** WIDER FACE: `x y w h blur expression illumination invalid occlusion pose`. */
const WIDER: BlockNotation = {
  isName: (text) => /\.(?:jpe?g|png|webp|gif|tiff?|avif)$/i.test(text),
  numbers: 10,
  toFace([x = 0, y = 0, width = 0, height = 0, blur = 0, expression = 0, illumination = 0, invalid = 0, occlusion = 0, pose = 0]) {
    return { box: { x, y, width, height }, attributes: { blur, expression, illumination, invalid, occlusion, pose } };
  },
};

/** FDDB: the ellipse around the head, `major_radius minor_radius angle center_x center_y 1`. */
const FDDB: BlockNotation = {
  // Names have dates in them and no extension: `2002/08/11/big/img_591`.
  isName: (text) => parseNumbers(text.split(/\s+/).slice(0, 1)) === undefined,
  numbers: 6,
  toFace: (numbers) => ({ box: toBoundingBox(numbers) }),
};

/** Reads the notation of WIDER FACE. */
export function parseWider(lines: readonly string[], path: string): Marks {
  return parseBlocks(lines, path, WIDER);
}

/** Reads the ellipses of FDDB. A face gets the smallest box around its ellipse; the angle is that of the major axis, in radians. */
export function parseEllipses(lines: readonly string[], path: string): Marks {
  return parseBlocks(lines, path, FDDB);
}

/** Blocks start at what looks like a name, whatever was counted: so a wrong number spoils no other block. */
function parseBlocks(lines: readonly string[], path: string, notation: BlockNotation): Marks {
  const marks = createMarkCollector(path);
  const rows = lines.map((text, i): Row => ({ text: text.trim(), line: i + 1 })).filter(({ text }) => text !== '');
  const named = new Map<string, number>();
  let name: Row | undefined;
  let block: Row[] = [];
  const closeBlock = (): void => {
    if (name !== undefined) readBlock(name, block, notation, marks);
    block = [];
  };
  for (const row of rows) {
    if (notation.isName(row.text)) {
      closeBlock();
      name = row;
      const earlier = named.get(row.text);
      if (earlier === undefined) named.set(row.text, row.line);
      else
        marks.report(row.line, 'duplicate-path', `${quote(row.text)} has a block in line ${earlier} already; the faces of both are taken.`);
    } else if (name === undefined) {
      marks.report(row.line, 'bad-line', `Expected the name of a photo, got ${quote(row.text)}. The line is left out.`);
    } else {
      block.push(row);
    }
  }
  closeBlock();
  return marks.finish();
}

function readBlock(
  { text: name, line }: Row,
  block: readonly Row[],
  { numbers: count, toFace }: BlockNotation,
  marks: MarkCollector,
): void {
  marks.add(name, line);
  const [first, ...rest] = block;
  const hasCount = first !== undefined && /^\d+$/.test(first.text);
  const faces = hasCount ? rest : block;
  if (!hasCount) {
    marks.report(
      line,
      'bad-count',
      `Expected the number of faces after ${quote(name)}, got ${quote(first?.text ?? '')}; the lines are taken.`,
    );
  } else if (Number(first.text) === 0 && faces.length === 1 && /^[0\s]+$/.test(faces[0]?.text ?? '')) {
    // How WIDER FACE writes down a photo without a face.
    return;
  } else if (Number(first.text) !== faces.length) {
    marks.report(
      first.line,
      'bad-count',
      `Expected ${first.text} faces in ${quote(name)}, got ${faces.length} lines; the lines are taken.`,
    );
  }
  for (const face of faces) {
    const numbers = parseNumbers(face.text.split(/\s+/));
    if (numbers?.length === count) marks.add(name, face.line, toFace(numbers));
    else marks.report(face.line, 'bad-line', `Expected ${count} numbers, got ${quote(face.text)}. The line is left out.`);
  }
}

function toBoundingBox([major = 0, minor = 0, angle = 0, x = 0, y = 0]: readonly number[]): Box {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // A radius without length makes no ellipse, whatever the other one is.
  const isEllipse = major > 0 && minor > 0;
  const halfWidth = isEllipse ? Math.hypot(major * cos, minor * sin) : 0;
  const halfHeight = isEllipse ? Math.hypot(major * sin, minor * cos) : 0;
  return { x: x - halfWidth, y: y - halfHeight, width: 2 * halfWidth, height: 2 * halfHeight };
}
