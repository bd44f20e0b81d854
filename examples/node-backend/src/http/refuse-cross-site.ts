/** Other sites must not use this one through the browsers of its users. */

import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';

/** A form of another site can send photos without asking first (CORS does not stop it); browsers say where a request comes from. */
export function refuseCrossSite(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }) => {
    const from = headers['sec-fetch-site'];
    if (from === undefined || from === 'same-origin' || from === 'none') return;
    throw new HttpError(
      403,
      'CROSS_SITE',
      'Expected a request of this site, or of a program; got one that a page of another site has sent.',
    );
  });
}
