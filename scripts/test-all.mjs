// Everything that must hold, in one run: the build with its types and, beside it, the checks of the sources; the checks of the build; all tests. The
// last line counts them.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILD_CHECKS, runChecks, SOURCE_CHECKS } from './check.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensurePostgres } from './postgres.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'isoface-test-'));
const reportFile = join(folder, 'report.json');

const [built, failedSources] = await Promise.all([
  run(process.execPath, [join(root, 'scripts/build.mjs'), '--types']),
  // Most of the time the build keeps one processor busy.
  runChecks(SOURCE_CHECKS),
]);
const failedChecks = [...failedSources, ...(built ? await runChecks(BUILD_CHECKS) : BUILD_CHECKS.map(([name]) => name))];
const chromium = built ? await prepareChromium() : undefined;
// Without a server the tests of the database say less; they say so themselves.
if (built) await ensurePostgres();
const vitest = ['run', '--config', 'vitest.workspace.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
// Without a browser the tests in Node still say something.
if (chromium === undefined) vitest.push('--project=unit');
const isClean = built && (await run(join(root, 'node_modules/.bin/vitest'), vitest, { ISOFACE_CHROMIUM: chromium }));
const counts = readCounts();
rmSync(folder, { recursive: true, force: true });

// A run that ends badly without a failing test (an unhandled rejection, a crash) counts as one failure.
const crashed = !isClean && counts.failed === 0 ? 1 : 0;
const lacking = built && chromium === undefined ? 1 : 0;
const passed = counts.passed + SOURCE_CHECKS.length + BUILD_CHECKS.length - failedChecks.length;
const failed = counts.failed + failedChecks.length + crashed + lacking;
if (failedChecks.length > 0) console.log(`Failed checks: ${failedChecks.join(', ')}`);
if (lacking > 0) console.log('Without a Chromium, no test was run that needs one.');
if (!built) console.log('The build failed, so nothing that needs it was run: neither its checks nor the tests.');
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${counts.skipped} skipped`);

async function prepareChromium() {
  try {
    return await ensureChromium();
  } catch (error) {
    console.error(error.message);
    return undefined;
  }
}

/** True if the command succeeded. */
function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

function readCounts() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(reportFile, 'utf8'));
    // A file that cannot even be loaded has no tests to fail.
    const brokenFiles = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
    return { passed: numPassedTests, failed: numFailedTests + brokenFiles, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
