/** A site that serves the built package, and pages of it in a real browser. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type FolderServer, type Override, type ServeOptions, serveFolder } from '@isoface/testkit/browser-tools';
import type { Browser, BrowserContext, Page } from 'playwright';
import { build } from 'vite';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const CORE = fileURLToPath(new URL('../../../core/dist', import.meta.url));
const LAB = fileURLToPath(new URL('lab.ts', import.meta.url));
const PHOTOS = fileURLToPath(new URL('../../../../node_modules/@vladmandic/face-api/demo', import.meta.url));
const SELF_CONTAINED = ['engine-worker.js', 'search-worker.js', 'import-model.js'];
const PAGE = '<!doctype html><title>test</title><script type="module" src="/lab.js"></script>';

/** What a strict site allows, and no more than the guide says is needed. */
export const STRICT_CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";

/** A running site. */
export interface Site extends FolderServer {
  /** Puts content at a path, for pages to fetch; gives the path. */
  put(name: string, body: Uint8Array | string): string;
  /** A page with its own storage, ready for calls of `lab`. Pages of one context share what they cached. */
  open(context?: BrowserContext): Promise<Page>;
  /** Paths that were asked for since the last call. */
  takeRequests(): string[];
}

let lab: Promise<string> | undefined;

/** The text of a built file. */
export function builtFile(name: string): string {
  return readFileSync(`${DIST}/${name}`, 'utf8');
}

/** Serves the built package at `/dist/`, demo photos at `/photos/`, and a page that knows `lab`. */
export async function openSite(browser: Browser, { overrides, routes, ...options }: ServeOptions = {}): Promise<Site> {
  if (!existsSync(`${DIST}/engine-worker.js`)) throw new Error('Expected packages/runtime-web/dist, got none; run `npm run build` first.');
  lab ??= bundleLab();
  const server = await serveFolder({
    ...options,
    routes: { '/dist/': DIST, '/core/': CORE, '/photos/': PHOTOS, ...routes },
    overrides: {
      ...linkToCore(),
      '/index.html': { body: PAGE },
      '/lab.js': { body: await lab, contentType: 'text/javascript' },
      ...overrides,
    },
  });
  let seen = 0;
  return {
    ...server,
    put(name, body) {
      server.override(`/in/${name}`, { body, contentType: 'application/octet-stream' });
      return `/in/${name}`;
    },
    async open(context) {
      const page = await (context ?? (await browser.newContext())).newPage();
      await page.goto(server.origin);
      await page.waitForFunction(() => globalThis.lab !== undefined);
      return page;
    },
    takeRequests() {
      const taken = server.requests.slice(seen).map(({ url }) => url);
      seen = server.requests.length;
      return taken;
    },
  };
}

/**
 * The page's code imports core by name, which a bundler or an import map resolves. A strict policy forbids the inline script of an import map, so
 * the name is resolved here, as a bundler does.
 */
function linkToCore(): Record<string, Override> {
  const codes = readdirSync(DIST)
    .filter((name) => name.endsWith('.js') && !SELF_CONTAINED.includes(name))
    .map((name) => [`/dist/${name}`, { body: linkToFiles(builtFile(name)) }]);
  return Object.fromEntries(codes) as Record<string, Override>;
}

function linkToFiles(code: string): string {
  return code.replaceAll('from"@isoface/core"', 'from"/core/index.js"').replaceAll('from"@isoface/core/gallery"', 'from"/core/gallery.js"');
}

async function bundleLab(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@isoface/source', 'browser', 'import', 'module', 'default'] },
    build: { write: false, target: 'esnext', minify: false, lib: { entry: LAB, formats: ['es'] } },
  });
  const [output] = Array.isArray(result) ? result : [result];
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('Bundling the page for the tests gave no code.');
  return chunk.code;
}
