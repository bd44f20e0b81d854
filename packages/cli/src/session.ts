/** What a command gets to work with, and what it gives back. */

import type { EngineProgress } from '@isoface/core';

/** The world around one run of the command line. */
export interface Surroundings {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Whether `stderr` is a terminal, on which progress can be drawn. */
  readonly isTerminal: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Exit codes; every `--help` names them. */
export const EXIT = { ok: 0, noMatch: 1, error: 2, interrupted: 130 } as const;

/** What a command ends with. */
export interface CommandResult {
  /** The one JSON document of `--json`. */
  readonly document: unknown;
  /** @defaultValue 0 */
  readonly exitCode?: number | undefined;
}

/** Options that every command has. */
export interface OutputOptions {
  /** The name of a file: the command writes the document there itself, and speaks to people. */
  readonly json?: boolean | string | undefined;
  readonly quiet?: boolean | undefined;
}

/** Progress on a terminal; silent elsewhere. */
export interface Progress {
  /** Shows the loading of models; fits `onProgress` of an engine. */
  readonly model: (event: EngineProgress) => void;
  /** Shows that `done` of `total` images or models are finished. */
  items(label: string, done: number, total: number): void;
  /** Takes the bar off the screen. */
  clear(): void;
}

/** One run of one command. */
export interface Session {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Absolute path of what the user typed. */
  resolvePath(path: string): string;
  /** A line of the result for people, on standard output; nothing with `--json`. */
  print(line: string): void;
  /** A remark on standard error; nothing with `--quiet`. */
  note(line: string): void;
}

/** Runs the work of a command and remembers its exit code. */
export type RunCommand = (options: OutputOptions, work: (session: Session) => Promise<CommandResult>) => Promise<void>;
