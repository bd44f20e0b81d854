/** Model files made of random bytes, manifests around them, and temporary directories that hold them. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelFile, ModelManifest } from '@isoface/core';
import { ultrafaceRfb320 } from '@isoface/models';
import { onTestFinished } from 'vitest';
import { sha256 } from '../../../src/models/sha256.ts';

export function randomModel(bytes: number): Uint8Array {
  return new Uint8Array([0x08, ...randomBytes(bytes - 1)]);
}

export async function describeFile(bytes: Uint8Array, urls: readonly string[] = [], name = 'model.onnx'): Promise<ModelFile> {
  return { name, sha256: await sha256(bytes), bytes: bytes.length, urls };
}

/** A valid manifest whose bytes are `file`. */
export function manifestFor(file: ModelFile): ModelManifest {
  return { ...ultrafaceRfb320, id: 'test-model', file };
}

/** A directory that is deleted when the test ends. */
export async function makeTemporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'isoface-models-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Paths of all files below a directory, relative to it. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

/** Where the cache keeps a file, relative to its directory. */
export function cachePath(file: ModelFile): string {
  return join(file.sha256.slice(0, 2), file.sha256);
}

export function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
