// Runs the pinned pnpm on a machine that has only Node and npm, and installs the workspace when it is not up to date.
//
//   node scripts/pnpm.mjs [--quiet] [--keep-cwd] run SCRIPT [ARGUMENT ...]
//
// --quiet      prints nothing of its own unless something has to be installed (then on standard error).
// --keep-cwd   tells the script, in ISOFACE_CWD, in which folder the user stands, so that relative paths are the user's.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const argv = process.argv.slice(2);
const flags = new Set();
while (argv[0]?.startsWith('--')) flags.add(argv.shift());

const [nodeMajor, nodeMinor] = process.versions.node.split('.').map(Number);
if (nodeMajor < 20 || (nodeMajor === 20 && nodeMinor < 19)) {
  console.error(`isoface needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const environment = cleanEnvironment();

if (!isInstalled()) {
  console.error('Installing dependencies …');
  const status = pnpm(['install', '--frozen-lockfile'], flags.has('--quiet') ? ['ignore', 2, 2] : 'inherit');
  if (status !== 0) {
    console.error('The installation failed; its last lines say why. Run the command again once the cause is gone.');
    process.exit(status);
  }
}
const separator = flags.has('--quiet') ? ['--silent'] : [];
process.exitCode = pnpm([...separator, ...argv], 'inherit');

function isInstalled() {
  const installed = join(root, 'node_modules/.pnpm/lock.yaml');
  return existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
}

function pnpm(args, stdio) {
  // Ctrl-C reaches the child directly; this process waits for it to clean up.
  process.on('SIGINT', () => {});
  const result = spawnSync('npx', ['--yes', packageManager, ...args], { cwd: root, env: environment, stdio });
  if (result.error) throw result.error;
  // npx dies by the signal itself; the code is the one by which shells tell that.
  return result.status ?? (result.signal === 'SIGINT' ? 130 : 1);
}

/** npm describes its own run in the environment, and pnpm would take that for its own configuration. */
function cleanEnvironment() {
  const kept = /^npm_config_(registry|cache|userconfig|prefix)$/i;
  const entries = Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config)_/i.test(name) || kept.test(name));
  const cleaned = Object.fromEntries(entries);
  if (flags.has('--keep-cwd')) cleaned.ISOFACE_CWD = process.env.INIT_CWD ?? process.cwd();
  if (!process.stdout.isTTY) cleaned.CI ??= 'true';
  return cleaned;
}
