// All static checks, each named; every one runs even if another one fails. The last three look at the build with types.

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { checkManifests, checkResolution } from './check-packages.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NEEDS_BUILD = 'This check looks at the build: run `npm run build` first.';
/** A type checker takes half a gigabyte. */
const MOST_AT_ONCE = 4;

/** Name of each check that needs no build, the cheap ones first, and its command or a function that gives the problems it finds. */
export const SOURCE_CHECKS = [
  ['format and lint', ['biome', 'check', '.']],
  ['types', ['tsc', '-p', 'tsconfig.json', '--noEmit']],
  ['core without a platform', ['tsc', '-p', 'packages/core/tsconfig.json', '--noEmit']],
  ['browser runtime without Node', ['tsc', '-p', 'packages/runtime-web/tsconfig.json', '--noEmit']],
  ['tests of the browser runtime', ['tsc', '-p', 'packages/runtime-web/tsconfig.test.json', '--noEmit']],
  ['types of isoface in the browser', ['tsc', '-p', 'packages/isoface/tsconfig.browser.json', '--noEmit']],
  ['types of the packaging tests', ['tsc', '-p', 'packaging/tsconfig.json', '--noEmit']],
  ['types of the playground', ['tsc', '-p', 'examples/web-playground/tsconfig.json', '--noEmit']],
  ['types of the face unlock app', ['tsc', '-p', 'examples/face-unlock/tsconfig.json', '--noEmit']],
  ['types of the backend', ['tsc', '-p', 'examples/node-backend/tsconfig.json', '--noEmit']],
  ['types of the page of the backend', ['tsc', '-p', 'examples/node-backend/page/tsconfig.json', '--noEmit']],
  ['import direction', ['depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'examples', 'benchmarks']],
  ['unused exports', ['knip', '--no-config-hints']],
  ['doc comments', ['node', 'scripts/check-docs.mjs']],
];

/** The same for those that look at the build. */
export const BUILD_CHECKS = [
  ['size budgets', ['size-limit'], NEEDS_BUILD],
  ['publint', checkManifests, NEEDS_BUILD],
  ['attw', checkResolution, NEEDS_BUILD],
];

/** Runs checks, as many at once as there are processors, and returns the names of those that failed. */
export async function runChecks(checks) {
  const waiting = [...checks];
  const failed = [];
  const runWaiting = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, check, hint] = next;
      const problems = typeof check === 'function' ? await find(check) : await runCommand(check);
      console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}`);
      if (problems.length === 0) continue;
      failed.push(name);
      console.log([...problems, ...(hint === undefined ? [] : [hint])].join('\n'));
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_AT_ONCE) }, runWaiting));
  return failed;
}

async function find(check) {
  try {
    return await check();
  } catch (error) {
    return [error.message];
  }
}

async function runCommand([command, ...args]) {
  const executable = command === 'node' ? process.execPath : join(root, 'node_modules/.bin', command);
  const child = spawn(executable, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [code, ...output] = await Promise.all([ended, text(child.stdout), text(child.stderr)]).catch((error) => [1, error.message]);
  return code === 0 ? [] : [output.join('').trim()];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = (await runChecks([...SOURCE_CHECKS, ...BUILD_CHECKS])).length === 0 ? 0 : 1;
}
