// Where the Chromium is with which the tests run, and the software Vulkan that comes with it. Looks only; scripts/chromium.mjs installs.

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { chromium } from 'playwright';

/** Names under which distributions install it, best first. */
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome'];

/** Folders that are searched after those of PATH, which may be cut short where tests run. */
const FOLDERS = ['/usr/bin'];

/**
 * Executables that may be the browser, best first: what ISOFACE_CHROMIUM names (then nothing else counts), Playwright's own, the system's.
 * The arguments are replaced in tests.
 */
export function chromiumCandidates({ env = process.env, playwrightPath = chromium.executablePath(), folders = FOLDERS } = {}) {
  if (env.ISOFACE_CHROMIUM) {
    if (isExecutable(env.ISOFACE_CHROMIUM)) return [env.ISOFACE_CHROMIUM];
    throw new Error(`ISOFACE_CHROMIUM names ${env.ISOFACE_CHROMIUM}, which is no program. Name a Chromium, or unset the variable.`);
  }
  const searched = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...folders];
  const installed = COMMANDS.flatMap((command) => searched.map((folder) => join(folder, command)));
  return [...new Set([playwrightPath, ...installed])].filter(isExecutable);
}

/** The best candidate, or undefined. */
export function findChromium(options) {
  return chromiumCandidates(options)[0];
}

/**
 * The file that makes a Vulkan loader use the browser's software renderer (as VK_ICD_FILENAMES), or undefined. Distributions start the browser
 * through a script, and keep its files in a folder of the same name under `libraries`.
 */
export function findSoftwareVulkan(executable = findChromium(), libraries = '/usr/lib') {
  if (executable === undefined) return undefined;
  const folders = [dirname(executable), dirname(realpathSync(executable)), join(libraries, basename(executable))];
  return folders
    .map((folder) => join(folder, 'vk_swiftshader_icd.json'))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
