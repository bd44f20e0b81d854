/** Runs the pictures through the engine in Chromium, from the built package. */

import { fileURLToPath } from 'node:url';
import { launchChromium, serveFolder } from '@isoface/testkit/browser-tools';
import type { ParityInputs } from './inputs.ts';
import type { Findings } from './results.ts';
import type { ParityRow } from './rows.ts';

/** What is run. */
export interface BrowserTask {
  readonly inputs: ParityInputs;
  readonly row: ParityRow;
  readonly pack: string;
  /** Folder with the ONNX files of packs that are not published with the package. */
  readonly modelsFolder: string;
}

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const PAGE = `<!doctype html><title>parity</title><script type="importmap">{"imports":{"@isoface/core":"/core/index.js","@isoface/core/gallery":"/core/gallery.js"}}</script>
<script type="module">import { analyzeInPage } from '/parity/analyze-in-page.js'; globalThis.analyzeInPage = analyzeInPage;</script>`;

/** Opens a browser and a server of its own for the row. */
export async function runInBrowser({ inputs, row, pack, modelsFolder }: BrowserTask): Promise<Findings> {
  const server = await serveFolder({
    routes: {
      '/web/': `${packages}runtime-web/dist/`,
      '/core/': `${packages}core/dist/`,
      '/inputs/': inputs.folder,
      '/models/': modelsFolder,
      '/parity/': fileURLToPath(new URL('./', import.meta.url)),
    },
    crossOriginIsolated: row.threads > 1,
    overrides: { '/page.html': { body: PAGE, contentType: 'text/html' } },
  });
  const browser = await launchChromium({ webgpu: row.executionProvider === 'webgpu' });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => problems.push(message.text()));
    await page.goto(`${server.origin}/page.html`);
    const pictures = (row.input === 'jpeg' ? inputs.jpegs : inputs.pixels).slice(0, row.pictures);
    const task = {
      pictures,
      options: {
        pack,
        executionProviders: row.executionProvider,
        threads: row.threads,
        preprocessing: row.preprocessing,
        detectionSize: row.detectionSize,
        modelBase: '/models/',
        liveness: 'auto',
      },
    };
    await page.waitForFunction('globalThis.analyzeInPage !== undefined').catch(() => {
      const missing = server.requests.filter(({ status }) => status >= 400).map(({ url }) => url);
      throw new Error(`The page did not start: ${[...problems, ...missing].join('; ')}`);
    });
    return await page.evaluate(`analyzeInPage(${JSON.stringify(task)})`);
  } finally {
    await browser.close();
    await server.close();
  }
}
