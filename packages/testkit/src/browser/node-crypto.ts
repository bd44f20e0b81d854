/** What the fakes take from `node:crypto`, for tests that run in a browser; the tests' Vite configuration puts it in its place. */

import { sha256 } from '../sha256.ts';

interface BrowserHash {
  update(bytes: Uint8Array): BrowserHash;
  /** A promise, for Web Crypto knows no other way: only async functions may return it. */
  digest(): Promise<string>;
}

/** SHA-256, whatever is asked for. */
export function createHash(): BrowserHash {
  const parts: Uint8Array[] = [];
  const hash: BrowserHash = {
    update(bytes) {
      parts.push(bytes);
      return hash;
    },
    digest: () => sha256(Uint8Array.from(parts.flatMap((part) => Array.from(part)))),
  };
  return hash;
}
