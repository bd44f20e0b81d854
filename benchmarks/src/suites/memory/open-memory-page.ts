import { FaceError, reviveError, type WireError } from '@isoface/core';
import { createNodeModelSource, resolvePack } from '@isoface/runtime-node';
import sharp from 'sharp';
import { openChromium } from '../../browser/open-chromium.ts';
import { findPageFolder } from '../../browser/page-folder.ts';
import type { ProcessMemory } from '../../browser/process-tree.ts';
import { findPackage } from '../../find-package.ts';
import { findBuiltRuntime } from '../../runtimes/find-browser-obstacle.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import { startRuntimeServer } from '../../runtimes/runtime-server.ts';
import { createSoakPictures, type SoakPicture } from './soak-pictures.ts';

/** Options of {@link openMemoryPage}. */
export interface MemoryPageOptions {
  readonly runtime: RuntimeName;
  readonly pack: string;
  readonly modelsDir?: string | undefined;
  /** Without a worker: the page sees then what the engine creates on the GPU. */
  readonly inPage: boolean;
  readonly signal: AbortSignal;
}

/** An engine in a page. */
export interface MemoryPage {
  readonly isSoftware: boolean;
  repeat(count: number): Promise<void>;
  /** Of the processes that run the page and its workers, bytes. */
  memory(): ProcessMemory;
  /** As the browser counts the page and its workers, after a collection; `undefined` where it does not. */
  bytes(): Promise<number | undefined>;
  gpu(): Promise<{ readonly live: number; readonly liveBytes: number; readonly created: number }>;
  disposeEngine(): Promise<void>;
  close(): Promise<void>;
}

type PageAnswer<T> = { readonly value: T } | { readonly error: WireError };

/** Opens the page. Close it in any case. */
export async function openMemoryPage(options: MemoryPageOptions): Promise<MemoryPage> {
  const { runtime, pack, modelsDir, inPage, signal } = options;
  const pictures = await createSoakPictures();
  const models = await loadModels(pack, modelsDir, signal);
  const files = new Map(models);
  for (const [i, picture] of pictures.entries()) files.set(`picture-${i}.png`, await toPng(picture));
  const folders = { page: findPageFolder(), lib: findBuiltRuntime(), core: findPackage('@isoface/core') };
  const server = await startRuntimeServer({ folders, files, pictures: [] });
  try {
    const browser = await openChromium({ gpu: runtime === 'web-webgpu' }, signal);
    const close = async (): Promise<void> => {
      await browser.close();
      await server.close();
    };
    const call = async <T>(name: string, argument?: unknown): Promise<T> => {
      const answer = await browser.evaluate<PageAnswer<T>>(
        `window.memory.${name}(${argument === undefined ? '' : JSON.stringify(argument)})`,
      );
      if ('error' in answer) throw reviveError(answer.error);
      return answer.value;
    };
    try {
      await browser.open(`${server.origin}/page/memory-page.html`);
      const { isSoftware } = await call<{ readonly isSoftware: boolean }>('start', {
        pack,
        executionProvider: runtime === 'web-webgpu' ? 'webgpu' : 'wasm',
        threads: runtime === 'web-wasm' ? 1 : undefined,
        modelBase: models.size > 0 ? '/files/' : undefined,
        pictureCount: pictures.length,
        inPage,
      });
      return {
        isSoftware,
        repeat: (count) => call('repeat', count),
        memory: () => browser.memory(),
        bytes: () => call('bytes'),
        gpu: () => call('gpu'),
        disposeEngine: () => call('dispose'),
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await server.close();
    signal.throwIfAborted();
    throw error;
  }
}

/** The starter pack's models lie beside the package's own files; others come from wherever the application puts them. */
async function loadModels(pack: string, modelsDir: string | undefined, signal: AbortSignal): Promise<Map<string, Uint8Array>> {
  const models = new Map<string, Uint8Array>();
  if (pack === 'starter') return models;
  const { detector, landmarker, embedder } = resolvePack(pack);
  const source = createNodeModelSource({ modelsDir });
  for (const model of [detector, landmarker, embedder])
    if (model !== undefined) models.set(model.file.name, await source.load(model, { signal }));
  return models;
}

async function toPng({ name, input }: SoakPicture): Promise<Uint8Array> {
  if (input instanceof Uint8Array) return sharp(input).png().toBuffer();
  if (typeof input === 'object' && 'data' in input) {
    const { width, height, data } = input;
    return sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer();
  }
  throw new FaceError('IMAGE_INVALID', `Expected ${name} as pixels or bytes, got something else.`, { name });
}
