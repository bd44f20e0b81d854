/** Options are checked before anything is loaded, and the error names the one at fault. Plain code, so it runs in Node as well. */

import { describe, expect, it } from 'vitest';
import { assertWebEngineOptions, listAttempts, toWireOptions, type WebEngineOptions } from '../src/web-engine-options.ts';

describe('options', () => {
  it.each<readonly [string, Record<string, unknown>]>([
    ['treads', { treads: 2 }],
    ['threads', { threads: 0 }],
    ['threads', { threads: 1.5 }],
    ['threads', { threads: Number.NaN }],
    ['threads', { threads: '2' }],
    ['threads', { threads: 65 }],
    // Node is no isolated page.
    ['threads', { threads: 2 }],
    ['maxQueue', { maxQueue: -1 }],
    ['maxQueue', { maxQueue: Number.POSITIVE_INFINITY }],
    ['maxPixels', { maxPixels: 0 }],
    ['maxBytes', { maxBytes: 0.5 }],
    ['executionProviders', { executionProviders: 'cpu' }],
    ['executionProviders', { executionProviders: [] }],
    ['executionProviders', { executionProviders: ['wasm', 'webgl'] }],
    ['executionProviders', { executionProviders: ['auto'] }],
    ['executionProviders', { executionProviders: 7 }],
    ['executionProviders', { executionProviders: null }],
    ['preprocessing', { preprocessing: 'webgl' }],
    ['preprocessing', { preprocessing: 'gpu', executionProviders: 'wasm' }],
    ['assetBase', { assetBase: 'http://[' }],
    ['modelBase', { modelBase: 'https://' }],
    ['worker', { worker: 'no' }],
    ['cache', { cache: 'yes' }],
    ['offline', { offline: 1 }],
    ['onEvent', { onEvent: 'log' }],
    ['onProgress', { onProgress: {} }],
    ['signal', { signal: {} }],
    ['pack', { pack: 7 }],
    ['flipAveraging', { flipAveraging: 'twice' }],
    ['shrinkToSide', { shrinkToSide: null }],
    ['detectionSize', { detectionSize: '320' }],
  ])('refuses an impossible %s: %o', (option, options) => {
    expect(() => assertWebEngineOptions(options as WebEngineOptions)).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining(option),
        details: expect.objectContaining({ option }),
      }),
    );
  });

  it('takes undefined as absent', () => {
    const names = [
      'threads',
      'maxQueue',
      'pack',
      'executionProviders',
      'preprocessing',
      'assetBase',
      'worker',
      'cache',
      'onEvent',
      'signal',
    ];
    expect(() => assertWebEngineOptions(Object.fromEntries(names.map((name) => [name, undefined])))).not.toThrow();
  });

  it.each([null, 7, 'starter', () => {}])('refuses options that are no object: %o', (options) => {
    expect(() => assertWebEngineOptions(options as unknown as WebEngineOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it.each<readonly [WebEngineOptions['executionProviders'], readonly string[], boolean]>([
    [undefined, ['webgpu', 'wasm'], false],
    ['auto', ['webgpu', 'wasm'], false],
    ['wasm', ['wasm'], true],
    ['webgpu', ['webgpu'], true],
    [['wasm', 'webgpu'], ['wasm', 'webgpu'], true],
  ])('tries for %o: %o, with a software GPU: %s', (executionProviders, providers, allowSoftwareGpu) => {
    const attempts = listAttempts({ executionProviders });
    expect(attempts.map(({ executionProvider }) => executionProvider)).toEqual(providers);
    expect(new Set(attempts.map((attempt) => attempt.allowSoftwareGpu))).toEqual(new Set([allowSoftwareGpu]));
    expect(new Set(attempts.map(({ threads }) => threads))).toEqual(new Set([1]));
  });

  it.each([
    ['https://cdn.example/isoface', 'https://cdn.example/isoface/'],
    ['https://cdn.example/isoface/', 'https://cdn.example/isoface/'],
    [new URL('https://cdn.example/a?b=1'), 'https://cdn.example/a/?b=1'],
  ])('reads the folder %s as %s', (folder, href) => {
    expect(toWireOptions({ assetBase: folder }).assetBase).toBe(href);
  });

  it('sends a worker nothing that does not cross to it', () => {
    const wire = toWireOptions({
      signal: new AbortController().signal,
      onProgress: () => {},
      onEvent: () => {},
      pack: 'starter',
      threads: 1,
    });
    expect(structuredClone(wire)).toEqual({ pack: 'starter', assetBase: undefined, modelBase: undefined });
  });
});
