/** Which addresses a model may be fetched from, and how they are shown. */

/**
 * True for an `https:` URL without user name or password. `http:` is allowed for `localhost` and `127.0.0.1` only, for tests and local mirrors.
 */
export function isModelUrl(url: string): boolean {
  const parsed = parseUrl(url);
  if (parsed === undefined || parsed.username !== '' || parsed.password !== '') return false;
  if (parsed.protocol === 'https:') return true;
  return parsed.protocol === 'http:' && (parsed.hostname === 'localhost' || parsed.hostname === '127.0.0.1');
}

/** The URL as it may be shown: without user name, password, query and fragment, where access tokens live. */
export function shownUrl(url: string): string {
  const parsed = parseUrl(url);
  return parsed === undefined ? '(not a URL)' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
