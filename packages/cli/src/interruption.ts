/** Why a run ends before its work is done. */

import { constants } from 'node:os';

/** The reason of an abort that comes from outside. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  /** By the custom of shells: 128 + the number of the signal. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }

  /** Ctrl-C, or a request of the system to end. */
  static bySignal(name: 'SIGINT' | 'SIGTERM'): Interruption {
    return new Interruption(`Interrupted by ${name}.`, 128 + constants.signals[name]);
  }

  /** Whoever read the output has closed it. */
  static byClosedPipe(): Interruption {
    return new Interruption('The reader of the output went away.', 128 + 13);
  }
}
