/**
 * The published packages in the hands of their users: packed, installed with npm into applications outside of this repository, built by the usual
 * bundlers, opened in a browser, run in Node, type-checked. Needs the build with types, and the registry for the bundlers.
 */

import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, type ServeOptions, serveFolder } from '@isoface/testkit/browser-tools';
import { demoPhoto } from '@isoface/testkit/node';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installApplication, installedProgram, type PackedPackage, packInto, readInstalledManifest } from './support/install-packed.ts';
import { runCommand, runOrThrow, startServer } from './support/run-command.ts';
import { DOCUMENT_CASES, TYPE_CASES } from './support/type-cases.ts';
import { type PageLog, watchPage } from './support/watch-page.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const FIXTURES = join(REPOSITORY, 'packaging/fixtures');
const MATRIX_MS = 300_000;

/** The one of docs/browser.md, and nothing else; the empty icon of the page is a `data:` address. */
const STRICT_POLICY = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const TYPESCRIPT = '6.0.3';

/** Needs nothing but a browser: what a purely web project installs. */
const WEB = { ours: ['isoface'], others: { vite: '8.3.8', webpack: '5.112.2', esbuild: '0.28.2', typescript: TYPESCRIPT } };
/** With the runtime for servers, and the framework that has both sides. */
const SERVER = {
  ours: ['isoface', '@isoface/runtime-node'],
  others: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', typescript: TYPESCRIPT, '@types/node': '20.19.43' },
};

const root = mkdtempSync(join(tmpdir(), 'isoface-packaging-'));
const web = join(root, 'web');
const server = join(root, 'server');
const measured: string[] = [];
let packed: readonly PackedPackage[] = [];
let browser: Browser;

beforeAll(async () => {
  packed = await timed('pack', () => packInto(join(root, 'packed')));
  await timed('npm install', () => Promise.all([installApplication(web, packed, WEB), installApplication(server, packed, SERVER)]));
  for (const { name, tarball } of packed) measured.push(`${name}: ${megabytes(statSync(tarball).size)} MB packed`);
  for (const application of [web, server]) measured.push(`${application}: ${megabytes(sizeOf(join(application, 'node_modules')))} MB`);
  browser = await launchChromium();
}, MATRIX_MS);

afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true, force: true });
  console.log(measured.map((line) => line.replace(`${root}/`, '')).join('\n'));
});

describe('install', () => {
  it.each(['onnxruntime-node', 'sharp', '@isoface/runtime-node', 'onnxruntime-web'])('brings no %s to a web project', async (name) => {
    expect(await readInstalledManifest(web, name)).toBeUndefined();
  });

  it.each(['onnxruntime-node', 'sharp'])('brings %s to a server that asked for the Node runtime', async (name) => {
    expect(await readInstalledManifest(server, name)).toMatchObject({ name });
  });
});

describe('in a browser', () => {
  it(
    'Vite, built',
    async () => {
      const folder = await makeApplication('vite', web, 'src', 'public');
      await timed('vite build', () => runOrThrow(installedProgram(web, 'vite'), ['build'], folder));
      // With the headers for threads nothing may be shut out.
      expectAnalyzed(await watchFolder(join(folder, 'dist'), 'vite', { crossOriginIsolated: true }));
    },
    MATRIX_MS,
  );

  it(
    'Vite, development server',
    async () => {
      const folder = await makeApplication('vite', web, 'src', 'public');
      const development = await startServer(
        installedProgram(web, 'vite'),
        (port) => ['--host', '127.0.0.1', '--port', port, '--strictPort'],
        folder,
      );
      try {
        expectAnalyzed(await timed('vite, first page', () => watchPage(browser, `${development.origin}/`)));
      } finally {
        await development.stop();
      }
    },
    MATRIX_MS,
  );

  it(
    'webpack without a configuration',
    async () => {
      const folder = await makeApplication('webpack', web, 'src', 'dist');
      await timed('webpack', () => runOrThrow(process.execPath, ['build.mjs'], folder));
      await copyFile(join(folder, 'index.html'), join(folder, 'dist/index.html'));
      expectAnalyzed(await watchFolder(join(folder, 'dist'), 'webpack'));
    },
    MATRIX_MS,
  );

  it(
    'esbuild into a classic script, with the files of the runtime copied beside it',
    async () => {
      const folder = await makeApplication('esbuild', web, '', 'dist');
      await runOrThrow(installedProgram(web, 'esbuild'), ['main.js', '--bundle', '--minify', '--outdir=dist'], folder);
      await cp(join(web, 'node_modules/@isoface/runtime-web/dist'), join(folder, 'dist/isoface'), { recursive: true });
      await copyFile(join(folder, 'index.html'), join(folder, 'dist/index.html'));
      expectAnalyzed(await watchFolder(join(folder, 'dist'), 'esbuild', { csp: STRICT_POLICY }));
    },
    MATRIX_MS,
  );

  it(
    'a page without a bundler, with an import map',
    async () => {
      const folder = await makeApplication('import-map', web, '', '');
      await cp(join(web, 'node_modules/isoface'), join(folder, 'node_modules/isoface'), { recursive: true });
      await cp(join(web, 'node_modules/@isoface'), join(folder, 'node_modules/@isoface'), { recursive: true });
      expectAnalyzed(await watchFolder(folder, 'import map'));
    },
    MATRIX_MS,
  );

  it(
    'Next.js: rendered on the server, analyzed in the browser, and on the server by a route',
    async () => {
      const folder = await makeApplication('next', server, 'app', 'public');
      const next = installedProgram(server, 'next');
      await timed('next build', () => runOrThrow(next, ['build'], folder));
      measured.push(`next: ${megabytes(sizeOf(join(folder, '.next/static')))} MB for browsers`);
      const production = await startServer(next, (port) => ['start', '-H', '127.0.0.1', '-p', port], folder);
      try {
        expectAnalyzed(await timed('next, first page', () => watchPage(browser, `${production.origin}/`)));
        const page = await fetch(production.origin).then((response) => response.text());
        expect(page).toMatch(/<p>One false match in (<!-- -->)?1000<\/p>/);
        const answer = await fetch(`${production.origin}/api/faces`);
        expect(await answer.json()).toEqual({ faces: 3, dimensions: 128, executionProvider: 'cpu' });
      } finally {
        await production.stop();
      }
    },
    MATRIX_MS,
  );
});

describe('in Node', () => {
  it('a script analyzes a photo', async () => {
    const report = await runScript(server, 'analyze.mjs');
    expect(report).toEqual({ faces: 3, dimensions: 128, executionProvider: 'cpu', isOurError: true });
  });

  it('an import on a server loads no native library and leaves nothing behind', async () => {
    const report = await runScript(server, 'import-on-server.mjs');
    expect(report).toEqual({ native: [], running: [], newGlobals: [], camera: 'BACKEND_UNAVAILABLE', nativeAfterUse: true });
  });

  it("the browser's build touches no browser until it is used", async () => {
    const report = await runScript(web, 'import-for-browsers.mjs');
    expect(report).toEqual({ touchedByImport: [], code: 'BACKEND_UNAVAILABLE', isFaceError: true });
  });

  it('without its runtime it says what to install', async () => {
    const report = await runScript(web, 'without-runtime.mjs');
    expect(report).toEqual({ isFaceError: true, message: expect.stringContaining('npm install @isoface/runtime-node') });
  });
});

describe('types', () => {
  it.each(TYPE_CASES)('$title', async ({ application, source, compilerOptions }) => {
    const text = await readFile(join(FIXTURES, 'types', source), 'utf8');
    expect(await typeCheck(application, { [source]: text }, compilerOptions)).toBe('');
  });

  it.each(DOCUMENT_CASES)('examples of $documents', async ({ documents, application, compilerOptions }) => {
    const examples = await Promise.all(documents.map(readExamples));
    for (const files of examples) expect(Object.keys(files)).not.toEqual([]);
    expect(await typeCheck(application, Object.assign({}, ...examples), compilerOptions)).toBe('');
  });
});

/** The TypeScript blocks of a document, by names that say where they are from. */
async function readExamples(document: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(REPOSITORY, document), 'utf8');
  const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code = '']) => code);
  return Object.fromEntries(blocks.map((code, i) => [`${document.replaceAll('/', '-')}-${i + 1}.ts`, code]));
}

/** What the type checker of an application says about files in it: nothing if all is well. */
async function typeCheck(
  application: 'web' | 'node',
  files: Readonly<Record<string, string>>,
  compilerOptions: Readonly<Record<string, unknown>>,
): Promise<string> {
  const owner = application === 'web' ? web : server;
  const folder = mkdtempSync(join(owner, 'types-'));
  const options = { target: 'ES2022', strict: true, noEmit: true, skipLibCheck: false, skipDefaultLibCheck: true, ...compilerOptions };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: Object.keys(files) }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const { code, output } = await runCommand(installedProgram(owner, 'tsc'), ['-p', '.'], folder);
  return code === 0 || output !== '' ? output : `tsc ended with ${code}`;
}

/** Copies a fixture into an application, the code that all pages share into `codeFolder`, and the photo into `publicFolder`. */
async function makeApplication(fixture: string, application: string, codeFolder: string, publicFolder: string): Promise<string> {
  const folder = join(application, fixture);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(FIXTURES, fixture), folder, { recursive: true });
  await copyFile(join(FIXTURES, 'page/analyze-photo.js'), join(folder, codeFolder, 'analyze-photo.js'));
  await mkdir(join(folder, publicFolder), { recursive: true });
  await copyFile(demoPhoto('sample1.jpg'), join(folder, publicFolder, 'photo.jpg'));
  return folder;
}

async function watchFolder(folder: string, title: string, options: Omit<ServeOptions, 'root'> = {}): Promise<PageLog> {
  measured.push(`${title}: ${megabytes(sizeOf(folder))} MB served`);
  const site = await serveFolder({ ...options, root: folder });
  try {
    return await timed(`${title}, first page`, () => watchPage(browser, `${site.origin}/`));
  } finally {
    await site.close();
  }
}

function expectAnalyzed({ report, responses, workers, complaints }: PageLog): void {
  expect(report).toEqual({ faces: 3, dimensions: 128, isFinite: true, executionProvider: 'wasm' });
  expect(complaints).toEqual([]);
  expect(workers).toHaveLength(1);
  const page = new URL(responses[0]?.url ?? '').origin;
  const foreign = [...workers, ...responses.map(({ url }) => url)].filter((url) => new URL(url).origin !== page);
  expect(foreign).toEqual([]);
  // Of the three builds of ONNX Runtime the smallest one only, and the three models of the pack.
  expect(responses.filter(({ url }) => /\.wasm(\?|$)/.test(url))).toEqual([
    expect.objectContaining({ status: 200, contentType: 'application/wasm' }),
  ]);
  expect(responses.filter(({ url, status }) => /\.onnx(\?|$)/.test(url) && status === 200)).toHaveLength(3);
}

async function runScript(application: string, name: string): Promise<unknown> {
  await copyFile(join(FIXTURES, 'node', name), join(application, name));
  await copyFile(demoPhoto('sample1.jpg'), join(application, 'photo.jpg'));
  const { stdout } = await runOrThrow(process.execPath, [name], application);
  return JSON.parse(stdout);
}

async function timed<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    measured.push(`${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

function sizeOf(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
