// All static checks, each named, the cheap ones first; every one runs even if an earlier one fails.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Name and command of each check. */
export const CHECKS = [
  ['format and lint', ['biome', 'check', '.']],
  ['types', ['tsc', '-p', 'tsconfig.json', '--noEmit']],
  ['core without a platform', ['tsc', '-p', 'packages/core/tsconfig.json', '--noEmit']],
  ['import direction', ['depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'examples', 'benchmarks']],
  ['unused exports', ['knip', '--no-config-hints']],
  ['doc comments', ['node', 'scripts/check-docs.mjs']],
];

/** Runs the checks and returns the names of those that failed. */
export function runChecks() {
  return CHECKS.filter(([name, [command, ...args]]) => {
    const executable = command === 'node' ? process.execPath : join(root, 'node_modules/.bin', command);
    const { status, stdout, stderr } = spawnSync(executable, args, { cwd: root, encoding: 'utf8' });
    console.log(`${status === 0 ? '✓' : '✗'} ${name}`);
    if (status !== 0) console.log(`${stdout}${stderr}`.trim());
    return status !== 0;
  }).map(([name]) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = runChecks().length === 0 ? 0 : 1;
}
