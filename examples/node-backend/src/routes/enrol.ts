/** People become known. */

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Embedding, EnrolResult } from 'isoface';
import type { FaceService } from '../face-service.ts';
import { clientSignal } from '../http/client-signal.ts';
import { HttpError } from '../http/http-error.ts';
import { EMBEDDING_SCHEMA, type EmbeddingJson, ID_SCHEMA } from '../input/embedding-schema.ts';
import { parseEmbedding } from '../input/parse-embedding.ts';
import { readForm } from '../input/read-form.ts';

const PARAMS = { type: 'object', required: ['id'], properties: { id: ID_SCHEMA } } as const;
const QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: { existing: { enum: ['add', 'replace', 'refuse'] } },
} as const;

interface EnrolRoute {
  Params: { readonly id: string };
  Querystring: { readonly existing?: 'add' | 'replace' | 'refuse' };
}

/** `POST /v1/people/:id/photos` and `POST /v1/people/:id/embeddings`. */
export function addEnrolRoutes(app: FastifyInstance, service: FaceService): void {
  const { engine, limits } = service;

  app.post<EnrolRoute>('/people/:id/photos', { schema: { params: PARAMS, querystring: QUERY } }, async (request, reply) => {
    if (!request.isMultipart()) {
      throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Expected multipart/form-data with files "photo".');
    }
    const signal = clientSignal(reply);
    const { photos } = await readForm(request, { mostPhotos: limits.photosPerRequest, hasId: false });
    return answer(await enrol(service, { ...request.params, ...request.query, faces: photos, signal }), reply);
  });

  const body = {
    type: 'object',
    required: ['embeddings'],
    additionalProperties: false,
    properties: { embeddings: { type: 'array', minItems: 1, maxItems: limits.photosPerRequest, items: EMBEDDING_SCHEMA } },
  };
  app.post<EnrolRoute & { Body: { readonly embeddings: readonly EmbeddingJson[] } }>(
    '/people/:id/embeddings',
    { schema: { params: PARAMS, querystring: QUERY, body: { content: { 'application/json': { schema: body } } } } },
    async (request, reply) => {
      if (request.isMultipart() || request.body === undefined) {
        throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Expected application/json with embeddings.');
      }
      const signal = clientSignal(reply);
      const faces = request.body.embeddings.map((json) => parseEmbedding(json, engine.info));
      return answer(await enrol(service, { ...request.params, ...request.query, faces, signal }), reply);
    },
  );
}

interface Enrolment {
  readonly id: string;
  readonly existing?: 'add' | 'replace' | 'refuse';
  readonly faces: readonly (Uint8Array | Embedding)[];
  readonly signal: AbortSignal;
}

async function enrol({ gallery, limits, fpir }: FaceService, { id, existing, faces, signal }: Enrolment): Promise<EnrolResult> {
  if (existing === undefined || existing === 'add') {
    const present = (await gallery.get(id))?.templates.length ?? 0;
    if (present + faces.length > limits.templatesPerPerson) {
      const most = limits.templatesPerPerson;
      const message = `This person has ${present} of at most ${most} templates; send fewer photos, or ?existing=replace.`;
      throw new HttpError(409, 'TOO_MANY_TEMPLATES', message);
    }
  }
  return gallery.enrol(id, faces, { existing, fpir, signal });
}

/** Sends what the gallery says, without faces and numbers of templates, and without naming anybody else. */
function answer(result: EnrolResult, reply: FastifyReply): FastifyReply {
  const photos = result.photos.map((photo) =>
    photo.status === 'used'
      ? { index: photo.index, status: photo.status }
      : { index: photo.index, status: photo.status, reason: photo.reason, message: photo.message },
  );
  if (result.status === 'enrolled') {
    return reply.code(201).send({ id: result.id, isNew: result.isNew, templates: result.templates.length, photos });
  }
  switch (result.reason) {
    case 'exists':
      throw new HttpError(409, 'IDENTITY_EXISTS', result.message);
    case 'duplicate':
      throw new HttpError(409, 'DUPLICATE_PERSON', 'This person is enrolled already, under another id.');
    case 'noUsablePhoto': {
      const reasons = photos.map(({ reason }) => reason);
      if (reasons.every((reason) => reason === 'unreadable')) throw new HttpError(400, 'IMAGE_INVALID', result.message, { photos });
      throw new HttpError(422, 'FACE_UNUSABLE', result.message, { reason: reasons[0], photos });
    }
  }
}
