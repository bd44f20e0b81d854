/** Memory over many analyses in one page. */

import { describeMachine } from '../machine.ts';
import type { BrowserOptions } from './bench-browser.ts';
import { callPage, type PageStart, readMemory } from './bench-page.ts';
import type { MemoryFigures, SoakFigures, SoakReport } from './browser-report.ts';
import { BROWSER_ARGUMENTS } from './browser-session.ts';
import { type Contender, describeContenders } from './contenders.ts';
import { measureBlankPage, pageAddress, serveContender, startBrowser } from './open-contender.ts';
import { createPictures, type Pictures } from './pictures.ts';

/** Options of the soak. */
export interface SoakOptions extends Pick<BrowserOptions, 'only' | 'modelsDir' | 'signal' | 'onProgress'> {
  /** Memory is read after a tenth, three tenths and all of them. */
  readonly analyses: number;
}

/** Analyzes the pictures again and again and reads the memory meanwhile and after `dispose`. */
export async function soakBrowser(options: SoakOptions): Promise<SoakReport> {
  const machine = describeMachine();
  const pictures = await createPictures();
  const { contenders, notMeasured } = await describeContenders(options.only ?? ['isoface-starter', 'isoface-standard'], options.modelsDir);
  const blank = await measureBlankPage(options.signal);
  const figures: SoakFigures[] = [];
  for (const contender of contenders) figures.push(await soakContender(contender, pictures, blank.privateMemory, options));
  return {
    suite: 'browser-soak',
    machine,
    loadAverageAtEnd: describeMachine().loadAverage,
    browser: { version: blank.version, arguments: BROWSER_ARGUMENTS },
    options: { analyses: options.analyses },
    contenders: figures,
    notMeasured,
  };
}

async function soakContender(contender: Contender, pictures: Pictures, blankPrivate: number, options: SoakOptions): Promise<SoakFigures> {
  const { analyses, signal, onProgress } = options;
  const server = await serveContender(contender, pictures);
  try {
    return await startBrowser(signal, async (browser) => {
      await browser.open(pageAddress(contender, server));
      await callPage<PageStart>(browser, 'start', `/pictures/${pictures.stills[0]}`);
      await callPage(
        browser,
        'load',
        pictures.stills.map((name) => `/pictures/${name}`),
      );
      const started = await readMemory(browser, blankPrivate);
      const after: Record<string, MemoryFigures> = {};
      let done = 0;
      for (const target of [Math.round(analyses / 10), Math.round((analyses * 3) / 10), analyses]) {
        while (done < target) {
          signal.throwIfAborted();
          const count = Math.min(50, target - done);
          await callPage(browser, 'repeat', count);
          done += count;
        }
        after[target] = await readMemory(browser, blankPrivate);
        onProgress(`${contender.name}: ${done} of ${analyses} analyses`);
      }
      await callPage(browser, 'dispose');
      const disposed = await readMemory(browser, blankPrivate);
      await browser.close();
      return { name: contender.name, started, after, disposed };
    });
  } finally {
    await server.close();
  }
}
