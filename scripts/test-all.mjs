// Everything that must hold, in one run: the build with its types, the static checks, all tests. The last line counts them.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKS, runChecks } from './check.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'isoface-test-'));
const reportFile = join(folder, 'report.json');

const built = run(process.execPath, [join(root, 'scripts/build.mjs'), '--types']);
const failedChecks = built ? runChecks() : CHECKS.map(([name]) => name);
const vitest = ['run', '--config', 'vitest.workspace.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
const isClean = built && run(join(root, 'node_modules/.bin/vitest'), vitest);
const counts = readCounts();
rmSync(folder, { recursive: true, force: true });

// A run that ends badly without a failing test (an unhandled rejection, a crash) counts as one failure.
const crashed = !isClean && counts.failed === 0 ? 1 : 0;
const passed = counts.passed + CHECKS.length - failedChecks.length;
const failed = counts.failed + failedChecks.length + crashed;
if (failedChecks.length > 0) console.log(`Failed checks: ${failedChecks.join(', ')}`);
if (!built) console.log('The build failed, so nothing else was run.');
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${counts.skipped} skipped`);

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;
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
