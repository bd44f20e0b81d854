/** What a client must know to send embeddings. */

import type { FastifyInstance } from 'fastify';
import type { FaceService } from '../face-service.ts';

/** `GET /v1/contract`: which pack to take in the browser, and what the answers rest on. */
export function addContractRoute(app: FastifyInstance, { engine, fmr, fpir }: FaceService): void {
  app.get('/contract', () => {
    const { pack, contract, dimension, flipAveraging, thresholds } = engine.info;
    return { pack, contract, dimension, flipAveraging, fmr, fpir, thresholds };
  });
}
