/** A connection that is kept for the next request keeps a server from ending that waits for it. */

import type { FastifyInstance } from 'fastify';

/** Ends each connection with the answer that is sent on it, as soon as the server is being closed. */
export function closeConnections(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}
