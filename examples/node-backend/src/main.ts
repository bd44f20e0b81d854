/** Starts the server, and ends it without losing anything. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createFaceEngine, isFaceError, openFileStore } from 'isoface';
import { createServer } from './create-server.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { type CliOptions, HELP, readOptions } from './read-options.ts';

/** Requests under way get so long to end once the server is asked to stop. */
const DRAIN_MS = 10_000;

const stop = new AbortController();
for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(name, () => {
    // Whoever asks twice does not want to wait.
    if (stop.signal.aborted) process.exit(code);
    stop.abort(new Error('Interrupted.'));
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(HELP);
  else await serve(options, stop.signal);
} catch (error) {
  process.stderr.write(`The server stopped. ${describe(error)}\n`);
  process.exitCode = 2;
}

/** Serves until the signal aborts; frees what it has opened in any case. */
async function serve({ host, port, gallery: file, pack }: CliOptions, signal: AbortSignal): Promise<void> {
  const { photoPixels: maxPixels, photoBytes: maxBytes } = DEFAULT_LIMITS;
  const engine = await createFaceEngine({ pack, maxPixels, maxBytes, signal });
  try {
    const gallery = await engine.openGallery({ store: await openFileStore(file), signal });
    try {
      // Built beside this file.
      const page = fileURLToPath(new URL('page', import.meta.url));
      const logLevel = process.env['LOG_LEVEL'] ?? 'info';
      const app = await createServer({ engine, gallery, page: existsSync(page) ? page : undefined, logLevel });
      for (const warning of engine.info.warnings) app.log.warn(warning);
      process.stdout.write(`${await app.listen({ host, port })}\n`);
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      // Takes no more requests, and waits for those under way.
      const impatience = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
      await app.close();
      clearTimeout(impatience);
    } finally {
      await gallery.close();
    }
  } finally {
    await engine.dispose();
  }
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'EADDRINUSE') return 'The port is taken; choose another one with --port, or 0 for a free one.';
  if (code === 'EACCES') return 'This address or port may not be used by you; choose a port from 1024 on.';
  return isFaceError(error) ? `${error.code}: ${error.message}` : (message ?? String(error));
}
