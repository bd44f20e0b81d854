import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AssetServer, startAssetServer } from '../src/browser/asset-server.ts';

const text = 'many equal letters '.repeat(100);
let server: AssetServer;

beforeEach(async () => {
  server = await startAssetServer({
    models: new Map([
      ['a.onnx', Buffer.from(text)],
      ['b.jpg', Buffer.from(text)],
    ]),
    lib: import.meta.dirname,
  });
});

afterEach(() => server.close());

describe('the server of the browser suite', () => {
  it.each([
    ['compresses a model', 'models/a.onnx', 'gzip'],
    ['leaves a photo as it is', 'models/b.jpg', null],
  ])('%s and counts both sizes', async (_, path, encoding) => {
    const response = await fetch(`${server.origin}/${path}`);
    expect(response.headers.get('content-encoding')).toBe(encoding);
    const sentBytes = Number(response.headers.get('content-length'));
    expect(await response.text()).toBe(text);
    expect(server.sent).toEqual([{ path, raw: text.length, gzip: sentBytes }]);
    expect(sentBytes < text.length).toBe(encoding === 'gzip');
    server.reset();
    expect(server.sent).toEqual([]);
  });

  it.each(['models/missing.onnx', 'nowhere/a.onnx', 'lib/missing.js', 'lib/%2e%2e%2fpackage.json', 'lib'])(
    'has nothing at %s',
    async (path) => {
      expect((await fetch(`${server.origin}/${path}`)).status).toBe(404);
      expect(server.sent).toEqual([]);
    },
  );

  it('serves files of a folder, isolated from other origins', async () => {
    const response = await fetch(`${server.origin}/lib/asset-server.test.ts`);
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(await response.text()).toContain('isolated from other origins');
  });
});
