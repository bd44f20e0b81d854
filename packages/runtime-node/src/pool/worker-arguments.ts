/** Flags that worker threads are started with. */

/** Flags that load a module before the program; the module follows, or stands behind a `=`. */
const PRELOAD = /^(--import|--require|-r)(=|$)/;

/**
 * Of this process's flags, those that load a module first. Others are for a program's first thread or the whole process (`--input-type`,
 * `--max-old-space-size`) and refused by a worker, or name sources that only a development tool can load (`--conditions`).
 */
export function workerArguments(): string[] {
  const { execArgv } = process;
  return execArgv.filter((argument, i) => PRELOAD.test(argument) || (PRELOAD.test(execArgv[i - 1] ?? '') && !argument.startsWith('-')));
}
