/** An engine in this process, so that its CPU time is that of the process. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { FaceError, type RgbaImage, selectProminentFace } from '@isoface/core';
import { type NodeExecutionProvider, type NodeFaceEngine, openEngine } from '@isoface/runtime-node';
import sharp from 'sharp';
import { cpuNow } from '../statistics.ts';
import type { AnalysisSample, BenchEngineFacts, BenchEngineOptions, BenchImage, SearchingEngine } from './bench-engine.ts';
import { createByteCache } from './byte-cache.ts';
import { isNodeGpuSoftware } from './gpu-device.ts';
import { measureNodeStart, type NodeStart } from './node-start.ts';
import type { RuntimeName } from './runtime-name.ts';
import { searchGallery } from './search-gallery.ts';

const PROVIDERS: Partial<Record<RuntimeName, NodeExecutionProvider>> = { 'node-cpu': 'cpu', 'node-webgpu': 'webgpu', 'node-cuda': 'cuda' };
/** Encoded pictures that are kept in memory, as an upload is when it is analyzed. */
const KEPT_BYTES = 64 * 2 ** 20;
/** The start analyzes the first picture that can be decoded of so many. */
export const START_IMAGES = 5;

/** Opens an engine on the calling thread; see `openBenchEngine`. */
export async function openNodeEngine(runtime: RuntimeName, options: BenchEngineOptions): Promise<SearchingEngine> {
  const { pack, images, input, modelsDir, measureStart = true, signal } = options;
  const executionProviders = PROVIDERS[runtime];
  if (executionProviders === undefined) throw new FaceError('INVALID_OPTION', `Expected a runtime of Node, got "${runtime}".`, { runtime });
  const paths = images.slice(0, START_IMAGES).map(({ path }) => path);
  let start: NodeStart | undefined;
  if (measureStart) start = await measureNodeStart({ pack, executionProvider: executionProviders, modelsDir, images: paths }, signal);
  const openedAt = performance.now();
  const engine = await openEngine({ pack, executionProviders, modelsDir, signal });
  const readyMs = performance.now() - openedAt;
  try {
    if (start === undefined) {
      await analyzeFirst(engine, paths);
      start = { readyMs, firstResultMs: performance.now() - openedAt };
    }
    return toBenchEngine(engine, describe(engine, runtime, start), { images, input });
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function analyzeFirst(engine: NodeFaceEngine, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // The next one will do; that a picture is bad is told when it is analyzed itself.
    const analysis = await engine.analyze(path).catch(() => undefined);
    if (analysis !== undefined) return;
  }
}

function describe({ info }: NodeFaceEngine, runtime: RuntimeName, start: NodeStart): BenchEngineFacts {
  const isSoftware = info.executionProvider === 'webgpu' && isNodeGpuSoftware();
  return {
    runtime,
    pack: info.pack,
    executionProvider: isSoftware ? 'webgpu (software)' : info.executionProvider,
    versions: { ...info.versions, threads: 1, ...info.runtime },
    ...start,
    warnings: info.warnings,
  };
}

function toBenchEngine(
  engine: NodeFaceEngine,
  facts: BenchEngineFacts,
  { images, input }: Pick<BenchEngineOptions, 'images' | 'input'>,
): SearchingEngine {
  const readBytes = createByteCache((path: string) => readFile(path), KEPT_BYTES);
  const pixels = new Map<number, Promise<RgbaImage>>();
  let gallery: readonly Float32Array[] = [];

  /** What is given to the engine; not part of any measurement. */
  const inputOf = (index: number): Promise<RgbaImage | Uint8Array> => {
    const image = imageAt(images, index);
    if (input === 'file') return readOrFail(image, readBytes);
    const known = pixels.get(index) ?? decode(image);
    pixels.set(index, known);
    return known;
  };

  return {
    facts,
    async analyze(index): Promise<AnalysisSample> {
      const given = await inputOf(index);
      const startedAt = performance.now();
      const { faces, width, height, timings } = await engine.analyze(given);
      const analyzedAt = performance.now();
      const embedding = selectProminentFace(faces, width, height)?.embedding?.vector;
      const match = embedding && searchGallery(gallery, embedding);
      const endedAt = performance.now();
      const matchMs = gallery.length === 0 ? 0 : endedAt - analyzedAt;
      return { timings: { ...timings, matchMs }, wallMs: endedAt - startedAt, faces: faces.length, embedding, match };
    },
    async enroll(vectors) {
      gallery = vectors;
    },
    cpuMs: cpuNow,
    memory: readOwnMemory,
    close: () => engine.dispose(),
  };
}

function imageAt(images: readonly BenchImage[], index: number): BenchImage {
  const image = images[index];
  if (image !== undefined) return image;
  throw new FaceError('INVALID_OPTION', `Expected the place of a picture below ${images.length}, got ${index}.`, { option: 'index' });
}

async function readOrFail({ id, path }: BenchImage, read: (path: string) => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await read(path);
  } catch (cause) {
    throw new FaceError('IO_FAILED', `Cannot read the picture ${id}.`, { id }, { cause });
  }
}

async function decode({ id, path }: BenchImage): Promise<RgbaImage> {
  try {
    const { data, info } = await sharp(path).rotate().toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    throw new FaceError('IMAGE_INVALID', `Cannot decode the picture ${id}.`, { id }, { cause });
  }
}

/** Memory of this process, bytes. */
function readOwnMemory(): { readonly resident: number; readonly private: number } {
  const resident = process.memoryUsage.rss();
  try {
    const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
    const read = (field: string): number => 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? Number.NaN);
    return { resident, private: read('Private_Clean') + read('Private_Dirty') };
  } catch {
    return { resident, private: Number.NaN };
  }
}
