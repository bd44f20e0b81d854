/** The built app, and the playground below it, as `npm start` serves them. */

import { fileURLToPath } from 'node:url';
import { type ServedPlayground, serveForTests } from '../../../web-playground/test/support/serve-for-tests.ts';

/** Serves the app on a free port. @param env - Added to the environment, e.g. `ISOFACE_MODELS`. */
export function serveApp(env: Readonly<Record<string, string>> = {}): Promise<ServedPlayground> {
  return serveForTests(env, fileURLToPath(new URL('../../serve.mjs', import.meta.url)));
}
