/** Says in words what bytes look like that are no export. */

/** So many first bytes are looked at. */
export const RECOGNIZED_BYTES = 512;

/** Beginnings of files, as Latin-1. Longer ones first where one begins with another. */
const SIGNATURES: readonly (readonly [beginning: string, name: string])[] = [
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['RIFF', 'a WebP image or another RIFF file'],
  ['BM', 'a BMP image'],
  ['\x1f\x8b', 'a gzip archive; unpack it first'],
  ['PK\x03\x04', 'a ZIP archive or an office document; unpack it first'],
  ['\xfd7zXZ', 'an xz archive; unpack it first'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive; unpack it first'],
  ['7z\xbc\xaf', 'a 7z archive; unpack it first'],
  ['%PDF', 'a PDF document'],
  ['SQLite format 3', 'an SQLite database'],
  ['PGDMP', 'a PostgreSQL dump'],
  ['\x93NUMPY', 'a NumPy array'],
  ['\xff\xfe', 'text in UTF-16; save it as UTF-8'],
  ['\xfe\xff', 'text in UTF-16; save it as UTF-8'],
  ['<!doctype html', 'an HTML page; the address of the download may be wrong'],
  ['<html', 'an HTML page; the address of the download may be wrong'],
  ['<?xml', 'an XML document'],
  ['<svg', 'an SVG image'],
];

/** Describes the beginning of a file, e.g. `a PNG image`. */
export function recognizeBytes(head: Uint8Array): string {
  if (head.length === 0) return 'nothing at all';
  const text = toLatin1(head);
  const lower = text.replace(/^(\xef\xbb\xbf)?\s*/, '').toLowerCase();
  const known = SIGNATURES.find(([beginning]) => text.startsWith(beginning) || lower.startsWith(beginning));
  if (known !== undefined) return known[1];
  if (text.slice(4, 8) === 'ftyp') return 'an AVIF or HEIC image, or a film';
  if (text.slice(257, 262) === 'ustar') return 'a tar archive; unpack it first';
  if (/^(\0|\xff)+$/.test(text)) return 'a file of empty bytes';
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return 'binary data of an unknown kind';
  if (lower.startsWith('{') || lower.startsWith('[')) return 'JSON of another kind';
  const [line = ''] = lower.split(/\r?\n/);
  return /[^,;\t]+[,;\t][^,;\t]+/.test(line) ? 'a CSV table' : 'a text';
}

function toLatin1(head: Uint8Array): string {
  return String.fromCharCode(...head.subarray(0, RECOGNIZED_BYTES));
}
