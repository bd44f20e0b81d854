/**
 * Exports as text, one JSON value per line (JSON Lines, UTF-8): the header, one line per identity, and a line that says that this was all.
 *
 *     {"format":"isoface-gallery","version":1,"galleryId":"…","contract":"…",…,"crc32":"…"}
 *     {"id":"ada","details":{…},"templates":[{"id":1,"vector":"…","details":{…}}],"crc32":"…"}
 *     {"end":true,"identities":1,"crc32":"…"}
 *
 * `vector` is base64 of what the store keeps. `details` are readable JSON where they are kept as JSON.stringify writes it, and otherwise (encrypted,
 * or of other making) base64 of their bytes, so that exactly the same bytes come back.
 *
 * `crc32` (8 lower-case hexadecimal digits) is the checksum of all bytes from the first line to this one without line ends, each line up to its
 * `,"crc32"`. Running on, it finds lines that are damaged, lost, moved or from another export, and tells which one: a digest at the end would find
 * as much, and tell of it only there. Neither holds off a forger; for that there is encryption.
 */

import { computeCrc32 } from '../../checksum/crc32.ts';
import { decodeBase64, encodeBase64 } from '../../encoding/base64.ts';
import { FaceError } from '../../errors/face-error.ts';
import type { GalleryHeader, StoredIdentity, StoredTemplate } from '../../ports/gallery-store.ts';
import { FORMAT_VERSION } from '../format/frame-layout.ts';
import { newerVersion, parseGalleryHeader } from '../format/gallery-header.ts';
import { assertStorableIdentity, countPayloadBytes } from '../format/identity-payload.ts';
import type { OpenExport, PlacedIdentity } from './check-identities.ts';
import { checkAt, damagedExport } from './damaged-export.ts';
import { hasOnly, isJsonObject, type JsonObject, parsePlainJson } from './plain-json.ts';
import { type Line, readLines } from './read-lines.ts';

/** What every export as text begins with. */
export const JSON_LINES_START = '{"format":"isoface-gallery","version":';

/** A thousand templates of 8,192 numbers fit. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** Levels of details in readable form; metadata has up to 32. */
const MAX_DETAIL_DEPTH = 48;
/** Details of a template lie three levels deep in their line. */
const MAX_LINE_DEPTH = MAX_DETAIL_DEPTH + 3;
/** `,"crc32":"01234567"}` */
const TAIL_BYTES = 20;

/**
 * Encodes a gallery as lines, an array of bytes for each.
 *
 * @throws {FaceError} `INVALID_OPTION` for an identity beyond the limits of the format, or too large for a line.
 */
export async function* encodeJsonLines(header: GalleryHeader, identities: AsyncIterable<StoredIdentity>): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  const encodeLine = (record: object): Uint8Array => {
    const bytes = new TextEncoder().encode(`${JSON.stringify(record).slice(0, -1)},"crc32":"01234567"}\n`);
    const covered = bytes.length - TAIL_BYTES - 1;
    checksum = computeCrc32(bytes.subarray(0, covered), checksum);
    const digits = toHex(checksum);
    for (let i = 0; i < digits.length; i++) bytes[covered + 10 + i] = digits.charCodeAt(i);
    return bytes;
  };
  const { formatVersion, ...facts } = header;
  yield encodeLine({ format: 'isoface-gallery', version: formatVersion, ...facts });
  let count = 0;
  const isEncrypted = header.encryption !== undefined;
  for await (const identity of identities) {
    assertFitsLine(identity);
    count++;
    yield encodeLine({
      id: identity.id,
      details: encodeDetails(identity.details, isEncrypted),
      templates: identity.templates.map(({ id, vector, details }) => ({
        id,
        vector: encodeBase64(vector),
        details: encodeDetails(details, isEncrypted),
      })),
    });
  }
  yield encodeLine({ end: true, identities: count });
}

/** Reads the header, and gives the rest to be read. */
export async function decodeJsonLines(bytes: AsyncIterable<Uint8Array>): Promise<OpenExport> {
  const lines = readLines(bytes, MAX_LINE_BYTES);
  try {
    const first = await lines.next();
    if (first.done === true) throw damagedExport('expected a header, got nothing', { line: 1 });
    const { value: line } = first;
    const place = { line: line.number };
    const { format, version, crc32, ...facts } = parseLine(line);
    // Before the checksum, which a later version may compute in another way.
    if (typeof version === 'number' && version > FORMAT_VERSION) throw newerVersion(version);
    const checksum = assertChecksum(line, 0);
    if (format !== 'isoface-gallery' || crc32 === undefined) throw damagedExport('expected a header, got another line', place);
    const header = checkAt(place, () => parseGalleryHeader({ ...facts, formatVersion: version }));
    return { header, identities: readIdentities(lines, line.number, checksum, header) };
  } catch (error) {
    await lines.return(undefined);
    throw error;
  }
}

/** Before it is encoded, for an upper bound of the length of the line. */
function assertFitsLine(identity: StoredIdentity): void {
  assertStorableIdentity(identity);
  const { id, templates } = identity;
  const bytes = Math.ceil((countPayloadBytes(identity) * 4) / 3) + 64 * templates.length + 4_096;
  if (bytes <= MAX_LINE_BYTES) return;
  const message = `Expected identities of at most ${MAX_LINE_BYTES} bytes as a line of text, got ${bytes} for ${JSON.stringify(id)}; export in the binary format.`;
  throw new FaceError('INVALID_OPTION', message, { option: 'format', id });
}

async function* readIdentities(
  lines: AsyncGenerator<Line>,
  headerLine: number,
  headerChecksum: number,
  { encryption }: GalleryHeader,
): AsyncGenerator<PlacedIdentity> {
  let checksum = headerChecksum;
  let last = headerLine;
  let count = 0;
  let hasEnded = false;
  for await (const line of lines) {
    const place = { line: line.number };
    if (hasEnded) throw damagedExport('expected nothing behind the end of the export, got another line', place);
    const json = parseLine(line);
    checksum = assertChecksum(line, checksum);
    last = line.number;
    if ('end' in json) {
      if (json['end'] !== true || json['identities'] !== count || !hasOnly(json, ['end', 'identities', 'crc32'])) {
        throw damagedExport(`expected the end after ${count} identities, got an end after ${String(json['identities'])}`, place);
      }
      hasEnded = true;
      continue;
    }
    const identity = toIdentity(json, encryption !== undefined);
    if (typeof identity === 'string') throw damagedExport(identity, place);
    count++;
    yield { identity, place };
  }
  if (!hasEnded)
    throw damagedExport(`expected the end of the export after ${count} identities, got no more lines: it was cut off`, { line: last });
}

function parseLine({ number, bytes }: Line): JsonObject {
  const value = parsePlainJson(bytes, MAX_LINE_DEPTH);
  if (isJsonObject(value)) return value;
  throw damagedExport(typeof value === 'string' ? value : 'expected a JSON object', { line: number });
}

/** Checks the end of a line, and gives the checksum of all lines so far. */
function assertChecksum({ number, bytes }: Line, before: number): number {
  const covered = Math.max(0, bytes.length - TAIL_BYTES);
  const tail = /^,"crc32":"([0-9a-f]{8})"\}$/.exec(String.fromCharCode(...bytes.subarray(covered)));
  if (tail === null)
    throw damagedExport('expected a checksum at the end of the line, got none: it was cut off or edited', { line: number });
  const checksum = computeCrc32(bytes.subarray(0, covered), before);
  if (toHex(checksum) === tail[1]) return checksum;
  const message = `expected a line with the checksum ${tail[1]}, got ${toHex(checksum)}: the line was changed, or lines before it are missing or moved`;
  throw damagedExport(message, { line: number });
}

function toIdentity(json: JsonObject, isEncrypted: boolean): StoredIdentity | string {
  const { id, details, templates } = json;
  if (typeof id !== 'string' || !Array.isArray(templates) || !hasOnly(json, ['id', 'details', 'templates', 'crc32'])) {
    return 'expected { id, details, templates }, got another record';
  }
  const own = decodeDetails(details, isEncrypted);
  if (own === undefined) return 'expected details as an object or in base64';
  const decoded: StoredTemplate[] = [];
  for (const template of templates) {
    const stored = toTemplate(template, isEncrypted);
    if (stored === undefined) return `expected a template { id, vector, details } in place ${decoded.length + 1}, got another value`;
    decoded.push(stored);
  }
  return { id, details: own, templates: decoded };
}

function toTemplate(json: unknown, isEncrypted: boolean): StoredTemplate | undefined {
  if (!isJsonObject(json) || !hasOnly(json, ['id', 'vector', 'details'])) return undefined;
  const { id, vector, details } = json;
  if (typeof id !== 'number' || typeof vector !== 'string') return undefined;
  const [numbers, own] = [decodeBase64(vector), decodeDetails(details, isEncrypted)];
  return numbers && own && { id, vector: numbers, details: own };
}

/** As an object only if the very same bytes come back from it, and {@link parsePlainJson} takes it. */
function encodeDetails(bytes: Uint8Array, isEncrypted: boolean): JsonObject | string {
  if (!isEncrypted) {
    const value = parsePlainJson(bytes, MAX_DETAIL_DEPTH);
    if (isJsonObject(value) && isSame(new TextEncoder().encode(JSON.stringify(value)), bytes)) return value;
  }
  return encodeBase64(bytes);
}

function decodeDetails(json: unknown, isEncrypted: boolean): Uint8Array | undefined {
  if (typeof json === 'string') return decodeBase64(json);
  return isJsonObject(json) && !isEncrypted ? new TextEncoder().encode(JSON.stringify(json)) : undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function toHex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
