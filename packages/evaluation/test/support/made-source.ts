/** A template source over files that hold their own template as JSON: any scores can be made, and no photo is needed. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';
import type { LabelledImage } from '../../src/dataset/dataset-entry.ts';
import type { TemplateSource } from '../../src/templates/template-source.ts';

export interface MadeImage {
  /** `person/name` */
  readonly path: string;
  /** `null`: no face is found. `'damaged'`: the file cannot be read as an image. */
  readonly template: readonly number[] | null | 'damaged';
}

export interface MadeSet {
  readonly directory: string;
  readonly images: readonly LabelledImage[];
  remove(): Promise<void>;
}

/** Writes the files. */
export async function makeSet(images: readonly MadeImage[]): Promise<MadeSet> {
  const directory = await mkdtemp(join(tmpdir(), 'isoface-made-'));
  for (const { path, template } of images) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    // The path makes contents differ where templates do not: the cache goes by contents.
    await writeFile(join(directory, path), JSON.stringify({ path, template }));
  }
  return {
    directory,
    images: images.map(({ path }) => ({ path: join(directory, path), relativePath: path, identity: dirname(path) })),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A source that reads them; `seen` lists the paths that it was asked for. */
export function createMadeSource(dimension: number, overrides: Partial<TemplateSource> = {}): TemplateSource & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    recognizer: 'made',
    contract: 'made-1',
    dimension,
    metric: 'cosine',
    engine: {
      pack: 'made',
      contract: 'made-1',
      executionProvider: 'cpu',
      models: [],
      dimension,
      flipAveraging: false,
      detectionSize: 320,
      thresholds: [],
      liveness: { passive: [], landmarks: 'five', thresholds: [] },
      versions: {},
      runtime: {},
      warnings: [],
    },
    fingerprint: 'made-1',
    async *sight(paths, signal) {
      let index = 0;
      for (const path of paths) {
        signal?.throwIfAborted();
        seen.push(path);
        const { template } = JSON.parse(await readFile(path, 'utf8'));
        if (template === 'damaged') yield { index: index++, error: new FaceError('IMAGE_INVALID', 'Expected an image.') };
        else if (template === null) yield { index: index++, sighting: { width: 10, height: 10, faces: 0 } };
        else yield { index: index++, sighting: { width: 10, height: 10, faces: 1, template: Float32Array.from(template) } };
      }
    },
    dispose: async () => {},
    ...overrides,
  };
}
