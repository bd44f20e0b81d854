/** The photos that the demo looks at: they come with a development dependency and are no part of this repository. */

import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A photo on disk. */
export interface Photo {
  readonly name: string;
  readonly path: string;
}

const NAMES = ['sample1', 'sample2', 'sample3', 'sample4', 'sample5', 'sample6'];

/** Finds the six photos, or says what is missing. */
export async function findPhotos(): Promise<Photo[]> {
  try {
    const packageFile = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
    const photos = NAMES.map((name) => ({ name, path: join(dirname(packageFile), 'demo', `${name}.jpg`) }));
    await Promise.all(photos.map(({ path }) => access(path)));
    return photos;
  } catch (cause) {
    throw new Error(
      `The demo photos are missing (${(cause as Error).message}). They come with the development dependencies: npm start installs them.`,
      { cause },
    );
  }
}
