/** Who of all is it (1:N)? */

import type { FastifyInstance } from 'fastify';
import { ENROL_QUALITY_LIMITS } from 'isoface';
import type { FaceService } from '../face-service.ts';
import { clientSignal } from '../http/client-signal.ts';
import { HttpError } from '../http/http-error.ts';
import { EMBEDDING_SCHEMA } from '../input/embedding-schema.ts';
import { readProbe } from '../input/read-probe.ts';

const BODY = { type: 'object', required: ['embedding'], additionalProperties: false, properties: { embedding: EMBEDDING_SCHEMA } } as const;

/** `POST /v1/identify`. */
export function addIdentifyRoute(app: FastifyInstance, { engine, gallery, fpir }: FaceService): void {
  app.post('/identify', { schema: { body: { content: { 'application/json': { schema: BODY } } } } }, async (request, reply) => {
    const signal = clientSignal(reply);
    const { face } = await readProbe(request, engine.info, false);
    const result = await gallery.identify(face, { fpir, severalFaces: 'refuse', qualityLimits: ENROL_QUALITY_LIMITS, signal });
    if (result.status === 'notSearched') throw new HttpError(422, 'FACE_UNUSABLE', result.message, { reason: result.reason });
    const { id, threshold, basis } = result.decision;
    return {
      id: id ?? null,
      threshold,
      fpir,
      basis,
      candidates: result.candidates.map((candidate) => ({ id: candidate.id, similarity: candidate.similarity })),
    };
  });
}
