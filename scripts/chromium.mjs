// Makes sure that there is a Chromium for the tests, and prints its path.
//
//   node scripts/chromium.mjs
//
// Takes the one that ISOFACE_CHROMIUM names, else Playwright's own, else the system's. Where there is none: Playwright's download, then, as root
// on Debian and its relatives, the system's package.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumCandidates } from './find-chromium.mjs';

export { findSoftwareVulkan } from './find-chromium.mjs';

const DOWNLOAD_SILENCE_MS = 120_000;
const APT_SILENCE_MS = 300_000;
const START_MS = 60_000;

const NOTHING_FOUND = `No Chromium was found that starts, and none could be installed. Do one of these, then run the command again:
  - Debian: apt-get install chromium libvulkan1, as root
  - npx playwright install --with-deps chromium
  - set ISOFACE_CHROMIUM to the path of a Chromium or Chrome`;

/**
 * Path of a Chromium that starts, installed if need be.
 *
 * @param {{ candidates?: () => string[], starts?: (path: string) => boolean, installers?: (() => Promise<void>)[] }} parts - Replaced in tests.
 * @throws If there is none afterwards; the message says what to do.
 */
export async function ensureChromium({
  candidates = chromiumCandidates,
  starts = doesStart,
  installers = [downloadIt, installPackage],
} = {}) {
  const find = () => candidates().find(starts);
  let found = find();
  for (const install of installers) {
    if (found !== undefined) break;
    await install();
    found = find();
  }
  if (found === undefined) throw new Error(NOTHING_FOUND);
  return found;
}

/** Ubuntu's `chromium-browser` is a script that asks for a snap, and Playwright's download may lack libraries: being there is not enough. */
function doesStart(path) {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: START_MS, stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 && /Chrom/.test(stdout);
}

async function downloadIt() {
  console.error('No Chromium found; downloading one …');
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  await run(process.execPath, [cli, 'install', '--no-shell', 'chromium'], DOWNLOAD_SILENCE_MS);
}

async function installPackage() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.error('Installing the package chromium …');
  // Chromium brings its renderer, libvulkan1 the loader with which Node finds it.
  const packages = ['chromium', 'libvulkan1'];
  // One list that cannot be fetched must not hinder the others.
  await run('/usr/bin/apt-get', ['update'], APT_SILENCE_MS);
  await run('/usr/bin/apt-get', ['install', '-y', '--no-install-recommends', ...packages], APT_SILENCE_MS);
}

/** Runs a command with its output on standard error, and ends it when it has been silent for too long. True if it succeeded. */
function run(command, args, silenceMs) {
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    const giveUp = () => {
      console.error(`${command} has been silent for ${silenceMs / 1000} seconds; giving up.`);
      child.kill();
    };
    let timer = setTimeout(giveUp, silenceMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        process.stderr.write(chunk);
        clearTimeout(timer);
        timer = setTimeout(giveUp, silenceMs);
      });
    }
    child.on('error', (error) => console.error(`${command}: ${error.message}`));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await ensureChromium());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
