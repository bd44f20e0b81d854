/** Keys in files. */

import { stat } from 'node:fs/promises';
import { FaceError } from '@isoface/core';
import type { GalleryKeys } from '@isoface/core/gallery';
import { readNamedFile } from '../engine/read-named-file.ts';
import { printable } from '../output/printable.ts';
import type { Session } from '../session.ts';

const KEY_BYTES = 32;
const HEX = /^[0-9a-f]{64}$/i;
/** 32 bytes are 43 digits and one that fills up; the URL-safe alphabet is read too. */
const BASE64 = /^[A-Za-z0-9+/_-]{43}=?$/;
/** Rights of others than the owner. */
const OTHERS = 0o077;

/** Files of keys, as they are typed. */
export interface KeyFiles {
  readonly keyFile?: string | undefined;
  readonly transformKeyFile?: string | undefined;
}

/**
 * Reads the keys that were named.
 *
 * @throws {FaceError} `IO_FAILED`, or `INVALID_OPTION` for a file that holds no key; what it holds is not repeated.
 */
export async function readKeys({ keyFile, transformKeyFile }: KeyFiles, session: Session): Promise<GalleryKeys> {
  return {
    encryption: keyFile === undefined ? undefined : await readKeyFile(keyFile, session),
    transform: transformKeyFile === undefined ? undefined : await readKeyFile(transformKeyFile, session),
  };
}

/** Reads one key: 32 bytes as they are, 64 hexadecimal digits, or base64. */
async function readKeyFile(file: string, { resolvePath, signal, note }: Session): Promise<Uint8Array> {
  const path = resolvePath(file);
  const key = decodeKey(await readNamedFile(path, signal));
  if (key === undefined) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected a key of ${KEY_BYTES} bytes in ${printable(path)}: as they are, as ${2 * KEY_BYTES} hexadecimal digits, or in base64; got something else. isoface gallery keygen makes one.`,
      { path },
    );
  }
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
    note(`Others on this machine may read the key file ${printable(file)}; chmod 600 takes that away.`);
  return key;
}

function decodeKey(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length === KEY_BYTES) return Uint8Array.from(bytes);
  const text = Buffer.from(bytes).toString('latin1').trim();
  if (HEX.test(text)) return Uint8Array.from(Buffer.from(text, 'hex'));
  if (!BASE64.test(text)) return undefined;
  const key = Uint8Array.from(Buffer.from(text, 'base64'));
  return key.length === KEY_BYTES ? key : undefined;
}
