/** Where on this machine the bytes of a model are. */

import { createHash } from 'node:crypto';
import type { ModelFile, ModelManifest } from '@isoface/core';
import type { ByteSource } from '@isoface/models';
import { createBundledSource, createFileCache, createFolderSource, defaultCacheDirectory } from '@isoface/runtime-node';

/** One place in which a model file is. */
export interface FoundFile {
  readonly file: string;
  /** `bundled`, `folder` or `cache`. */
  readonly source: string;
  readonly location: string | undefined;
  /** Whether size and SHA-256 are those of the manifest. */
  readonly isIntact: boolean;
}

/** The places that came with the package or that the user named, in the order in which an engine asks them. */
export function listGivenSources(modelsDir: string | undefined = process.env['ISOFACE_MODELS']): ByteSource[] {
  const folder = modelsDir === undefined || modelsDir === '' ? [] : [createFolderSource(modelsDir)];
  return [createBundledSource(), ...folder];
}

/** All places on this machine: those given and the cache. */
export function listLocalSources(modelsDir: string | undefined): ByteSource[] {
  return [...listGivenSources(modelsDir), createFileCache(defaultCacheDirectory())];
}

/** All files that belong to a model: the ONNX file and those it can be made from. */
export function listModelFiles({ file, importFrom }: ModelManifest): ModelFile[] {
  return [file, ...(importFrom?.files ?? [])];
}

/** Looks for a file in every source and hashes what it finds. A source that cannot be read has nothing. */
export async function locateFile(file: ModelFile, sources: readonly ByteSource[], signal: AbortSignal): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const { name, location, read } of sources) {
    signal.throwIfAborted();
    const bytes = await read(file, { signal }).catch(() => undefined);
    signal.throwIfAborted();
    if (bytes === undefined) continue;
    const isIntact = bytes.length === file.bytes && createHash('sha256').update(bytes).digest('hex') === file.sha256;
    found.push({ file: file.name, source: name, location, isIntact });
  }
  return found;
}

/** A place from which an engine can get the model without the network: the ONNX file, or all files it is made from. */
export async function locateModel(
  model: ModelManifest,
  sources: readonly ByteSource[],
  signal: AbortSignal,
): Promise<FoundFile | undefined> {
  const ready = (await locateFile(model.file, sources, signal)).find(({ isIntact }) => isIntact);
  if (ready !== undefined || model.importFrom === undefined) return ready;
  const parts = await Promise.all(model.importFrom.files.map((file) => locateFile(file, sources, signal)));
  const intact = parts.map((places) => places.find(({ isIntact }) => isIntact));
  return intact.every((part) => part !== undefined) ? intact[0] : undefined;
}
