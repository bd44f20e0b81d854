/** The published packages, packed and installed as an application would install them. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from './run-command.ts';

/** A packed package. */
export interface PackedPackage {
  readonly name: string;
  readonly tarball: string;
}

const PACK_SCRIPT = new URL('../../scripts/pack.mjs', import.meta.url).href;

/** Packs all of them into a new folder. Needs the build with types. */
export async function packInto(folder: string): Promise<readonly PackedPackage[]> {
  await mkdir(folder, { recursive: true });
  const { packAll } = (await import(PACK_SCRIPT)) as { readonly packAll: (folder: string) => readonly PackedPackage[] };
  return packAll(folder);
}

/**
 * Makes an application with npm: `ours` from their tarballs, as are all packages of ours that those need, and `others` from the registry.
 *
 * @param others - Versions by name.
 */
export async function installApplication(
  folder: string,
  packed: readonly PackedPackage[],
  { ours, others }: { readonly ours: readonly string[]; readonly others: Readonly<Record<string, string>> },
): Promise<void> {
  const fileOf = new Map(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const dependencies = { ...Object.fromEntries(ours.map((name) => [name, fileOf.get(name)])), ...others };
  // What is not on the registry yet must not be looked for there.
  const overrides = Object.fromEntries([...fileOf].filter(([name]) => !(name in dependencies)));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies, overrides }, null, 2));
  // No script of a dependency is needed, and onnxruntime-node's would download CUDA libraries.
  await runOrThrow('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'], folder);
}

/** Path of a program that is installed in an application. */
export function installedProgram(folder: string, name: string): string {
  return join(folder, 'node_modules/.bin', name);
}

/** The manifest of an installed package, or undefined where it is not installed. */
export async function readInstalledManifest(folder: string, name: string): Promise<Record<string, unknown> | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
