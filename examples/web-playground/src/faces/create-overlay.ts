/** Boxes and landmarks over a picture. */

import type { Face } from 'isoface';
import { createSvgElement } from '../dom/create-element.ts';
import { toLandmarkPath } from './landmark-path.ts';

/** A face with the words beside its box. */
export interface OverlayFace {
  readonly face: Face;
  /** E.g. its number. */
  readonly label: string;
  /** Faces of one person have one colour; `undefined`: nobody's. */
  readonly person?: number | undefined;
  /** Whether the face was not seen in the last frame. */
  readonly isFaded?: boolean | undefined;
}

/** Colours there are for persons; style.css names them. */
const PERSON_COLORS = 8;
/** Height of a label, as a share of the picture's longer side. */
const LABEL_SHARE = 1 / 32;

/** Creates an empty overlay that fits over a picture of any displayed size. */
export function createOverlay(): SVGSVGElement {
  return createSvgElement('svg', { class: 'overlay', 'aria-hidden': 'true', preserveAspectRatio: 'xMidYMid meet' });
}

/** Replaces what the overlay shows. Coordinates are those of the picture. */
export function drawOverlay(overlay: SVGSVGElement, width: number, height: number, faces: readonly OverlayFace[]): void {
  overlay.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const labelHeight = Math.max(width, height) * LABEL_SHARE;
  overlay.replaceChildren(...faces.map((face) => drawFace(face, labelHeight)));
}

/** The style class with the colour of a person. */
export function personClass(person: number | undefined): string {
  return person === undefined ? 'person-none' : `person-${person % PERSON_COLORS}`;
}

function drawFace({ face, label, person, isFaded = false }: OverlayFace, labelHeight: number): SVGGElement {
  const { box, landmarks = [], landmarks68 = [] } = face;
  const text = createSvgElement('text', { x: box.x, y: box.y - labelHeight * 0.35, 'font-size': labelHeight }, label);
  return createSvgElement(
    'g',
    { class: `face ${personClass(person)}${isFaded ? ' is-faded' : ''}` },
    createSvgElement('rect', { class: 'box', x: box.x, y: box.y, width: box.width, height: box.height, rx: box.width * 0.04 }),
    createSvgElement('path', { class: 'landmarks-68', d: toLandmarkPath(landmarks68) }),
    createSvgElement('path', { class: 'landmarks-5', d: toLandmarkPath(landmarks) }),
    text,
  );
}
