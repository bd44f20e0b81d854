import type { ModelFile } from '@isoface/core';
import { createFetchSource, type FetchSourceOptions, type PartialDownload, type PartialStore } from '@isoface/models';
import { sha256 } from '@isoface/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { describeFile, randomModel } from './support/model-files.ts';
import { type Handler, inTurn, sendAndCut, sendBytes, startServer, type TestServer } from './support/test-server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const model = randomModel(300_000);
const other = randomModel(300_000);

/** Compares as buffers: an element by element comparison of this many bytes takes a second. */
function isModel(bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && Buffer.compare(bytes, model) === 0;
}

async function serve(handler: Handler): Promise<TestServer> {
  const server = await startServer(handler);
  servers.push(server);
  return server;
}

function createSource(options: Partial<FetchSourceOptions> = {}): ReturnType<typeof createFetchSource> {
  return createFetchSource({ sha256, retryDelayMs: 1, ...options });
}

async function download(
  handler: Handler,
  options: Partial<FetchSourceOptions> = {},
): Promise<{ bytes: Uint8Array | undefined; ranges: string[] }> {
  const server = await serve(handler);
  const bytes = await createSource(options).read(await describeFile(model, [server.url]));
  return { bytes, ranges: server.ranges };
}

describe('downloads that succeed', () => {
  it.each<readonly [string, Handler, number]>([
    ['from a server that behaves', sendBytes(model), 1],
    ['without Content-Length', (_, response) => response.writeHead(200).end(model), 1],
    ['after a cut connection, resumed', inTurn(sendAndCut(model, 100_000), sendBytes(model)), 2],
    [
      'after three cuts in a row',
      inTurn(sendAndCut(model, 90_000), sendAndCut(model, 90_000), sendAndCut(model, 90_000), sendBytes(model)),
      4,
    ],
    ['from a server that cuts every 70 kB', sendAndCut(model, 70_000), 5],
    ['after HTTP 503', inTurn((_, response) => response.writeHead(503).end('busy'), sendBytes(model)), 2],
    [
      'after HTTP 429 with Retry-After',
      inTurn((_, response) => response.writeHead(429, { 'retry-after': '0' }).end(), sendBytes(model)),
      2,
    ],
    ['after a connection that dies before the head', inTurn((_, response) => response.destroy(), sendBytes(model)), 2],
    ['from a server that ignores Range', inTurn(sendAndCut(model, 100_000), (_, response) => response.writeHead(200).end(model)), 2],
    ['after HTTP 416', inTurn(sendAndCut(model, 100_000), (_, response) => response.writeHead(416).end(), sendBytes(model)), 3],
    [
      'after a range that begins elsewhere',
      inTurn(
        sendAndCut(model, 100_000),
        (_, response) => response.writeHead(206, { 'content-range': `bytes 5-299999/300000` }).end(model.subarray(5)),
        sendBytes(model),
      ),
      3,
    ],
    [
      'after a range without Content-Range',
      inTurn(sendAndCut(model, 100_000), (_, response) => response.writeHead(206).end(model.subarray(100_000)), sendBytes(model)),
      3,
    ],
    ['after a body that ended early', inTurn((_, response) => response.writeHead(200).end(model.subarray(0, 5)), sendBytes(model)), 2],
  ])('%s', async (_, handler, requests) => {
    const { bytes, ranges } = await download(handler);
    expect(isModel(bytes)).toBe(true);
    expect(ranges).toHaveLength(requests);
  });

  it('resume with a range', async () => {
    const { ranges } = await download(inTurn(sendAndCut(model, 100_000), sendBytes(model)));
    expect(ranges).toEqual(['', 'bytes=100000-']);
  });

  it('after a stall', async () => {
    const stall: Handler = (_, response) => response.writeHead(200).write(model.subarray(0, 1000));
    const { bytes, ranges } = await download(inTurn(stall, sendBytes(model)), { stallTimeoutMs: 100 });
    expect(isModel(bytes)).toBe(true);
    expect(ranges).toEqual(['', 'bytes=1000-']);
  });

  it('slowly, as long as bytes keep coming', async () => {
    const slow: Handler = (request, response) => {
      let sent = 0;
      response.writeHead(200, { 'content-length': model.length });
      const timer = setInterval(() => {
        response.write(model.subarray(sent, sent + 30_000));
        sent += 30_000;
        if (sent >= model.length) {
          clearInterval(timer);
          response.end();
        }
      }, 30);
      request.on('close', () => clearInterval(timer));
    };
    expect(isModel((await download(slow, { stallTimeoutMs: 200 })).bytes)).toBe(true);
  });

  it('from the second address, when the first sends other bytes, a page or nothing', async () => {
    for (const bad of [sendBytes(other), (_, response) => response.writeHead(404).end()] satisfies Handler[]) {
      const [first, second] = [await serve(bad), await serve(sendBytes(model))];
      expect(isModel(await createSource().read(await describeFile(model, [first.url, second.url])))).toBe(true);
    }
  });

  it('after the rest came from another version of the file', async () => {
    const mixed = inTurn(sendAndCut(other, 100_000), sendBytes(model));
    const store = rememberingStore(other.subarray(0, 1000));
    expect(isModel((await download(mixed, { partials: store })).bytes)).toBe(true);
  });

  it('send neither cookies nor referrer, and ask for uncompressed bytes', async () => {
    let init: RequestInit | undefined;
    const fetch = async (_: string, given: RequestInit): Promise<Response> => {
      init = given;
      return new Response(model.slice());
    };
    await createSource({ fetch }).read(await describeFile(model, ['https://example.com/model.onnx']));
    expect(init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer', headers: { 'Accept-Encoding': 'identity' } });
  });
});

describe('downloads that fail', () => {
  const page = '<!DOCTYPE html><html><body>Sign in</body></html>';
  it.each<readonly [string, Handler, object, number]>([
    ['HTTP 404', (_, response) => response.writeHead(404).end('no'), { code: 'DOWNLOAD_FAILED', status: 404, text: 'HTTP 404' }, 1],
    ['HTTP 403', (_, response) => response.writeHead(403).end('no'), { code: 'DOWNLOAD_FAILED', status: 403, text: 'HTTP 403' }, 1],
    ['HTTP 500 for ever', (_, response) => response.writeHead(500).end(), { code: 'DOWNLOAD_FAILED', status: 500, text: 'HTTP 500' }, 4],
    [
      'an HTML page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      { code: 'DOWNLOAD_FAILED', status: 200, text: 'got an HTML page' },
      1,
    ],
    ['a page without a type', (_, response) => response.writeHead(200).end(page), { code: 'DOWNLOAD_FAILED', text: 'got an HTML page' }, 1],
    [
      'a Git LFS pointer',
      (_, response) => response.writeHead(200).end('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 300000\n'),
      { code: 'DOWNLOAD_FAILED', text: 'got a Git LFS pointer' },
      1,
    ],
    ['a wrong Content-Length', sendBytes(randomModel(17)), { code: 'DOWNLOAD_FAILED', text: 'expected 300000 bytes, got 17' }, 1],
    ['other bytes', sendBytes(other), { code: 'MODEL_INTEGRITY', text: 'delivers other bytes: expected SHA-256' }, 1],
    ['a connection that always dies', (_, response) => response.destroy(), { code: 'DOWNLOAD_FAILED', text: 'could not be reached' }, 4],
    ['a drip of bytes between cuts', sendAndCut(model, 10), { code: 'DOWNLOAD_FAILED', text: 'connection was lost after' }, 4],
  ])('%s', async (_, handler, { code, status, text }: { code?: string; status?: number; text?: string }, requests) => {
    const server = await serve(handler);
    const failure = createSource().read(await describeFile(model, [`${server.url}?token=secret`]));
    const error = await failure.then(() => undefined).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code, ...(status === undefined ? {} : { details: { status, url: server.url } }) });
    expect((error as Error).message).toContain(text);
    expect((error as Error).message).toContain(server.url);
    expect(JSON.stringify([(error as Error).message, (error as { details: unknown }).details])).not.toContain('secret');
    expect(server.ranges).toHaveLength(requests);
  });

  it('an endless body is stopped at once', async () => {
    let sent = 0;
    const endless: Handler = (_, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(model)) sent += model.length;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    await expect(download(endless)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('got more than 300000'),
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const soon = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sent).toBe(soon);
    expect(sent).toBeLessThan(50 * model.length);
  });

  it('several addresses: all are named', async () => {
    const [first, second] = [await serve((_, response) => response.writeHead(404).end()), await serve(sendBytes(other))];
    await expect(createSource().read(await describeFile(model, [first.url, second.url]))).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringMatching(/HTTP 404.*delivers other bytes/s),
    });
  });

  it.each(['http://example.com/m', 'https://user:secret@example.com/m', 'file:///etc/passwd', 'nonsense'])(
    '%s is not fetched',
    async (url) => {
      const fetch = (): never => {
        throw new Error('must not be called');
      };
      const failure = createSource({ fetch }).read(await describeFile(model, [url]));
      await expect(failure).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.not.stringContaining('secret') });
    },
  );

  it.each([{ retries: -1 }, { retries: 1.5 }, { retryDelayMs: Number.NaN }, { stallTimeoutMs: -1 }])('%j is refused', (options) => {
    expect(() => createSource(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('a file without an address is absent', async () => {
    expect(await createSource().read(await describeFile(model))).toBeUndefined();
  });
});

describe('abort', () => {
  it.each<readonly [string, Handler]>([
    ['before the head', () => {}],
    ['in the body', (_, response) => response.writeHead(200).write(model.subarray(0, 1000))],
    ['in the pause before a retry', (_, response) => response.writeHead(503, { 'retry-after': '5' }).end()],
  ])('%s rejects with the reason of the signal and closes the connection', async (_, handler) => {
    let closed = 0;
    const server = await serve((request, response) => {
      response.on('close', () => closed++);
      handler(request, response);
    });
    const controller = new AbortController();
    const failure = createSource().read(await describeFile(model, [server.url]), { signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 50);
    await expect(failure).rejects.toBe('enough');
    await expect.poll(() => closed).toBe(1);
  });

  it('before the call sends nothing', async () => {
    const server = await serve(sendBytes(model));
    const failure = createSource().read(await describeFile(model, [server.url]), { signal: AbortSignal.abort('no') });
    await expect(failure).rejects.toBe('no');
    expect(server.ranges).toEqual([]);
  });
});

describe('partial store', () => {
  it('lets a later call go on', async () => {
    const store = rememberingStore();
    const server = await serve(inTurn(sendAndCut(model, 60_000), sendBytes(model)));
    const file = await describeFile(model, [server.url]);
    await expect(createSource({ retries: 0, partials: store }).read(file)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    expect(isModel(await createSource({ retries: 0, partials: store }).read(file))).toBe(true);
    expect(server.ranges).toEqual(['', 'bytes=60000-']);
    expect(store.users).toBe(0);
  });

  it.each<readonly [string, Uint8Array, string[]]>([
    ['of the right file, complete', model, []],
    ['of another file, complete', other, ['']],
    ['of another file, half', other.subarray(0, 150_000), ['bytes=150000-', '']],
    ['that is too long', new Uint8Array([...model, 0]), ['']],
  ])('with bytes %s', async (_, bytes, ranges) => {
    const store = rememberingStore(bytes);
    const result = await download(sendBytes(model), { partials: store });
    expect(isModel(result.bytes)).toBe(true);
    expect(result.ranges).toEqual(ranges);
    expect(isModel(store.bytes)).toBe(true);
  });

  it.each(['open', 'append', 'restart', 'close'] as const)('that fails in %s does not matter', async (failing) => {
    const store = rememberingStore(other.subarray(0, 10), failing);
    expect(isModel((await download(sendBytes(model), { partials: store })).bytes)).toBe(true);
  });
});

describe('progress', () => {
  it('counts all bytes, kept ones included', async () => {
    const server = await serve(sendBytes(model));
    const seen: number[] = [];
    const source = createSource({ partials: rememberingStore(model.subarray(0, 1000)) });
    await source.read(await describeFile(model, [server.url]), { onProgress: (loaded) => seen.push(loaded) });
    expect(seen[0]).toBe(1000);
    expect(seen.at(-1)).toBe(model.length);
  });

  it('a listener that throws does not matter', async () => {
    const server = await serve(sendBytes(model));
    const onProgress = (): never => {
      throw new Error('listener');
    };
    expect(isModel(await createSource().read(await describeFile(model, [server.url]), { onProgress }))).toBe(true);
  });
});

interface RememberingStore extends PartialStore {
  readonly bytes: Uint8Array;
  /** Downloads that were opened and not closed. */
  readonly users: number;
}

/** A store for one file in memory, which may fail in one of its methods. */
function rememberingStore(initial: Uint8Array = new Uint8Array(), failing?: keyof PartialDownload | 'open'): RememberingStore {
  let bytes = initial;
  let users = 0;
  const failIf = (method: string): void => {
    if (method === failing) throw new Error(`${method} fails`);
  };
  return {
    get bytes(): Uint8Array {
      return bytes;
    },
    get users(): number {
      return users;
    },
    async open(_: ModelFile): Promise<PartialDownload> {
      failIf('open');
      users++;
      return {
        bytes,
        async append(chunk: Uint8Array): Promise<void> {
          failIf('append');
          bytes = Buffer.concat([bytes, chunk]);
        },
        async restart(): Promise<void> {
          failIf('restart');
          bytes = new Uint8Array();
        },
        async close(): Promise<void> {
          users--;
          failIf('close');
        },
      };
    },
  };
}
