/** Work for nobody is not worth doing. */

import type { FastifyReply } from 'fastify';

/**
 * A signal that aborts when the client goes away before it was answered.
 *
 * It watches the reply: the request closes as soon as its body was read, with the client still waiting.
 */
export function clientSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableEnded) controller.abort(new DOMException('The client went away.', 'AbortError'));
  });
  return controller.signal;
}
