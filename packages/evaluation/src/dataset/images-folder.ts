/** Data sets keep their images beside their lists, or in a folder of their own. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder `images` in a folder if there is one, else the folder itself. */
export async function findImagesFolder(directory: string): Promise<string> {
  const inner = join(directory, 'images');
  const isFolder = await stat(inner).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isFolder ? inner : directory;
}
