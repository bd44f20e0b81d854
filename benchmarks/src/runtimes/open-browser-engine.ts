import { type PackManifest, reviveError, type StageTimings, type WireError } from '@isoface/core';
import { createNodeModelSource, resolvePack } from '@isoface/runtime-node';
import { type Chromium, openChromium } from '../browser/open-chromium.ts';
import { findPageFolder } from '../browser/page-folder.ts';
import { totalCpu } from '../browser/process-tree.ts';
import type { StaticServer } from '../browser/static-server.ts';
import { findPackage } from '../find-package.ts';
import type { AnalysisSample, BenchEngineFacts, BenchEngineOptions, GalleryMatch, SearchingEngine } from './bench-engine.ts';
import { findBuiltRuntime } from './find-browser-obstacle.ts';
import { START_IMAGES } from './open-node-engine.ts';
import type { RuntimeName } from './runtime-name.ts';
import { startRuntimeServer } from './runtime-server.ts';

/** What the page reads before it starts. */
interface PageOptions {
  readonly pack: string | PackManifest;
  readonly executionProvider: 'wasm' | 'webgpu';
  /** `several`: as many as the engine would take, and at least two. */
  readonly threads: 1 | 'several';
  readonly modelBase: string | undefined;
  readonly input: 'file' | 'pixels';
  /** The first that can be decoded of so many is analyzed as soon as the engine is ready. */
  readonly startPictures: number;
}

/** What the page answers: plain data. */
type PageAnswer<T> = { readonly value: T } | { readonly error: WireError };

interface PageStart {
  readonly readyMs: number;
  readonly firstResultMs: number;
  readonly pack: string;
  readonly executionProvider: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly runtime: Readonly<Record<string, string | number | boolean>>;
  readonly warnings: readonly string[];
}

interface PageSample {
  readonly timings: StageTimings;
  readonly wallMs: number;
  readonly faces: number;
  readonly embedding?: readonly number[];
  readonly match?: GalleryMatch;
}

/** Opens an engine in a new browser with an empty profile, its work in a worker; see `openBenchEngine`. */
export async function openBrowserEngine(runtime: RuntimeName, options: BenchEngineOptions): Promise<SearchingEngine> {
  const { pack, images, input, modelsDir, signal } = options;
  const gpu = runtime === 'web-webgpu';
  const models = await loadModels(pack, modelsDir, signal);
  const pageOptions: PageOptions = {
    pack,
    executionProvider: gpu ? 'webgpu' : 'wasm',
    threads: runtime === 'web-wasm-threads' ? 'several' : 1,
    modelBase: models.size > 0 ? '/files/' : undefined,
    input,
    startPictures: Math.min(START_IMAGES, images.length),
  };
  const server = await startRuntimeServer({
    folders: { page: findPageFolder(), lib: findBuiltRuntime(), core: findPackage('@isoface/core') },
    files: new Map([...models, ['options.json', Buffer.from(JSON.stringify(pageOptions))]]),
    pictures: images.map(({ path }) => path),
  });
  let browser: Chromium | undefined;
  try {
    browser = await openChromium({ gpu }, signal);
    await browser.open(`${server.origin}/page/runtime-page.html`);
    const start = await call<PageStart>(browser, 'start');
    return toBenchEngine(browser, server, toFacts(start, runtime, browser.version));
  } catch (error) {
    await browser?.close();
    await server.close();
    signal.throwIfAborted();
    throw error;
  }
}

/** The starter pack's models lie beside the package's own files; others come from wherever the application puts them. */
async function loadModels(
  pack: string | PackManifest,
  modelsDir: string | undefined,
  signal: AbortSignal,
): Promise<Map<string, Uint8Array>> {
  const models = new Map<string, Uint8Array>();
  if (pack === 'starter') return models;
  const { detector, landmarker, embedder } = resolvePack(pack);
  const source = createNodeModelSource({ modelsDir });
  for (const model of [detector, landmarker, embedder])
    if (model !== undefined) models.set(model.file.name, await source.load(model, { signal }));
  return models;
}

function toFacts(start: PageStart, runtime: RuntimeName, chromium: string): BenchEngineFacts {
  const { readyMs, firstResultMs, pack, executionProvider, versions, warnings } = start;
  const isSoftware = start.runtime['softwareGpu'] === true;
  return {
    runtime,
    pack,
    executionProvider: isSoftware ? `${executionProvider} (software)` : executionProvider,
    versions: { ...versions, chromium, ...start.runtime },
    readyMs,
    firstResultMs,
    warnings,
  };
}

/** Calls a function of the page; arguments and result are JSON. */
async function call<T>(browser: Chromium, name: string, ...values: readonly unknown[]): Promise<T> {
  const answer = await browser.evaluate<PageAnswer<T>>(
    `window.runtime.${name}(${values.map((value) => JSON.stringify(value)).join(', ')})`,
  );
  if ('error' in answer) throw reviveError(answer.error);
  return answer.value;
}

function toBenchEngine(browser: Chromium, server: StaticServer, facts: BenchEngineFacts): SearchingEngine {
  return {
    facts,
    async analyze(index): Promise<AnalysisSample> {
      const { embedding, ...sample } = await call<PageSample>(browser, 'analyze', index);
      return { ...sample, embedding: embedding && Float32Array.from(embedding) };
    },
    async enroll(gallery) {
      await call(
        browser,
        'enroll',
        gallery.map((vector) => Array.from(vector)),
      );
    },
    cpuMs: () => totalCpu(browser.cpu()),
    memory: () => browser.memory(),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
