// What is published must work for whoever installs it: checks of the packed packages. They look at the build with types.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll } from './pack.mjs';

let packed;

/** Packs once for all checks; the tarballs go when the process ends. */
function packOnce() {
  if (packed === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'isoface-pack-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    packed = packAll(folder);
  }
  return packed;
}

/** Whether manifests and files agree: every entry point there, of the stated format, with its types first. Returns a line for each problem. */
export async function checkManifests() {
  const problems = [];
  for (const { name, tarball } of packOnce()) {
    const { buffer, byteOffset, byteLength } = readFileSync(tarball);
    const { messages, pkg } = await publint({ pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) } });
    problems.push(...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`));
  }
  return problems;
}

/**
 * Whether TypeScript finds the types of every entry point, from ES modules in Node and through bundlers: the packages are ES modules, so other
 * ways to import them do not count. Returns a line for each problem.
 */
export async function checkResolution() {
  const problems = [];
  for (const { name, tarball } of packOnce()) {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    if (analysis.types === false) problems.push(`${name}: there are no types in it`);
    const found = analysis.types === false ? [] : analysis.problems;
    problems.push(
      ...found.filter(isOurs).map(({ kind, entrypoint = '', resolutionKind = '' }) => `${name}: ${kind} ${entrypoint} ${resolutionKind}`),
    );
  }
  return problems;
}

function isOurs({ resolutionKind }) {
  return resolutionKind !== 'node10' && resolutionKind !== 'node16-cjs';
}
