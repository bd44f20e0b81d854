// Builds every package with tsup, the starter pack's models from the packages that carry their weights, and the pages of the examples with Vite.
//
//   node scripts/build.mjs [--types] [--if-stale]
//
// --types      writes .d.ts files too (slow: needed for publishing and for the package checks).
// --if-stale   does nothing when no source is newer than the last build.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules/.isoface-build');
const withTypes = process.argv.includes('--types');
const MAX_BUILD_MS = 10 * 60_000;
/** In the order of their imports: types of one are built from the types of those before it. */
const packages = [
  'packages/core',
  'packages/model-tools',
  'packages/models',
  'packages/postgres',
  'packages/runtime-node',
  'packages/runtime-web',
  'packages/isoface',
  'packages/evaluation',
  'packages/cli',
  'examples/photo-demo',
  'examples/node-backend',
  'benchmarks',
];
/** Built last, by Vite, from the built packages: folder, what its pages are made of, and a result. */
const pages = [
  ['examples/web-playground', ['src', 'build-plugins', 'index.html', 'vite.config.ts', 'package.json'], 'dist/index.html'],
  ['examples/face-unlock', ['src', 'build-plugins', 'index.html', 'vite.config.ts', 'package.json'], 'dist/index.html'],
  ['examples/node-backend', ['page', 'vite.config.ts', 'package.json'], 'dist/page/index.html'],
];

const ifStale = process.argv.includes('--if-stale');
if (ifStale && isFresh()) process.exit(0);
await takeTurn();
// Another process may have built while this one waited.
if (ifStale && isFresh()) process.exit(0);
const started = new Date();
console.error(withTypes ? 'Building isoface with types …' : 'Building isoface …');
if (withTypes) {
  for (const folder of packages) await build(folder);
} else {
  await Promise.all(packages.map(build));
}
await run(process.execPath, [join(root, 'scripts/build-starter-models.mjs')], root);
await run(process.execPath, [join(root, 'scripts/copy-runtime-web-assets.mjs')], root);
for (const [folder] of pages) await run(join(root, 'node_modules/.bin/vite'), ['build', '--logLevel', 'error'], join(root, folder));
writeFileSync(stamp, '');
// Files that were saved while the build ran must count as newer than it.
utimesSync(stamp, started, started);

/** One build at a time: a build empties the folders that another command may be about to run. */
async function takeTurn() {
  const lock = join(root, 'node_modules/.isoface-building');
  while (!tryCreate(lock)) await new Promise((resolve) => setTimeout(resolve, 200));
  process.on('exit', () => rmSync(lock, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
}

function tryCreate(lock) {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  // A builder that was killed leaves its lock behind; no build takes this long.
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > MAX_BUILD_MS) rmSync(lock, { recursive: true, force: true });
  return false;
}

async function build(folder) {
  await run(join(root, 'node_modules/.bin/tsup'), ['--silent'], join(root, folder));
}

function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 2, 2], env: { ...process.env, ISOFACE_TYPES: withTypes ? '1' : '0' } });
    child.on('error', (error) => fail(`${command}: ${error.message}`));
    child.on('exit', (code) => (code === 0 ? resolve() : fail(`Building ${cwd} failed; the lines above say why.`)));
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function isFresh() {
  if (!existsSync(stamp) || packages.some((folder) => !existsSync(join(root, folder, 'dist')))) return false;
  const results = ['packages/models/assets', 'packages/runtime-web/dist/ort', ...pages.map(([folder, , result]) => join(folder, result))];
  if (results.some((path) => !existsSync(join(root, path)))) return false;
  const builtAt = statSync(stamp).mtimeMs;
  const sources = packages.flatMap((folder) => [
    join(root, folder, 'src'),
    join(root, folder, 'package.json'),
    join(root, folder, 'tsup.config.ts'),
  ]);
  const ofPages = pages.flatMap(([folder, parts]) => parts.map((path) => join(root, folder, path)));
  return [...sources, ...ofPages, join(root, 'pnpm-lock.yaml'), join(root, 'tsup.base.ts')].every((path) => newestIn(path) <= builtAt);
}

function newestIn(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
