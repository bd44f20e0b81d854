/** Who is known, and being forgotten. */

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { FaceError } from 'isoface';
import type { FaceService } from '../face-service.ts';
import { clientSignal } from '../http/client-signal.ts';
import { ID_SCHEMA } from '../input/embedding-schema.ts';

/** `GET /v1/people` and `DELETE /v1/people/:id`. */
export function addPeopleRoutes(app: FastifyInstance, { gallery }: FaceService): void {
  app.get('/people', (_request, reply) => {
    // In pieces: there may be a million.
    const people = toJson(gallery.list({ signal: clientSignal(reply) }));
    return reply.type('application/json; charset=utf-8').send(Readable.from(people));
  });

  app.delete<{ Params: { readonly id: string } }>(
    '/people/:id',
    { schema: { params: { type: 'object', required: ['id'], properties: { id: ID_SCHEMA } } } },
    async ({ params: { id } }, reply) => {
      if (!(await gallery.remove(id))) throw new FaceError('IDENTITY_UNKNOWN', 'Nobody is enrolled under this id.');
      return reply.code(204).send();
    },
  );
}

async function* toJson(people: AsyncIterable<{ readonly id: string; readonly templates: number }>): AsyncGenerator<string> {
  yield '{"people":[';
  let separator = '';
  for await (const { id, templates } of people) {
    yield separator + JSON.stringify({ id, templates });
    separator = ',';
  }
  yield ']}';
}
