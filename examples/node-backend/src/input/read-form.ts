/** Photos out of a form. They stay in memory: nothing is ever written to a disk. */

import type { MultipartValue } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http/http-error.ts';

/** A form that was read. */
export interface PhotoForm {
  /** Encoded images, in the order of the form. */
  readonly photos: readonly Uint8Array[];
  /** The field `id`, where it was asked for. */
  readonly id?: string | undefined;
}

/** What a form may hold. */
export interface FormRules {
  readonly mostPhotos: number;
  /** Whether it must have a field `id`. */
  readonly hasId: boolean;
}

/**
 * Reads a `multipart/form-data` body with files named `photo`.
 *
 * @throws {HttpError} 400 for anything else in it; Fastify's errors for what exceeds the limits.
 */
export async function readForm(request: FastifyRequest, { mostPhotos, hasId }: FormRules): Promise<PhotoForm> {
  const photos: Uint8Array[] = [];
  let id: string | undefined;
  // One part more than can be right, so that the answer names what is too many.
  const limits = { files: mostPhotos, fields: 1, parts: mostPhotos + 2 };
  try {
    for await (const part of request.parts({ limits })) {
      if (part.type === 'file' && part.fieldname === 'photo') photos.push(await part.toBuffer());
      else if (hasId && part.type === 'field' && part.fieldname === 'id' && isWholeText(part)) id = part.value;
      else throw invalidForm(`got ${JSON.stringify(part.fieldname.slice(0, 64))}`);
    }
  } catch (error) {
    // The parser's own complaints about a damaged form carry no status.
    if (error instanceof HttpError || (error as { statusCode?: number }).statusCode !== undefined) throw error;
    throw invalidForm('it is damaged');
  }
  if (photos.length === 0) throw invalidForm('it holds no photo');
  if (hasId && id === undefined) throw invalidForm('it holds no id');
  return { photos, id };

  function invalidForm(problem: string): HttpError {
    const files = mostPhotos === 1 ? 'a file "photo"' : `1 to ${mostPhotos} files "photo"`;
    return new HttpError(400, 'INVALID_OPTION', `Expected a form with ${files}${hasId ? ' and a field "id"' : ''}; ${problem}.`);
  }
}

function isWholeText(part: MultipartValue): part is MultipartValue<string> {
  return typeof part.value === 'string' && !part.valueTruncated;
}
