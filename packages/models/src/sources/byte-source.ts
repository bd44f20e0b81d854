/** The small ports from which a model source is put together. They carry bytes and trust nobody: the model source does the checking. */

import type { ModelFile } from '@isoface/core';

/** What goes along with one read. */
export interface ByteReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that have come so far. Sources that read in one go need not call it. */
  readonly onProgress?: ((loadedBytes: number) => void) | undefined;
}

/** One place where the bytes of a model file may be found. */
export interface ByteSource {
  /** Short name for progress events and messages: `bundled`, `folder`, `cache`, `download`, `memory` or one of your own. */
  readonly name: string;
  /** Where that is, for messages: a directory or a host. */
  readonly location?: string | undefined;
  /**
   * @returns The bytes, which the caller owns from then on, or `undefined` if this source does not have the file.
   *   They need not be the right ones, but are never more than `file.bytes + 1` long.
   * @throws {FaceError} `IO_FAILED` or `DOWNLOAD_FAILED`; the next source is asked then.
   */
  read(file: ModelFile, options?: ByteReadOptions): Promise<Uint8Array | undefined>;
}

/** A source that keeps what it is given, such as a cache. */
export interface WritableByteSource extends ByteSource {
  /**
   * Keeps verified bytes. A reader sees all of them or none.
   *
   * @throws {FaceError} `IO_FAILED`.
   */
  write(file: ModelFile, bytes: Uint8Array): Promise<void>;
  /** Forgets the file; nothing happens if it is not there. */
  remove(file: ModelFile): Promise<void>;
}
