/** The face that is asked about: a photo, or an embedding. */

import type { FastifyRequest } from 'fastify';
import type { Embedding, EngineInfo } from 'isoface';
import { HttpError } from '../http/http-error.ts';
import type { EmbeddingJson } from './embedding-schema.ts';
import { parseEmbedding } from './parse-embedding.ts';
import { readForm } from './read-form.ts';

/** A face to be compared. */
export interface Probe {
  readonly face: Uint8Array | Embedding;
  /** Whom it is to be compared with, where that was asked for. */
  readonly id?: string | undefined;
}

/** Reads a form, or JSON that has passed the schema of the route. */
export async function readProbe(request: FastifyRequest, info: EngineInfo, hasId: boolean): Promise<Probe> {
  if (request.isMultipart()) {
    const { photos, id } = await readForm(request, { mostPhotos: 1, hasId });
    return { face: photos[0] as Uint8Array, id };
  }
  // Without a content type there is no body, and no schema was asked.
  const body = request.body as { readonly embedding: EmbeddingJson; readonly id?: string } | undefined;
  if (body === undefined) {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Expected multipart/form-data with a photo, or application/json with an embedding.');
  }
  return { face: parseEmbedding(body.embedding, info), id: body.id };
}
