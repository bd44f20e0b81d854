/** How every package of the workspace is built: ESM for Node 20 and current browsers; types only when ISOFACE_TYPES=1, for they take long. */

import { defineConfig, type Options } from 'tsup';

export function packageBuild(entry: readonly string[] | Record<string, string>, options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: Array.isArray(entry) ? [...entry] : { ...entry },
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    clean: true,
    // These options undo what suits the workspace but not a published package: source conditions, and a base URL that tsup sets.
    dts: process.env['ISOFACE_TYPES'] === '1' ? { compilerOptions: { ignoreDeprecations: '6.0', customConditions: [] } } : false,
    ...options,
  });
}
