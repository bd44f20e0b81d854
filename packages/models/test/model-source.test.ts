import { FaceError, type ModelFile, type ModelManifest, type ModelProgress } from '@isoface/core';
import { type ByteSource, createMemorySource, createModelSource, type ModelSourceWarning, type WritableByteSource } from '@isoface/models';
import { sha256 } from '@isoface/testkit';
import { describe, expect, it, vi } from 'vitest';
import { describeFile, manifestFor, randomModel } from './support/model-files.ts';

const bytes = randomModel(5000);
const file = await describeFile(bytes, ['https://example.com/model.onnx']);
const model = manifestFor(file);
const tampered = bytes.slice();
tampered[4000] = (tampered[4000] ?? 0) ^ 1;

/** A source that answers every file with the same thing. */
function answering(name: string, answer: Uint8Array | Error | undefined): ByteSource {
  return {
    name,
    location: `/${name}`,
    async read(): Promise<Uint8Array | undefined> {
      if (answer instanceof Error) throw answer;
      return answer?.slice();
    },
  };
}

function holding(name: string, ...files: (readonly [ModelFile, Uint8Array])[]): WritableByteSource {
  return createMemorySource(new Map(files.map(([{ sha256: digest }, content]) => [digest, content])), name);
}

describe('the chain', () => {
  it.each<readonly [string, Uint8Array | Error | undefined, number]>([
    ['the file', bytes, 0],
    ['nothing', undefined, 0],
    ['a tampered file', tampered, 1],
    ['a truncated file', bytes.slice(0, 4999), 1],
    ['a longer file', new Uint8Array(5001), 1],
    ['an empty file', new Uint8Array(), 1],
    ['an error', new Error('EIO'), 1],
  ])('gives the right bytes when the first source has %s', async (_, answer, warnings) => {
    const seen: ModelSourceWarning[] = [];
    const sources = [answering('first', answer), answering('second', bytes)];
    const source = createModelSource({ sources, sha256, onWarning: (warning) => seen.push(warning) });
    expect(await source.load(model)).toEqual(bytes);
    expect(seen).toHaveLength(warnings);
    for (const warning of seen)
      expect(warning).toMatchObject({ code: 'SOURCE_SKIPPED', model: model.id, message: expect.stringContaining('/first') });
  });

  it('does not ask further once it has the file', async () => {
    const second = { name: 'second', read: vi.fn(async () => bytes) };
    await createModelSource({ sources: [answering('first', bytes), second], sha256 }).load(model);
    expect(second.read).not.toHaveBeenCalled();
  });

  it.each<readonly [string, (Uint8Array | Error | undefined)[], object]>([
    [
      'nothing anywhere',
      [undefined, undefined],
      {
        code: 'MODEL_NOT_FOUND',
        message: expect.stringMatching(/first \(\/first\): not there[\s\S]*second[\s\S]*isoface models pull[\s\S]*ISOFACE_MODELS/),
      },
    ],
    [
      'wrong bytes somewhere',
      [tampered, undefined],
      { code: 'MODEL_INTEGRITY', message: expect.stringMatching(/first \(\/first\): expected SHA-256 [0-9a-f]{64}, got SHA-256/) },
    ],
    [
      'too few bytes',
      [undefined, bytes.slice(1)],
      { code: 'MODEL_INTEGRITY', message: expect.stringContaining('expected 5000 bytes, got 4999 bytes') },
    ],
    [
      'a failed download',
      [undefined, new FaceError('DOWNLOAD_FAILED', 'HTTP 404', { status: 404 })],
      { code: 'DOWNLOAD_FAILED', message: expect.stringContaining('HTTP 404') },
    ],
    [
      'wrong bytes and a failed download',
      [tampered, new FaceError('DOWNLOAD_FAILED', 'HTTP 404')],
      { code: 'MODEL_INTEGRITY', message: expect.stringContaining('HTTP 404') },
    ],
    [
      'an unreadable folder',
      [new FaceError('IO_FAILED', 'EACCES'), undefined],
      { code: 'MODEL_NOT_FOUND', message: expect.stringContaining('EACCES') },
    ],
  ])('ends with %s', async (_, answers, expected) => {
    const sources = answers.map((answer, index) => answering(index === 0 ? 'first' : 'second', answer));
    const error = await createModelSource({ sources, sha256 })
      .load(model)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ ...expected, details: { model: model.id, attempts: [{ source: 'first' }, { source: 'second' }] } });
  });

  it('refuses a cache that is not among its sources, and no sources', () => {
    const cache = createMemorySource();
    expect(() => createModelSource({ sources: [answering('first', bytes)], cache, sha256 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => createModelSource({ sources: [], sha256 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('ignores what a warning listener throws', async () => {
    const onWarning = (): never => {
      throw new Error('listener');
    };
    const source = createModelSource({ sources: [answering('first', tampered), answering('second', bytes)], sha256, onWarning });
    expect(await source.load(model)).toEqual(bytes);
  });
});

describe('the cache', () => {
  it('keeps what sources behind it deliver, and nothing else', async () => {
    const cache = createMemorySource(new Map(), 'cache');
    const write = vi.spyOn(cache, 'write');
    await createModelSource({ sources: [answering('folder', bytes), cache], cache, sha256 }).load(model);
    expect(write).not.toHaveBeenCalled();
    const source = createModelSource({ sources: [cache, answering('download', bytes)], cache, sha256 });
    await source.load(model);
    await source.load(model);
    expect(write).toHaveBeenCalledTimes(1);
    expect(await cache.read(file)).toEqual(bytes);
  });

  it('loses a corrupt entry, and gets it again', async () => {
    const cache = holding('cache', [file, tampered]);
    const remove = vi.spyOn(cache, 'remove');
    expect(await createModelSource({ sources: [cache, answering('download', bytes)], cache, sha256 }).load(model)).toEqual(bytes);
    expect(remove).toHaveBeenCalledTimes(1);
    expect(await cache.read(file)).toEqual(bytes);
  });

  it('that cannot be written leaves the bytes usable', async () => {
    const cache = createMemorySource(new Map(), 'cache');
    vi.spyOn(cache, 'write').mockRejectedValue(new FaceError('IO_FAILED', 'ENOSPC'));
    const seen: ModelSourceWarning[] = [];
    const source = createModelSource({
      sources: [cache, answering('download', bytes)],
      cache,
      sha256,
      onWarning: (warning) => seen.push(warning),
    });
    expect(await source.load(model)).toEqual(bytes);
    expect(seen).toMatchObject([{ code: 'CACHE_NOT_WRITTEN', message: expect.stringContaining('ENOSPC') }]);
  });
});

describe('models that have to be imported', async () => {
  const xml = randomModel(100);
  const bin = randomModel(900);
  const files = [await describeFile(xml, [], 'net.xml'), await describeFile(bin, [], 'net.bin')] as const;
  const imported = manifestFor({ ...file, urls: [] }, { format: 'openvino-ir', files });
  const download = (): ByteSource => holding('download', [files[0], xml], [files[1], bin]);

  it('are made from their files, in order, and kept', async () => {
    const cache = createMemorySource(new Map(), 'cache');
    const importModel = vi.fn(() => bytes.slice());
    const events: ModelProgress[] = [];
    const source = createModelSource({ sources: [cache, download()], cache, sha256, importModel });
    expect(await source.load(imported, { onProgress: (event) => events.push(event) })).toEqual(bytes);
    expect(await source.load(imported)).toEqual(bytes);
    expect(importModel.mock.calls).toEqual([['openvino-ir', [xml, bin]]]);
    expect(events.map(({ source: from, loadedBytes }) => [from, loadedBytes])).toEqual([
      ['download', 100],
      ['download', 1000],
      ['import', 6000],
    ]);
    expect(events.every(({ totalBytes }) => totalBytes === 6000)).toBe(true);
  });

  it('are not imported where their ONNX file is found', async () => {
    const importModel = vi.fn(() => bytes);
    await createModelSource({ sources: [answering('folder', bytes)], sha256, importModel }).load(imported);
    expect(importModel).not.toHaveBeenCalled();
  });

  it.each<readonly [string, () => Uint8Array, ByteSource, string]>([
    ['gives other bytes', () => tampered.slice(), download(), 'MODEL_INTEGRITY'],
    ['lacks a file', () => bytes, holding('download', [files[0], xml]), 'MODEL_NOT_FOUND'],
    ['gets a wrong file', () => bytes, holding('download', [files[0], xml], [files[1], randomModel(900)]), 'MODEL_INTEGRITY'],
    [
      'knows no such layer',
      () => {
        throw new FaceError('MODEL_UNSUPPORTED', 'layer');
      },
      download(),
      'MODEL_UNSUPPORTED',
    ],
  ])('fail when the import %s', async (_, importModel, from, code) => {
    const cache = createMemorySource(new Map(), 'cache');
    await expect(createModelSource({ sources: [cache, from], cache, sha256, importModel }).load(imported)).rejects.toMatchObject({ code });
    expect(await cache.read(file)).toBeUndefined();
  });

  it('are not found without an importer', async () => {
    await expect(createModelSource({ sources: [download()], sha256 }).load(imported)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });
});

describe('loads at the same time', () => {
  it('share one read, and each gets bytes of its own', async () => {
    const { source, read, finish } = createWaitingSource();
    const loads = [source.load(model), source.load(model), source.load(model)];
    await vi.waitFor(() => expect(read).toHaveBeenCalled());
    finish(bytes.slice());
    const results = await Promise.all(loads);
    expect(read).toHaveBeenCalledTimes(1);
    expect(new Set(results.map((result) => result.buffer)).size).toBe(3);
    for (const result of results) expect(result).toEqual(bytes);
  });

  it('go on when one caller leaves, and stop when all have left', async () => {
    const { source, read, finish } = createWaitingSource();
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    const one = source.load(model, { signal: first.signal });
    const two = source.load(model, { signal: second.signal });
    await vi.waitFor(() => expect(read).toHaveBeenCalled());
    first.abort('first');
    await expect(one).rejects.toBe('first');
    expect(read.mock.calls[0]?.[1]?.signal?.aborted).toBe(false);
    finish(bytes);
    expect(await two).toEqual(bytes);

    const late = source.load(model, { signal: third.signal });
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2));
    third.abort('third');
    await expect(late).rejects.toBe('third');
    expect(read.mock.calls[1]?.[1]?.signal?.aborted).toBe(true);
  });

  it('start anew after a failure and after an abort', async () => {
    const { source, read, finish } = createWaitingSource();
    const controller = new AbortController();
    const aborted = source.load(model, { signal: controller.signal });
    controller.abort('gone');
    await expect(aborted).rejects.toBe('gone');
    const again = source.load(model);
    await vi.waitFor(() => expect(read).toHaveBeenCalled());
    finish(bytes);
    expect(await again).toEqual(bytes);
  });

  it('rejects at once with the reason of an aborted signal', async () => {
    const { source, read } = createWaitingSource();
    await expect(source.load(model, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(read).not.toHaveBeenCalled();
  });
});

describe('progress', () => {
  it('grows, ends at the total, and survives listeners that throw', async () => {
    const jumpy: ByteSource = {
      name: 'download',
      async read(_, options): Promise<Uint8Array> {
        for (const loaded of [10, 500, 0, 300, 500, 700, 9999]) options?.onProgress?.(loaded);
        return bytes.slice();
      },
    };
    const seen: number[] = [];
    const source = createModelSource({ sources: [answering('folder', tampered), jumpy], sha256 });
    await source.load(model, {
      onProgress: ({ loadedBytes }) => {
        seen.push(loadedBytes);
        throw new Error('listener');
      },
    });
    expect(seen).toEqual([10, 500, 700, 5000]);
  });
});

function createWaitingSource(): {
  source: { load: (manifest: ModelManifest, options?: { signal?: AbortSignal }) => Promise<Uint8Array> };
  read: ReturnType<typeof vi.fn<ByteSource['read']>>;
  finish: (bytes: Uint8Array) => void;
} {
  let finish: (bytes: Uint8Array) => void = () => {};
  const read = vi.fn<ByteSource['read']>(() => new Promise((resolve) => (finish = resolve)));
  const source = createModelSource({ sources: [{ name: 'download', read }], sha256 });
  return { source, read, finish: (given) => finish(given) };
}
