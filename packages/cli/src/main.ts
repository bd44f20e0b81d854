#!/usr/bin/env node
/** The `isoface` command. */

import { Interruption } from './interruption.ts';

const controller = new AbortController();

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    const interruption = Interruption.bySignal(name);
    // The second Ctrl-C means now.
    if (controller.signal.aborted) process.exit(interruption.exitCode);
    controller.abort(interruption);
  });
}

// A reader such as `head` may go away; what is still to be said interests nobody then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  controller.abort(Interruption.byClosedPipe());
});
process.stderr.on('error', () => {});

// Loaded after the handlers are in place: the native libraries take a while, and Ctrl-C works meanwhile.
const { runCli } = await import('./run-cli.ts');
process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  // npm and pnpm run scripts in the folder of the package; the user's paths are relative to where the user stands.
  cwd: process.env['ISOFACE_CWD'] ?? process.cwd(),
  isTerminal: process.stderr.isTTY === true,
  signal: controller.signal,
});
