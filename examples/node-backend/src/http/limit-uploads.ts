/** Uploads are held in memory while they are worked on, so only some may be under way. */

import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';

/** Answers 503 to requests with photos while `most` of them are under way. */
export function limitUploads(app: FastifyInstance, most: number): void {
  let underWay = 0;
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (!/^multipart\//i.test(headers['content-type'] ?? '')) return;
    if (underWay >= most) throw new HttpError(503, 'OVERLOADED', `${most} uploads are under way; try again in a moment.`);
    underWay++;
    reply.raw.once('close', () => underWay--);
  });
}
