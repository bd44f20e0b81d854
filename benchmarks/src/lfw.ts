/** Labeled Faces in the Wild, view 2: images and the 6,000 official pairs. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One image of one person. */
export interface LabelledImage {
  readonly identity: string;
  readonly path: string;
}

/** One official comparison. */
export interface LabelledPair {
  /** Indices into `images`. */
  readonly a: number;
  readonly b: number;
  readonly isGenuine: boolean;
}

/** Reads `pairs.txt` and the images that it names from `<directory>/images` or `<directory>`. */
export function readLfw(directory: string): { readonly images: readonly LabelledImage[]; readonly pairs: readonly LabelledPair[] } {
  const indices = new Map<string, number>();
  const images: LabelledImage[] = [];
  const indexOf = (identity: string, number: string): number => {
    const name = `${identity}_${number.padStart(4, '0')}.jpg`;
    const known = indices.get(name);
    if (known !== undefined) return known;
    const roots = [join(directory, 'images'), directory];
    const candidates = roots.flatMap((root) => [join(root, identity, name), join(root, name)]);
    const path = candidates.find(existsSync);
    if (path === undefined) throw new Error(`Expected ${name} under ${directory}, found none of ${candidates.join(', ')}.`);
    indices.set(name, images.length);
    images.push({ identity, path });
    return images.length - 1;
  };
  const lines = readFileSync(join(directory, 'pairs.txt'), 'utf8').split(/\r?\n/).slice(1);
  const pairs = lines.flatMap((line): LabelledPair[] => {
    const [first = '', second = '', third = '', fourth = ''] = line.split('\t');
    if (fourth !== '') return [{ a: indexOf(first, second), b: indexOf(third, fourth), isGenuine: false }];
    return third === '' ? [] : [{ a: indexOf(first, second), b: indexOf(first, third), isGenuine: true }];
  });
  return { images, pairs };
}
