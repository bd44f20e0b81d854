/** Is it this person (1:1)? */

import type { FastifyInstance } from 'fastify';
import { type Embedding, ENROL_QUALITY_LIMITS, FaceError, isEmbedding, type VerifyResult } from 'isoface';
import type { FaceService } from '../face-service.ts';
import { clientSignal } from '../http/client-signal.ts';
import { HttpError } from '../http/http-error.ts';
import { EMBEDDING_SCHEMA, ID_SCHEMA } from '../input/embedding-schema.ts';
import { type Probe, readProbe } from '../input/read-probe.ts';

const BODY = {
  type: 'object',
  required: ['id', 'embedding'],
  additionalProperties: false,
  properties: { id: ID_SCHEMA, embedding: EMBEDDING_SCHEMA },
} as const;

type Compared = Extract<VerifyResult, { status: 'compared' }>;

/** `POST /v1/verify`. */
export function addVerifyRoute(app: FastifyInstance, service: FaceService): void {
  const { engine, gallery, fmr } = service;
  app.post('/verify', { schema: { body: { content: { 'application/json': { schema: BODY } } } } }, async (request, reply) => {
    const signal = clientSignal(reply);
    const { face, id = '' } = await readProbe(request, engine.info, true);
    const templates = await gallery.embeddings(id);
    const { match, similarity, threshold } = await findBest(service, face, templates, signal);
    return { match, similarity, threshold, fmr };
  });
}

/**
 * Compares a face with every template of a person; the best counts. A stranger has as many chances as there are templates, so each comparison
 * gets its share of the rate: that of the whole stays at most `fmr`.
 */
async function findBest(
  { engine, fmr }: FaceService,
  face: Probe['face'],
  [first, ...others]: readonly Embedding[],
  signal: AbortSignal,
): Promise<Compared> {
  if (first === undefined) throw new FaceError('IDENTITY_UNKNOWN', 'This person has no template.');
  const options = { fmr: fmr / (1 + others.length), severalFaces: 'refuse', qualityLimits: ENROL_QUALITY_LIMITS, signal } as const;
  const result = await engine.verify(face, first, options);
  if (result.status === 'notCompared') throw new HttpError(422, 'FACE_UNUSABLE', result.message, { reason: result.reason });
  const probe = isEmbedding(face) ? face : result.a?.embedding;
  let best: Compared = result;
  for (const template of others) {
    const next = probe === undefined ? result : await engine.verify(probe, template, options);
    if (next.status === 'compared' && next.similarity > best.similarity) best = next;
  }
  return best;
}
