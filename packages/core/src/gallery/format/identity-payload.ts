/**
 * What a put frame says of a person beside the id:
 *
 * | bytes | content |
 * | --- | --- |
 * | 4 | D: bytes of the details |
 * | 4 | number of templates |
 * | D | details |
 * | … | each template: id (4), bytes of its vector (4) and details (4), vector, details |
 */

import { FaceError } from '../../errors/face-error.ts';
import type { StoredIdentity, StoredTemplate } from '../../ports/gallery-store.ts';
import { FORMAT_LIMITS } from './frame-layout.ts';

/** Bytes of the payload. */
export function countPayloadBytes({ details, templates }: StoredIdentity): number {
  return templates.reduce((sum, { vector, details }) => sum + 12 + vector.length + details.length, 8 + details.length);
}

/**
 * Checks what a frame can carry.
 *
 * @throws {FaceError} `INVALID_OPTION`.
 */
export function assertStorableIdentity({ id, details, templates }: StoredIdentity): void {
  const refuse = (what: string, limit: string, got: number): never => {
    throw new FaceError('INVALID_OPTION', `Expected ${what} of ${JSON.stringify(id)} to be ${limit}, got ${got}.`, { option: what, id });
  };
  const most = (limit: number, unit: string): string => `at most ${limit} ${unit}`;
  if (details.length > FORMAT_LIMITS.detailBytes) refuse('the details', most(FORMAT_LIMITS.detailBytes, 'bytes'), details.length);
  if (templates.length === 0 || templates.length > FORMAT_LIMITS.templates) {
    refuse('the number of templates', `1 to ${FORMAT_LIMITS.templates}`, templates.length);
  }
  let before = 0;
  for (const template of templates) {
    if (!(Number.isInteger(template.id) && template.id > before && template.id <= 0xffff_ffff)) {
      refuse('the ids of the templates', 'whole numbers from 1, ascending', template.id);
    }
    before = template.id;
    if (template.vector.length > FORMAT_LIMITS.vectorBytes) {
      refuse('a template', most(FORMAT_LIMITS.vectorBytes, 'bytes'), template.vector.length);
    }
    if (template.details.length > FORMAT_LIMITS.detailBytes) {
      refuse('the details of a template', most(FORMAT_LIMITS.detailBytes, 'bytes'), template.details.length);
    }
  }
}

/** Writes the payload of an identity that was checked. */
export function writeIdentityPayload(bytes: Uint8Array, view: DataView, start: number, { details, templates }: StoredIdentity): void {
  let at = start;
  const writeNumber = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const writeBytes = (part: Uint8Array): void => {
    bytes.set(part, at);
    at += part.length;
  };
  writeNumber(details.length);
  writeNumber(templates.length);
  writeBytes(details);
  for (const template of templates) {
    writeNumber(template.id);
    writeNumber(template.vector.length);
    writeNumber(template.details.length);
    writeBytes(template.vector);
    writeBytes(template.details);
  }
}

/**
 * Decodes a payload. What it gives are parts of one copy.
 *
 * @throws {FaceError} `GALLERY_DAMAGED` if the parts do not fit the payload or each other.
 */
export function decodeIdentityPayload(id: string, payload: Uint8Array): StoredIdentity {
  // One copy, and views of it: many small ones take most of the time.
  const copy = payload.slice();
  const view = new DataView(copy.buffer);
  let at = 0;
  const readNumber = (what: string, min: number, max: number): number => {
    if (at + 4 > payload.length) throw damaged(id, `${what} at byte ${at}`, `${payload.length} bytes`);
    const value = view.getUint32(at, true);
    if (value < min || value > max) throw damaged(id, `${what} from ${min} to ${max}`, `${value}`);
    at += 4;
    return value;
  };
  const readBytes = (length: number): Uint8Array => {
    if (length > payload.length - at) throw damaged(id, `${length} bytes from byte ${at} on`, `${payload.length - at}`);
    at += length;
    return copy.subarray(at - length, at);
  };
  const detailBytes = readNumber('bytes of details', 0, FORMAT_LIMITS.detailBytes);
  const count = readNumber('templates', 1, FORMAT_LIMITS.templates);
  const details = readBytes(detailBytes);
  const templates: StoredTemplate[] = [];
  for (let i = 0; i < count; i++) {
    const templateId = readNumber('a template id', (templates[i - 1]?.id ?? 0) + 1, 0xffff_ffff);
    const vectorBytes = readNumber('bytes of a vector', 0, FORMAT_LIMITS.vectorBytes);
    const templateDetailBytes = readNumber('bytes of details', 0, FORMAT_LIMITS.detailBytes);
    const vector = readBytes(vectorBytes);
    templates.push({ id: templateId, vector, details: readBytes(templateDetailBytes) });
  }
  if (at !== payload.length) throw damaged(id, `a payload of ${at} bytes`, `${payload.length}`);
  return { id, details, templates };
}

function damaged(id: string, expected: string, got: string): FaceError {
  const message = `Expected ${expected} in the data of ${JSON.stringify(id)}, got ${got}; restore them from a copy.`;
  return new FaceError('GALLERY_DAMAGED', message, { identity: id });
}
