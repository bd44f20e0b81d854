/** What a label file says about photos, before anybody looked for them. */

import type { Box } from '@isoface/core';
import type { DatasetProblem } from './dataset-entry.ts';

/** What WIDER FACE says about a face. */
export interface FaceAttributes {
  /** 0 clear, 1 normal, 2 heavy. */
  readonly blur: number;
  /** 0 typical, 1 exaggerated. */
  readonly expression: number;
  /** 0 normal, 1 extreme. */
  readonly illumination: number;
  /** 1 where nobody is expected to find the face: it counts neither as found nor as missed. */
  readonly invalid: number;
  /** 0 none, 1 partial, 2 heavy. */
  readonly occlusion: number;
  /** 0 typical, 1 atypical. */
  readonly pose: number;
}

/** A marked face. */
export interface LabelledBox {
  /** Pixels of the upright image; it may reach beyond it. */
  readonly box: Box;
  readonly attributes?: FaceAttributes | undefined;
  /** Packed `[5, 2]`: right eye, left eye, nose tip, right mouth corner, left mouth corner; right and left are the subject's. */
  readonly landmarks?: Float32Array | undefined;
}

/** A marked face and the line that says so. */
export interface MarkedBox extends LabelledBox {
  readonly line: number;
}

/** A photo under the name that the label file uses, which may lack its extension. */
export interface MarkedPhoto {
  readonly name: string;
  /** Where it is named first. */
  readonly line: number;
  readonly boxes: readonly MarkedBox[];
}

/** The content of a label file. */
export interface Marks {
  readonly photos: readonly MarkedPhoto[];
  readonly problems: readonly DatasetProblem[];
}

/** Collects boxes by photo, in the order in which photos are named first. */
export interface MarkCollector {
  /** Names a photo, with or without a face. */
  add(name: string, line: number, box?: LabelledBox): void;
  report(line: number, code: DatasetProblem['code'], message: string): void;
  finish(): Marks;
}

/** Creates a collector for the label file `path`. */
export function createMarkCollector(path: string): MarkCollector {
  const photos = new Map<string, { name: string; line: number; boxes: MarkedBox[] }>();
  const problems: DatasetProblem[] = [];
  return {
    add(name, line, box) {
      const photo = photos.get(name) ?? { name, line, boxes: [] };
      photos.set(name, photo);
      if (box !== undefined) photo.boxes.push({ ...box, line });
    },
    report: (line, code, message) => void problems.push({ path, code, message, line }),
    finish: () => ({ photos: Array.from(photos.values()), problems }),
  };
}

/** The numbers of a line as label files write them, or `undefined` if one is none. */
export function parseNumbers(cells: readonly string[]): number[] | undefined {
  const isNumeric = cells.every((cell) => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(cell));
  return isNumeric ? cells.map(Number) : undefined;
}

/** A bad line for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
