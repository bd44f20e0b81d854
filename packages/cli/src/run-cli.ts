/** One run of the command line: arguments in, exit code out. Nothing here touches the process, so that tests run it as a function. */

import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { createProgram } from './create-program.ts';
import { Interruption } from './interruption.ts';
import { toErrorDocument, toErrorText, toUsageErrorDocument } from './output/describe-error.ts';
import { formatJson } from './output/format-json.ts';
import { createProgress } from './progress-bar.ts';
import { EXIT, type RunCommand, type Surroundings } from './session.ts';

/**
 * Runs one command.
 *
 * @param argv - Arguments after the name of the program.
 * @returns The exit code; see `isoface --help`.
 */
export async function runCli(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, cwd, isTerminal, signal = new AbortController().signal } = surroundings;
  const separator = argv.indexOf('--');
  let wantsJson = argv.slice(0, separator < 0 ? undefined : separator).includes('--json');
  const write = (stream: NodeJS.WritableStream, text: string): void => void stream.write(text.endsWith('\n') ? text : `${text}\n`);
  let exitCode: number = EXIT.ok;

  const runCommand: RunCommand = async ({ json: wanted = false, quiet = false }, work) => {
    const json = wanted === true;
    wantsJson = json;
    const progress = createProgress(stderr, isTerminal && !quiet);
    try {
      signal.throwIfAborted();
      const result = await work({
        signal,
        progress,
        resolvePath: (path) => resolve(cwd, path),
        print(line) {
          if (json) return;
          progress.clear();
          write(stdout, line);
        },
        note(line) {
          if (quiet) return;
          progress.clear();
          write(stderr, line);
        },
      });
      if (json) write(stdout, formatJson(result.document));
      exitCode = result.exitCode ?? EXIT.ok;
    } finally {
      progress.clear();
    }
  };

  const program = createProgram(runCommand, {
    writeOut: (text) => write(stdout, text),
    writeErr: (text) => {
      if (!wantsJson) write(stderr, text);
    },
  });

  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version that were asked for also arrive here.
      if (error.exitCode === 0) return EXIT.ok;
      if (wantsJson) write(stdout, formatJson(toUsageErrorDocument(error)));
      return EXIT.error;
    }
    const shown = signal.aborted ? signal.reason : error;
    if (wantsJson) write(stdout, formatJson(toErrorDocument(shown)));
    else write(stderr, toErrorText(shown));
    if (!signal.aborted) return EXIT.error;
    return shown instanceof Interruption ? shown.exitCode : EXIT.interrupted;
  }
}
