/** An SVG layer with boxes, landmarks and scores, to be laid over a photo. */

import type { AnalyzedFace } from '@isoface/core';
import { drawGlyphs, glyphsWidth } from './stroke-glyphs.ts';

const BOX_COLOR = '#00e676';
const LANDMARK_COLOR = '#ffea00';

/** Draws the faces of an image of this size; nothing but shapes, so that no font has to be installed. */
export function drawFaceOverlay(faces: readonly AnalyzedFace[], width: number, height: number): string {
  const shapes = faces.map((face, i) => drawFace(face, `#${i + 1} ${face.score.toFixed(2)}`, Math.max(width, height))).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${shapes}</svg>`;
}

function drawFace({ box, landmarks = [], landmarks68 = [] }: AnalyzedFace, label: string, side: number): string {
  const line = Math.max(1.5, side / 700);
  const textHeight = Math.max(9, side / 90);
  const padding = textHeight * 0.4;
  const labelWidth = glyphsWidth(label, textHeight) + 2 * padding;
  const labelHeight = textHeight + 2 * padding;
  const labelY = Math.max(0, box.y - labelHeight);
  const dots = [
    ...landmarks68.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="${line * 0.7}"/>`),
    ...landmarks.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="${line * 1.6}"/>`),
  ];
  return [
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="${BOX_COLOR}" stroke-width="${line}"/>`,
    `<g fill="${LANDMARK_COLOR}">${dots.join('')}</g>`,
    `<rect x="${box.x - line / 2}" y="${labelY}" width="${labelWidth}" height="${labelHeight}" fill="${BOX_COLOR}"/>`,
    drawGlyphs(label, { x: box.x + padding, y: labelY + padding, height: textHeight, color: '#00301a' }),
  ].join('');
}
