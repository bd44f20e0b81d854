/** Where downloaded models are kept. */

import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** The parts of the machine that decide about the cache directory. */
export interface CacheSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Throws where the user has no home. */
  readonly home: () => string;
}

/**
 * The cache directory: `ISOFACE_CACHE` if set, otherwise `isoface` in the platform's cache directory:
 * `$XDG_CACHE_HOME` or `~/.cache`, on macOS `~/Library/Caches`, on Windows `%LOCALAPPDATA%`.
 */
export function defaultCacheDirectory(
  { env, platform, home }: CacheSurroundings = { env: process.env, platform: process.platform, home: homedir },
): string {
  const override = env['ISOFACE_CACHE'];
  if (override !== undefined && override !== '') return resolve(override);
  const base = platform === 'win32' ? env['LOCALAPPDATA'] : platform === 'darwin' ? undefined : env['XDG_CACHE_HOME'];
  // The XDG specification asks to ignore relative paths.
  if (base !== undefined && isAbsolute(base)) return join(base, 'isoface');
  try {
    return join(home(), ...homeCaches(platform), 'isoface');
  } catch {
    return join(tmpdir(), 'isoface-cache');
  }
}

function homeCaches(platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') return ['Library', 'Caches'];
  return platform === 'win32' ? ['AppData', 'Local'] : ['.cache'];
}
