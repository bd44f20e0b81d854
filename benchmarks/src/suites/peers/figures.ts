/** The figures of the comparison. */

import type { Series } from '../../run/suite.ts';

/** What is known of a figure. Of all of them, less is better. */
export interface Figure {
  readonly label: string;
  readonly unit: Series['unit'];
  /** Whether it says what a contender costs another: those that only describe have no ratio. */
  readonly isCompared: boolean;
}

/** By the end of their keys. */
export const FIGURES = {
  'frame/cpu': { label: 'frame with one face, CPU', unit: 'ms', isCompared: true },
  'frame/wall': { label: 'frame with one face, wall', unit: 'ms', isCompared: true },
  'photo/cpu': { label: 'photo with several faces, CPU', unit: 'ms', isCompared: true },
  'photo/wall': { label: 'photo with several faces, wall', unit: 'ms', isCompared: true },
  'photo/longest-task': { label: 'photo, longest task of the page', unit: 'ms', isCompared: false },
  'file/cpu': { label: '12-megapixel file, decoding included, CPU', unit: 'ms', isCompared: true },
  'file/wall': { label: '12-megapixel file, decoding included, wall', unit: 'ms', isCompared: true },
  'track/cpu': { label: 'frame of a video, tracked, CPU', unit: 'ms', isCompared: false },
  'track/wall': { label: 'frame of a video, tracked, wall', unit: 'ms', isCompared: false },
  'ready/wall': { label: 'until it can be asked, wall', unit: 'ms', isCompared: false },
  'first-result/wall': { label: 'until the first result, wall', unit: 'ms', isCompared: true },
  'first-result/cpu': { label: 'until the first result, CPU', unit: 'ms', isCompared: true },
  'download/gzip': { label: 'download, gzip', unit: 'bytes', isCompared: true },
  'download/raw': { label: 'download, raw', unit: 'bytes', isCompared: true },
  'memory/started': { label: 'memory after the first result', unit: 'MiB', isCompared: true },
  'memory/warm': { label: 'memory after all rounds', unit: 'MiB', isCompared: true },
} as const satisfies Readonly<Record<string, Figure>>;

/** One of {@link FIGURES}. */
export type FigureName = keyof typeof FIGURES;

/** All names, in the order of reports. */
export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];
