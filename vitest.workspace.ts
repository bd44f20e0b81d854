import { defineConfig } from 'vitest/config';

/** Workspace packages are tested from their sources, without a build. */
const conditions = ['@isoface/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'examples/*/test/**/*.test.ts', 'benchmarks/test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Native libraries (ONNX Runtime, libvips) live once per process.
          pool: 'forks',
        },
      },
    ],
  },
});
