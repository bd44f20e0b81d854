/** Galleries that come through a pipe. */

/** What stands for standard input and output in the place of a file. */
export const STANDARD_STREAM = '-';

/** The bytes of standard input, as they come. */
export function readStandardInput(): AsyncIterable<Uint8Array> {
  return process.stdin;
}

/** Writes to standard output no faster than it is read. */
export async function writeStandardOutput(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    if (process.stdout.write(piece)) continue;
    await new Promise<void>((resolve) => {
      const proceed = (): void => {
        process.stdout.off('drain', proceed);
        signal.removeEventListener('abort', proceed);
        resolve();
      };
      process.stdout.once('drain', proceed);
      signal.addEventListener('abort', proceed);
    });
  }
}
