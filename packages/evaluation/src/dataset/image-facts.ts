/** What can be known of an image file without decoding its pixels. */

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import sharp from 'sharp';
import type { DatasetProblemCode } from './dataset-entry.ts';
import { describeFault } from './fault-reason.ts';
import { type OpenFile, openRegularFile } from './open-regular-file.ts';

/** Size and digest of an image file. */
export interface ImageFacts {
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Size of the file. */
  readonly bytes: number;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Why a file is no usable image. */
export interface ImageFault {
  readonly code: Extract<DatasetProblemCode, 'missing' | 'unreadable' | 'unsupported'>;
  readonly message: string;
}

/** Larger files are read piece by piece, so that a few of them at a time need little memory. */
const WHOLE_BYTES = 4 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
/** What the decoder of the Node runtime accepts. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);

/**
 * Reads size and digest of a file. The format is told by the content, not by the name; the pixels are not decoded, so damage behind the header
 * is not noticed.
 */
export async function readImageFacts(path: string, signal?: AbortSignal): Promise<ImageFacts | ImageFault> {
  return inspect(path, signal, true);
}

/** The same without the digest, which needs every byte of the file. */
export async function readImageSize(path: string, signal?: AbortSignal): Promise<Omit<ImageFacts, 'sha256'> | ImageFault> {
  return inspect(path, signal, false);
}

async function inspect(path: string, signal: AbortSignal | undefined, isHashed: boolean): Promise<ImageFacts | ImageFault> {
  signal?.throwIfAborted();
  let file: OpenFile | undefined;
  try {
    file = await openRegularFile(path);
    if (file === undefined) return { code: 'unsupported', message: 'Expected an image file; this is a folder, pipe or device.' };
    const { handle, size } = file;
    if (size === 0) return { code: 'unreadable', message: 'The file is empty.' };
    const start = await readUpTo(handle, Math.min(size, WHOLE_BYTES));
    if (!isImage(start)) return { code: 'unsupported', message: 'Not a JPEG, PNG, WebP, GIF, TIFF or AVIF file by its first bytes.' };
    const isWhole = start.length >= size;
    const sha256 = isHashed ? await hashFile(handle, start, isWhole, signal) : '';
    signal?.throwIfAborted();
    const { format, compression, autoOrient } = await sharp(isWhole ? start : path, { limitInputPixels: false }).metadata();
    if (!FORMATS.has(format) || (format === 'heif' && compression !== 'av1')) {
      return { code: 'unsupported', message: `${compression ?? format} images are not decoded; convert it to JPEG or PNG.` };
    }
    return { width: autoOrient.width, height: autoOrient.height, bytes: size, sha256 };
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { code: 'missing', message: 'There is no such file.' };
    const reason = code === undefined ? `its header is damaged (${message.trim().split('\n')[0]})` : describeFault(error);
    return { code: 'unreadable', message: `The image cannot be read: ${reason}.` };
  } finally {
    await file?.handle.close();
  }
}

async function readUpTo(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function hashFile(handle: FileHandle, start: Buffer, isWhole: boolean, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256').update(start);
  if (isWhole) return hash.digest('hex');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = start.length; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(piece, 0, piece.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** By signature, before a decoder sees the bytes: SVG and PDF can read files or run for ever. */
function isImage(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 16);
  return (
    head.startsWith('\xff\xd8\xff') ||
    head.startsWith('\x89PNG\r\n\x1a\n') ||
    (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) ||
    head.startsWith('GIF8') ||
    /^(?:II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(head) ||
    head.startsWith('ftyp', 4)
  );
}
