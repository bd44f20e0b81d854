/** The server without a port: tests send requests into it, programs make it listen. */

import multipart from '@fastify/multipart';
import files from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { DEFAULT_FMR, DEFAULT_FPIR, type Gallery, type NodeFaceEngine, type NodeImageInput, selectThreshold } from 'isoface';
import { closeConnections } from './http/close-connections.ts';
import { describeError } from './http/describe-error.ts';
import { limitUploads } from './http/limit-uploads.ts';
import { loggerOptions } from './http/logger-options.ts';
import { refuseCrossSite } from './http/refuse-cross-site.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { addContractRoute } from './routes/contract.ts';
import { addEnrolRoutes } from './routes/enrol.ts';
import { addHealthRoute } from './routes/health.ts';
import { addIdentifyRoute } from './routes/identify.ts';
import { addPeopleRoutes } from './routes/people.ts';
import { addVerifyRoute } from './routes/verify.ts';

/** Parts of a server. Engine and gallery stay the caller's, who closes them after the server. */
export interface ServerOptions {
  readonly engine: NodeFaceEngine;
  readonly gallery: Gallery<NodeImageInput>;
  /** @defaultValue each of {@link DEFAULT_LIMITS} */
  readonly limits?: Partial<Limits> | undefined;
  /** False match rate of a verification. @defaultValue 1e-3 */
  readonly fmr?: number | undefined;
  /** False positive identification rate of a search. @defaultValue 1e-2 */
  readonly fpir?: number | undefined;
  /** Folder of the built page. @defaultValue none: only the API */
  readonly page?: string | undefined;
  /** @defaultValue 'silent' */
  readonly logLevel?: string | undefined;
}

/**
 * Creates the server. It asks nobody who they are: authentication goes where the comment says.
 *
 * @throws {FaceError} `THRESHOLD_UNAVAILABLE` if the pack has no threshold for `fmr` and as many templates as a person may have.
 */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { engine, gallery, fmr = DEFAULT_FMR, fpir = DEFAULT_FPIR, page, logLevel = 'silent' } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const service = { engine, gallery, limits, fmr, fpir };
  // Better now than at the first verification.
  selectThreshold(engine.info.thresholds, fmr / limits.templatesPerPerson, engine.info.flipAveraging);

  const app = Fastify({
    logger: loggerOptions(logLevel),
    bodyLimit: limits.jsonBytes,
    requestTimeout: limits.requestMs,
    // Ids of 256 characters, each of up to nine once it is escaped.
    routerOptions: { maxParamLength: 9 * 256 },
    // What does not fit is refused, never bent until it fits.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, code, message, facts } = describeError(error, limits);
    if (reply.raw.destroyed) request.log.info('the client went away');
    else if (status >= 500) request.log.error({ err: error }, code);
    // The rest of an upload that was refused is not waited for.
    if (!request.raw.complete) reply.header('connection', 'close');
    if (status === 503) reply.header('retry-after', '1');
    return reply.code(status).send({ error: { code, message, ...facts } });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: { code: 'NOT_FOUND', message: 'There is nothing here.' } }));
  app.removeContentTypeParser('text/plain');
  addSecurityHeaders(app);
  closeConnections(app);
  await app.register(multipart, { limits: { fileSize: limits.photoBytes, fieldNameSize: 64, fieldSize: 1024, headerPairs: 16 } });

  addHealthRoute(app, service);
  await app.register(
    (api, _options, done) => {
      // Authentication goes here, before anything else is done: api.addHook('onRequest', async (request) => { … }).
      refuseCrossSite(api);
      limitUploads(api, limits.uploadsUnderWay);
      api.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
      addContractRoute(api, service);
      addEnrolRoutes(api, service);
      addVerifyRoute(api, service);
      addIdentifyRoute(api, service);
      addPeopleRoutes(api, service);
      done();
    },
    { prefix: '/v1' },
  );
  if (page !== undefined) await app.register(files, { root: page, cacheControl: false });
  return app;
}
