/** An example as `npm start` serves it, in a process of its own: this one resolves packages to their sources. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running server. */
export interface ServedPlayground {
  /** Address, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a built example on a free port.
 *
 * @param env - Added to the environment, e.g. `ISOFACE_MODELS`.
 * @param script - What serves it. @defaultValue the playground's
 */
export async function serveForTests(
  env: Readonly<Record<string, string>>,
  script = fileURLToPath(new URL('../../serve.mjs', import.meta.url)),
): Promise<ServedPlayground> {
  const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, '0'], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const firstLine = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const [url] = await Promise.race([
    firstLine,
    exited.then(([code]) => {
      throw new Error(`The server ended with code ${code}; was it built (npm run build:fast)?`);
    }),
  ]);
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
