/** From the names in label files to image files. */

import type { DatasetProblem } from './dataset-entry.ts';
import { comparePaths } from './entry-path.ts';
import type { MarkedBox, MarkedPhoto } from './marked-photo.ts';

/** A photo whose file is there. */
export interface LocatedPhoto {
  /** Relative to the root. */
  readonly path: string;
  readonly boxes: readonly MarkedBox[];
}

const IMAGE_EXTENSION = /\.(?:jpe?g|png|webp|gif|tiff?|avif)$/i;
/** Names by which the folder of the images is found. */
const PROBED_NAMES = 50;

/**
 * Finds the file of each photo among `paths`. The names of label files start somewhere below the root and may lack the extension.
 *
 * @param takesUnlabelled - Whether images that no label names are taken as photos without a face, or reported.
 */
export function locatePhotos(
  photos: readonly MarkedPhoto[],
  paths: readonly string[],
  takesUnlabelled: boolean,
): { readonly located: readonly LocatedPhoto[]; readonly problems: readonly DatasetProblem[] } {
  const images = paths.filter((path) => IMAGE_EXTENSION.test(path));
  const byName = indexByName(images);
  const base = findBase(photos, byName);
  const problems: DatasetProblem[] = [];
  const located = new Map<string, LocatedPhoto>();
  for (const { name, line, boxes } of photos) {
    const path = byName.get(base + toPath(name));
    if (path === undefined) {
      const message = `This image is not there; its ${boxes.length} ${boxes.length === 1 ? 'face' : 'faces'} cannot be measured.`;
      problems.push({ path: name, code: 'missing', message, line });
      continue;
    }
    located.set(path, { path, boxes: [...(located.get(path)?.boxes ?? []), ...boxes] });
  }
  for (const path of images) {
    if (!path.normalize('NFC').startsWith(base) || located.has(path)) continue;
    if (takesUnlabelled) located.set(path, { path, boxes: [] });
    else
      problems.push({
        path,
        code: 'unlabelled',
        message: 'No label names this image, so nobody knows whether it shows a face; it is left out.',
      });
  }
  return { located: Array.from(located.values()).sort((a, b) => comparePaths(a.path, b.path)), problems };
}

/** The images by path, and by path without extension; where two claim a name, the full path and then the first image wins. */
function indexByName(images: readonly string[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const path of images.toReversed()) byName.set(path.replace(IMAGE_EXTENSION, '').normalize('NFC'), path);
  for (const path of images) byName.set(path.normalize('NFC'), path);
  return byName;
}

/** The folder below which most of the first names are, with a slash at its end; empty for the root. */
function findBase(photos: readonly MarkedPhoto[], byName: ReadonlyMap<string, string>): string {
  const votes = new Map<string, number>();
  const names = photos.slice(0, PROBED_NAMES).map(({ name }) => toPath(name));
  for (const known of byName.keys()) {
    for (const name of names) {
      if (!known.endsWith(name)) continue;
      const base = known.slice(0, known.length - name.length);
      if (base === '' || base.endsWith('/')) votes.set(base, (votes.get(base) ?? 0) + 1);
    }
  }
  const [best] = Array.from(votes).sort(([a, x], [b, y]) => y - x || a.length - b.length || comparePaths(a, b));
  return best?.[0] ?? '';
}

/** Lists made on Windows have backslashes, others a leading `./`. */
function toPath(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .normalize('NFC');
}
