/** The port that keeps unfinished downloads, so that a later attempt, or a later process, goes on where the last one stopped. */

import type { ModelFile } from '@isoface/core';

/** An unfinished download that this caller alone writes to. */
export interface PartialDownload {
  /** The bytes of earlier attempts: a prefix of the file, possibly empty. */
  readonly bytes: Uint8Array;
  /** Adds bytes behind the last ones. */
  append(chunk: Uint8Array): Promise<void>;
  /** Forgets all bytes; the next append starts from the beginning. */
  restart(): Promise<void>;
  /** Ends the use. What was appended stays for the next one who opens the file, until the finished file is written to the cache. */
  close(): Promise<void>;
}

/** Keeps unfinished downloads by content. */
export interface PartialStore {
  /**
   * Opens the unfinished download of a file. Two callers never share one: the second gets an empty one.
   *
   * @throws {FaceError} `IO_FAILED`; the download works without a store then.
   */
  open(file: ModelFile): Promise<PartialDownload>;
}
