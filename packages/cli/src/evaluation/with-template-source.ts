/** A recognizer and the templates kept of it, for the length of one command. */

import { FaceError, type PackManifest } from '@isoface/core';
import { chooseRecognizer, openTemplateCache, openTemplateSource, type TemplateCache, type TemplateSource } from '@isoface/evaluation';
import { createFaceEngine, resolvePack } from '@isoface/runtime-node';
import { toEngineOptions } from '../engine/engine-options.ts';
import { announceLicenses } from '../engine/with-engine.ts';
import type { Session } from '../session.ts';
import { type EvalCliOptions, toCacheFolder } from './eval-options.ts';

/** What a measurement is given to work with. */
export interface OpenedSource {
  readonly source: TemplateSource;
  readonly cache: TemplateCache | undefined;
  /** The pack of the engine. */
  readonly pack: PackManifest;
}

/** Opens both, gives them to `use` and closes them, whatever happens. */
export async function withTemplateSource<T>(
  options: EvalCliOptions,
  session: Session,
  use: (opened: OpenedSource) => Promise<T>,
): Promise<T> {
  const { signal, progress, resolvePath } = session;
  const engineOptions = await toEngineOptions({ ...options, json: undefined }, session);
  const pack = resolvePack(engineOptions.pack);
  // What is typed wrong should show before models are opened.
  const chosen = await chooseRecognizer(options.recognizer ?? 'pack', resolvePath);
  const engine = await createFaceEngine({ ...engineOptions, signal, onProgress: progress.model });
  progress.clear();
  announceLicenses(engine.info, session);
  const source = await openTemplateSource(engine, pack, chosen);
  try {
    const folder = toCacheFolder(options, session);
    const cache = folder === undefined ? undefined : await openTemplateCache(folder, source.fingerprint);
    try {
      assertResumable(options, cache);
      return await use({ source, cache, pack });
    } finally {
      await cache?.close();
    }
  } finally {
    await source.dispose();
  }
}

function assertResumable({ resume = false }: EvalCliOptions, cache: TemplateCache | undefined): void {
  if (!resume || (cache?.size ?? 0) > 0) return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected templates of an earlier run with the same recognizer and engine in ${cache?.file ?? 'a cache'}, got none. Leave --resume away to begin.`,
    { option: 'resume', cache: cache?.file },
  );
}
