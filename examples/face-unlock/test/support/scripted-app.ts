/** Builds and serves the app with scripts behind it. */

import { fileURLToPath } from 'node:url';
import { type FolderServer, serveFolder } from '@isoface/testkit/browser-tools';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../../web-playground/build-plugins/content-security-policy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const core = fileURLToPath(new URL('../../../../packages/core/src/index.ts', import.meta.url));

/** Folder for what the tests leave to be looked at; git ignores it. */
export const LEFT_BY_TESTS = fileURLToPath(new URL('../../node_modules/.cache/isoface-face-unlock/', import.meta.url));

/** Serves the scripted app on a free port. */
export async function serveScriptedApp(): Promise<FolderServer> {
  const outDir = `${LEFT_BY_TESTS}page`;
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    base: './',
    // Of isoface only the errors are needed.
    resolve: { alias: { isoface: core } },
    plugins: [
      contentSecurityPolicy(),
      {
        name: 'scripted-page',
        transformIndexHtml: { order: 'pre', handler: (html) => html.replace('./src/main.ts', './test/page/main.ts') },
      },
    ],
    build: { outDir, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0, modulePreload: { polyfill: false }, minify: false },
  });
  return serveFolder({ root: outDir });
}
