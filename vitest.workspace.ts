import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { chromiumOptions } from './packages/testkit/src/browser/chromium-options.ts';
import { findSoftwareVulkan } from './scripts/find-chromium.mjs';

/** Workspace packages are tested from their sources, without a build. */
const SOURCE = '@isoface/source';
const nodeConditions = [SOURCE, 'node', 'import', 'module', 'default'];
const FOLDERS = '{packages/*,examples/*,benchmarks,scripts,tests,packaging}';

const forNode = { resolve: { conditions: nodeConditions }, ssr: { resolve: { conditions: nodeConditions } } };
/** What else the name of a test file may say: `x.node.test.ts` needs Node, `x.browser.test.ts` a browser, `x.e2e.test.ts` drives one from Node. */
const EVERYTHING = `${FOLDERS}/**/*.test.{ts,mjs}`;
const BROWSER_ONLY = `${FOLDERS}/**/*.browser.test.ts`;
const END_TO_END = `${FOLDERS}/**/*.e2e.test.ts`;
const NEVER = ['**/node_modules/**', '**/dist/**'];
/** What these say depends on the pace of the machine: how often a camera is looked at, how free a page is, when a connection drops. */
const ALONE = [
  'packages/runtime-web/test/{loading,track,worker-life}.e2e.test.ts',
  'examples/web-playground/test/camera.e2e.test.ts',
  'examples/face-unlock/test/pace.e2e.test.ts',
];
/** Packages that run everywhere: what their tests say must hold in a browser too. */
const NEUTRAL = 'packages/{core,models}/test/**';

/** The longest files of each project, which would keep a machine waiting if they came last. */
const LONG = ['tests/parity/', 'packaging/matrix', 'face-unlock/test/unlock.e2e', 'file-store-crash', 'gpu-life'];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.some((name) => moduleId.includes(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Projects one after another: each of them fills the machine, or needs it for itself. */
const ORDER = { unit: 0, browser: 1, e2e: 2, alone: 3 };

const endToEnd = { testTimeout: 180_000, hookTimeout: 180_000, pool: 'forks' } as const;

export default defineConfig({
  test: {
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        ...forNode,
        test: {
          name: 'unit',
          include: [EVERYTHING],
          exclude: [...NEVER, BROWSER_ONLY, END_TO_END],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Native libraries (ONNX Runtime, libvips) live once per process.
          pool: 'forks',
          // Vitest would leave one processor free, which is half of a small machine.
          maxWorkers: '100%',
          sequence: { groupOrder: ORDER.unit },
          // For tests of WebGPU code, which take it over as VK_ICD_FILENAMES; set for all, it would change what `auto` finds in Node.
          env: { ISOFACE_SOFTWARE_VULKAN: findSoftwareVulkan() ?? '' },
        },
      },
      {
        resolve: { conditions: [SOURCE, 'browser', 'import', 'module', 'default'] },
        // Found at first use, they would reload the page in the middle of a test.
        optimizeDeps: {
          include: ['fast-check', '@isoface/models > zod', '@isoface/runtime-web > idb'],
          exclude: ['onnxruntime-web', '@electric-sql/pglite', '@electric-sql/pglite-pgvector'],
        },
        // Threads need a page that is isolated from other origins.
        server: { headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } },
        test: {
          name: 'browser',
          include: [BROWSER_ONLY, `${NEUTRAL}/*.test.ts`],
          exclude: [...NEVER, `${NEUTRAL}/*.node.test.ts`, END_TO_END],
          // WebGPU runs in software.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: ORDER.browser },
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions: chromiumOptions({ webgpu: true }) }),
            instances: [{ browser: 'chromium' }],
            screenshotFailures: false,
          },
        },
      },
      {
        ...forNode,
        test: {
          ...endToEnd,
          name: 'e2e',
          include: [END_TO_END],
          exclude: [...NEVER, ...ALONE],
          // Each of them has browsers and servers of its own, and waits for them much of the time.
          maxWorkers: 2,
          sequence: { groupOrder: ORDER.e2e },
        },
      },
      {
        ...forNode,
        test: {
          ...endToEnd,
          name: 'e2e-alone',
          include: ALONE,
          exclude: NEVER,
          fileParallelism: false,
          sequence: { groupOrder: ORDER.alone },
        },
      },
    ],
  },
});
