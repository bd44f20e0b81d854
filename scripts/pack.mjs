// Packs every package that is published, as it would be published.
//
//   node scripts/pack.mjs FOLDER

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Folder and manifest of each published package, by name of the folder. */
export function publishedPackages() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => join(root, 'packages', name))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest !== undefined && manifest.private !== true && manifest.publishConfig !== undefined);
}

/**
 * Packs them into `folder`, which must exist. Needs the build with types.
 *
 * @returns {{ name: string, manifest: object, tarball: string, files: string[] }[]} For each package its own manifest (before pnpm rewrites it),
 * the path of its tarball, and the paths in it.
 */
export function packAll(folder) {
  const packages = publishedPackages();
  const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`);
  const { status, stdout, stderr, error } = runPnpm([...filters, '-r', 'pack', '--pack-destination', resolve(folder), '--json']);
  if (error) throw error;
  if (status !== 0) throw new Error(`pnpm pack failed:\n${stdout}${stderr}`);
  // pnpm may print warnings before the list.
  const packed = new Map(JSON.parse(stdout.slice(stdout.search(/^\[/m))).map((entry) => [entry.name, entry]));
  return packages.map(({ manifest }) => {
    const entry = packed.get(manifest.name);
    if (entry === undefined) throw new Error(`pnpm packed no ${manifest.name}; it packed ${[...packed.keys()].join(', ')}.`);
    return { name: manifest.name, manifest, tarball: resolve(folder, entry.filename), files: entry.files.map(({ path }) => path) };
  });
}

/** The pnpm that runs this script, if one does, else the pinned one. */
function runPnpm(args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [command, ...before] = process.env.npm_config_user_agent?.startsWith('pnpm/') ? ['pnpm'] : ['npx', '--yes', packageManager];
  return spawnSync(command, [...before, ...args], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('Name a folder for the tarballs: node scripts/pack.mjs FOLDER');
    process.exitCode = 1;
  } else {
    for (const { tarball } of packAll(folder)) console.log(tarball);
  }
}
