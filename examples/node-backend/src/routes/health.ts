/** For those who watch over servers. */

import type { FastifyInstance } from 'fastify';
import type { FaceService } from '../face-service.ts';

/** `GET /health`: the gallery can be read, and what runs the models. Fastify answers 503 by itself while it closes. */
export function addHealthRoute(app: FastifyInstance, { engine, gallery }: FaceService): void {
  app.get('/health', async () => {
    const { damage } = await gallery.info();
    const { pack, executionProvider } = engine.info;
    return { status: damage.length === 0 ? 'ok' : 'damaged', pack, executionProvider };
  });
}
