/**
 * Sightings that are kept between runs: what was seen in an image, by the SHA-256 of its bytes. An interrupted run goes on where it was, and
 * another protocol over the same images embeds nothing again. The file holds templates of real people: keep it like the photos themselves.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FaceError } from '@isoface/core';
import type { Sighting } from './template-source.ts';

/** A sighting with the time it took: milliseconds between the image before it and this one. */
export interface KeptSighting {
  readonly sighting: Sighting;
  readonly wallMs: number;
}

/** The sightings of one recognizer in one set-up. */
export interface TemplateCache {
  readonly file: string;
  /** Sightings that were there when it was opened. */
  readonly size: number;
  /** The sighting of an image that was there when the cache was opened. */
  get(sha256: string): KeptSighting | undefined;
  /** @throws {FaceError} `IO_FAILED`, e.g. for a full disk; what was kept before stays readable. */
  put(sha256: string, kept: KeptSighting): Promise<void>;
  close(): Promise<void>;
}

/** Templates longer than this are not kept: a histogram of 20,736 numbers takes longer to read than to compute. */
const MAX_DIMENSION = 4096;
/** Grows when the form of a line changes; older files are then left alone. */
const FORMAT = 1;
const LINE_FEED = 10;

/**
 * Opens the cache of one fingerprint in a folder, or begins it. A line that a killed process left half written is passed over.
 *
 * @throws {FaceError} `IO_FAILED`.
 */
export async function openTemplateCache(folder: string, fingerprint: string): Promise<TemplateCache> {
  const name = createHash('sha256').update(`${FORMAT}\n${fingerprint}`).digest('hex').slice(0, 24);
  const file = join(folder, `${name}.jsonl`);
  const [handle, kept] = await orIoError(file, 'open', async () => {
    // Nobody else may read the templates.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const opened = await open(file, 'a+', 0o600);
    return [opened, await readKept(file, opened)] as const;
  });
  return {
    file,
    size: kept.size,
    get: (sha256) => kept.get(sha256),
    async put(sha256, entry) {
      if ((entry.sighting.template?.length ?? 0) > MAX_DIMENSION) return;
      await orIoError(file, 'write', () => handle.appendFile(`${toLine(sha256, entry)}\n`));
    },
    close: () => handle.close(),
  };
}

async function readKept(file: string, handle: FileHandle): Promise<Map<string, KeptSighting>> {
  const kept = new Map<string, KeptSighting>();
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const entry = fromLine(line);
    if (entry !== undefined) kept.set(...entry);
  }
  const { size } = await handle.stat();
  const last = Buffer.alloc(1);
  if (size > 0) await handle.read(last, 0, 1, size - 1);
  // What follows half a line must not become a part of it.
  if (size > 0 && last[0] !== LINE_FEED) await handle.appendFile('\n');
  return kept;
}

function toLine(sha256: string, { sighting, wallMs }: KeptSighting): string {
  const { template, ...seen } = sighting;
  const bytes = template && Buffer.from(template.buffer, template.byteOffset, template.byteLength);
  return JSON.stringify({ sha256, wallMs, ...seen, template: bytes?.toString('base64') });
}

function fromLine(line: string): [string, KeptSighting] | undefined {
  try {
    const { sha256, wallMs, template, ...seen } = JSON.parse(line);
    if (typeof sha256 !== 'string' || typeof wallMs !== 'number' || typeof seen.faces !== 'number') return undefined;
    // A copy: bytes out of a pool may begin anywhere, floats may not.
    const bytes = template === undefined ? undefined : Uint8Array.from(Buffer.from(template, 'base64'));
    return [sha256, { wallMs, sighting: { ...seen, template: bytes && new Float32Array(bytes.buffer) } }];
  } catch {
    return undefined;
  }
}

async function orIoError<T>(file: string, verb: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const advice = 'Name another folder with --cache, or switch it off with --no-cache.';
    throw new FaceError(
      'IO_FAILED',
      `Cannot ${verb} the cache of templates ${file} (${reason}). ${advice}`,
      { path: file, reason },
      { cause },
    );
  }
}
