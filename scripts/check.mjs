// All static checks, each named, the cheap ones first; every one runs even if an earlier one fails. The last three look at the build with types.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkManifests, checkResolution } from './check-packages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NEEDS_BUILD = 'This check looks at the build: run `npm run build` first.';

/** Name of each check, and its command or a function that gives the problems it finds. */
export const CHECKS = [
  ['format and lint', ['biome', 'check', '.']],
  ['types', ['tsc', '-p', 'tsconfig.json', '--noEmit']],
  ['core without a platform', ['tsc', '-p', 'packages/core/tsconfig.json', '--noEmit']],
  ['browser runtime without Node', ['tsc', '-p', 'packages/runtime-web/tsconfig.json', '--noEmit']],
  ['tests of the browser runtime', ['tsc', '-p', 'packages/runtime-web/tsconfig.test.json', '--noEmit']],
  ['types of isoface in the browser', ['tsc', '-p', 'packages/isoface/tsconfig.browser.json', '--noEmit']],
  ['types of the packaging tests', ['tsc', '-p', 'packaging/tsconfig.json', '--noEmit']],
  ['types of the playground', ['tsc', '-p', 'examples/web-playground/tsconfig.json', '--noEmit']],
  ['import direction', ['depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'examples', 'benchmarks']],
  ['unused exports', ['knip', '--no-config-hints']],
  ['doc comments', ['node', 'scripts/check-docs.mjs']],
  ['size budgets', ['size-limit'], NEEDS_BUILD],
  ['publint', checkManifests, NEEDS_BUILD],
  ['attw', checkResolution, NEEDS_BUILD],
];

/** Runs the checks and returns the names of those that failed. */
export async function runChecks() {
  const failed = [];
  for (const [name, check, hint] of CHECKS) {
    const problems = typeof check === 'function' ? await find(check) : runCommand(check);
    console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}`);
    if (problems.length === 0) continue;
    failed.push(name);
    console.log([...problems, ...(hint === undefined ? [] : [hint])].join('\n'));
  }
  return failed;
}

async function find(check) {
  try {
    return await check();
  } catch (error) {
    return [error.message];
  }
}

function runCommand([command, ...args]) {
  const executable = command === 'node' ? process.execPath : join(root, 'node_modules/.bin', command);
  const { status, stdout, stderr, error } = spawnSync(executable, args, { cwd: root, encoding: 'utf8' });
  if (error) return [error.message];
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = (await runChecks()).length === 0 ? 0 : 1;
}
