/** The bytes of a download so far: in memory for the caller, and in a partial store for whoever has to go on after a crash. */

import type { ModelFile } from '@isoface/core';
import type { PartialDownload, PartialStore } from './partial-store.ts';

/** A download under way. */
export interface DownloadBuffer {
  /** Number of bytes so far. */
  readonly length: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Forgets everything. */
  restart(): Promise<void>;
  /** All bytes so far, in one new array. */
  toBytes(): Uint8Array;
  close(): Promise<void>;
}

/**
 * Opens the buffer of a file with what earlier attempts left. A store that fails (disk full, no permission) is given up in silence:
 * the download goes on in memory, and the cache will report the same trouble when the finished file is written.
 */
export async function openDownloadBuffer(
  file: ModelFile,
  partials: PartialStore | undefined,
  onLength: ((length: number) => void) | undefined,
): Promise<DownloadBuffer> {
  let partial: PartialDownload | undefined;
  let chunks: Uint8Array[] = [];
  let length = 0;
  await store(async () => {
    partial = await partials?.open(file);
    const { bytes } = partial ?? {};
    if (bytes === undefined || bytes.length === 0) return;
    if (bytes.length > file.bytes) await partial?.restart();
    else add(bytes);
  });

  return {
    get length(): number {
      return length;
    },
    async append(chunk: Uint8Array): Promise<void> {
      add(chunk);
      await store(() => partial?.append(chunk));
    },
    async restart(): Promise<void> {
      chunks = [];
      length = 0;
      await store(() => partial?.restart());
    },
    toBytes(): Uint8Array {
      return concatenate(chunks, length);
    },
    async close(): Promise<void> {
      await store(() => partial?.close());
      partial = undefined;
    },
  };

  function add(chunk: Uint8Array): void {
    chunks.push(chunk);
    length += chunk.length;
    try {
      onLength?.(length);
    } catch {
      // A listener that throws does not break the download.
    }
  }

  async function store(action: () => Promise<void> | undefined): Promise<void> {
    try {
      await action();
    } catch {
      const broken = partial;
      partial = undefined;
      await broken?.close().catch(() => {});
    }
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
