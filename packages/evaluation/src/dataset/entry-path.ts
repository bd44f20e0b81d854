/** Names of files as a data set writes them down. */

/**
 * Why a relative path cannot be an entry's, or `undefined` if it can. Paths of an index are untrusted: none may lead out of the root, on any
 * system, whichever system wrote it.
 */
export function findPathFault(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.includes('\0')) return 'it holds a NUL character';
  if (/^[/\\]/.test(path) || /^[A-Za-z]:/.test(path)) return 'it is absolute';
  const segments = path.split(/[/\\]/);
  if (segments.includes('..')) return 'it leads out of the root';
  if (segments.some((segment) => segment === '' || segment === '.')) return 'it holds an empty segment or a dot';
  return /\p{Surrogate}/u.test(path) ? 'it is not valid Unicode' : undefined;
}

/** Order of paths that no locale changes: by UTF-16 code unit. */
export function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
