/** What is logged. A log outlives what it tells of, so it names no person and holds no photo, embedding or similarity. */

import type { FastifyRequest, FastifyServerOptions } from 'fastify';

/** Logs to standard error, so that standard output has the address alone. */
export function loggerOptions(level: string): Exclude<FastifyServerOptions['logger'], boolean | undefined> {
  return {
    level,
    stream: process.stderr,
    serializers: {
      // The route and not the address: ids of people are in the latter.
      req: ({ method, headers, routeOptions }: FastifyRequest) => ({
        method,
        route: routeOptions?.url,
        type: headers['content-type']?.split(';')[0],
        bytes: Number(headers['content-length'] ?? 0),
      }),
      res: ({ statusCode }: { readonly statusCode?: number }) => ({ status: statusCode }),
      // Not `details`, which may hold anything.
      err: ({ name, code, message, stack }: Error & { code?: string }) => ({ type: name, code, message, stack: stack ?? '' }),
    },
    // For the day on which somebody logs more.
    redact: { paths: ['*.vector', '*.embedding', '*.embeddings', '*.authorization', '*.cookie', 'headers', 'body'], censor: '[removed]' },
  };
}
