/** Suite `browser`: isoface beside the peers, in one page design, on the same pictures, one thread each. */

import { describeMachine } from '../machine.ts';
import { medianOf, quantileOf } from '../statistics.ts';
import type { AssetServer } from './asset-server.ts';
import { callPage, type PageFile, type PageRound, type PageStart, type PageTrack, readMemory, type Timed, withCpu } from './bench-page.ts';
import type { AnalysisFigures, BrowserReport, ContenderFigures, DownloadFigures, StartFigures, StillFigures } from './browser-report.ts';
import { BROWSER_ARGUMENTS, type BrowserSession } from './browser-session.ts';
import { computeRatios } from './compute-ratios.ts';
import { type Contender, describeContenders } from './contenders.ts';
import { measureBlankPage, pageAddress, serveContender, startBrowser } from './open-contender.ts';
import { createPictures, type Pictures } from './pictures.ts';

/** Options of the suite. */
export interface BrowserOptions {
  /** Names of contenders; all when absent. A contender that is named must be measurable, one that is not may be missing. */
  readonly only?: readonly string[] | undefined;
  /** Counted rounds; each goes over all pictures. */
  readonly rounds: number;
  /** Rounds before counting. Engines compile wasm again while it warms up: the first 30 runs are no measure. */
  readonly warmup: number;
  /** Starts with an empty profile that are counted; one more comes before them. */
  readonly starts: number;
  readonly modelsDir?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** A contender whose page is open and warm. */
interface Running {
  readonly contender: Contender;
  readonly server: AssetServer;
  readonly browser: BrowserSession;
  readonly start: StartFigures;
  readonly download: DownloadFigures;
  readonly memoryStarted: ContenderFigures['memory']['started'];
}

/** Runs the suite. */
export async function benchBrowser(options: BrowserOptions): Promise<BrowserReport> {
  const machine = describeMachine();
  const pictures = await createPictures();
  const { contenders, notMeasured } = await describeContenders(options.only, options.modelsDir);
  const blank = await measureBlankPage(options.signal);
  const running: Running[] = [];
  try {
    for (const contender of contenders) {
      options.onProgress(`${contender.name}: ${options.starts + 1} starts`);
      running.push(await startContender(contender, pictures, blank.privateMemory, options));
    }
    const figures = await measureRunning(running, pictures, blank.privateMemory, options);
    const { rounds, warmup, starts } = options;
    return {
      suite: 'browser',
      machine,
      loadAverageAtEnd: describeMachine().loadAverage,
      browser: { version: blank.version, arguments: BROWSER_ARGUMENTS },
      options: { rounds, warmup, starts, threads: 1 },
      contenders: figures,
      ratios: computeRatios(figures),
      notMeasured,
    };
  } finally {
    await Promise.all(running.map(async ({ browser, server }) => Promise.all([browser.close(), server.close()])));
  }
}

/** Starts a contender again and again, each time in a new browser with an empty profile, and leaves the last one open. */
async function startContender(contender: Contender, pictures: Pictures, blankPrivate: number, options: BrowserOptions): Promise<Running> {
  const server = await serveContender(contender, pictures);
  try {
    const timed: Timed<PageStart>[] = [];
    for (let left = options.starts; ; left--) {
      server.reset();
      const started = await startBrowser(options.signal, async (browser) => {
        const measured = await withCpu(browser, async () => {
          await browser.open(pageAddress(contender, server));
          return callPage<PageStart>(browser, 'start', `/pictures/${pictures.stills[0]}`);
        });
        return { browser, measured };
      });
      // The first one only fills caches: the server compresses, the operating system reads files.
      if (left < options.starts) timed.push(started.measured);
      if (left > 0) {
        await started.browser.close();
        continue;
      }
      const { browser } = started;
      return {
        contender,
        server,
        browser,
        start: summarizeStarts(timed),
        download: summarizeDownload(server),
        memoryStarted: await readMemory(browser, blankPrivate),
      };
    }
  } catch (error) {
    await server.close();
    throw new Error(`${contender.name} did not start: ${messageOf(error)}`, { cause: error });
  }
}

/** Rounds are interleaved: a slow minute of the machine falls on every contender. */
async function measureRunning(
  running: readonly Running[],
  pictures: Pictures,
  blankPrivate: number,
  options: BrowserOptions,
): Promise<ContenderFigures[]> {
  const stills = await interleave(running, options, 'still pictures', {
    prepare: (browser) =>
      callPage(
        browser,
        'load',
        pictures.stills.map((name) => `/pictures/${name}`),
      ),
    round: (browser) => callPage<PageRound>(browser, 'round'),
  });
  const files = await interleave(running, options, '12-megapixel file', {
    prepare: (browser) => callPage(browser, 'loadFile', `/pictures/${pictures.large}`),
    round: (browser) => callPage<PageFile>(browser, 'file'),
  });
  const figures: ContenderFigures[] = [];
  for (const [i, { contender, browser, server, start, download, memoryStarted }] of running.entries()) {
    options.signal.throwIfAborted();
    options.onProgress(`${contender.name}: frames and memory`);
    const { name, isPeer, library, version, work } = contender;
    const track = await measureTrack(browser, pictures, options);
    figures.push({
      name,
      isPeer,
      library,
      version,
      work,
      runs: await callPage(browser, 'describe'),
      wasmFiles: download.files.flatMap(({ path }) => (path.endsWith('.wasm') ? [path] : [])),
      download,
      start,
      still: summarizeStills(stills[i] ?? []),
      file12Megapixels: summarizeFiles(files[i] ?? []),
      track,
      memory: { started: memoryStarted, warm: await readMemory(browser, blankPrivate) },
    });
    server.reset();
  }
  return figures;
}

async function interleave<T>(
  running: readonly Running[],
  { rounds, warmup, signal, onProgress }: BrowserOptions,
  subject: string,
  work: { readonly prepare: (browser: BrowserSession) => Promise<unknown>; readonly round: (browser: BrowserSession) => Promise<T> },
): Promise<Timed<T>[][]> {
  for (const { browser } of running) await work.prepare(browser);
  const timed = running.map((): Timed<T>[] => []);
  for (let round = -warmup; round < rounds; round++) {
    if (round === -warmup || round % 5 === 0) onProgress(`${subject}: round ${round} of ${rounds}`);
    for (const [i, { browser, contender }] of running.entries()) {
      signal.throwIfAborted();
      const measured = await withCpu(browser, () => work.round(browser)).catch((cause: unknown) => {
        throw new Error(`${contender.name} failed on ${subject}, round ${round}: ${messageOf(cause)}`, { cause });
      });
      if (round >= 0) timed[i]?.push(measured);
    }
  }
  return timed;
}

async function measureTrack(
  browser: BrowserSession,
  pictures: Pictures,
  { rounds, warmup }: BrowserOptions,
): Promise<ContenderFigures['track']> {
  if (!(await callPage<boolean>(browser, 'canTrack'))) return undefined;
  await callPage(
    browser,
    'loadFrames',
    pictures.frames.map((name) => `/pictures/${name}`),
  );
  const framesPerRound = pictures.frames.length;
  await callPage(browser, 'track', warmup * framesPerRound);
  const { value, cpu } = await withCpu(browser, () => callPage<PageTrack>(browser, 'track', rounds * framesPerRound));
  return {
    wallMs: round2(medianOf(value.wallMs)),
    rendererCpuMs: round2(cpu.renderer / value.wallMs.length),
    otherCpuMs: round2(cpu.other / value.wallMs.length),
    longestTaskMs: round2(Math.max(0, ...value.longTasks)),
    facesPerFrame: round2(value.facesPerFrame),
  };
}

function summarizeStarts(timed: readonly Timed<PageStart>[]): StartFigures {
  const firstResultMs = timed.map(({ value }) => Math.round(value.firstResultMs));
  return {
    firstResultMs,
    medianMs: medianOf(firstResultMs),
    readyMs: Math.round(medianOf(timed.map(({ value }) => value.readyMs))),
    rendererCpuMs: Math.round(medianOf(timed.map(({ cpu }) => cpu.renderer))),
    otherCpuMs: Math.round(medianOf(timed.map(({ cpu }) => cpu.other))),
  };
}

function summarizeDownload(server: AssetServer): DownloadFigures {
  const files = server.sent.filter(({ path }) => !path.startsWith('page/') && !path.startsWith('pictures/'));
  return {
    rawBytes: files.reduce((sum, { raw }) => sum + raw, 0),
    gzipBytes: files.reduce((sum, { gzip }) => sum + gzip, 0),
    files,
  };
}

function summarizeStills(timed: readonly Timed<PageRound>[]): StillFigures {
  const perPicture = new Map<string, { faces: number; wallMs: number[] }>();
  for (const { value } of timed) {
    for (const { picture, faces, wallMs } of value.results) {
      const known = perPicture.get(picture) ?? { faces, wallMs: [] };
      perPicture.set(picture, { faces, wallMs: [...known.wallMs, wallMs] });
    }
  }
  const meanWall = timed.map(({ value: { results } }) => results.reduce((sum, { wallMs }) => sum + wallMs, 0) / results.length);
  return {
    wallMs: round2(medianOf(meanWall)),
    wallP95Ms: round2(quantileOf(meanWall, 0.95)),
    rendererCpuMs: round2(medianOf(timed.map(({ value, cpu }) => cpu.renderer / value.results.length))),
    otherCpuMs: round2(medianOf(timed.map(({ value, cpu }) => cpu.other / value.results.length))),
    longestTaskMs: longestTask(timed),
    pictures: [...perPicture].map(([path, { faces, wallMs }]) => ({
      picture: path.slice(path.lastIndexOf('/') + 1),
      faces,
      wallMs: round2(medianOf(wallMs)),
    })),
  };
}

function summarizeFiles(timed: readonly Timed<PageFile>[]): AnalysisFigures & { readonly faces: number } {
  return {
    wallMs: round2(medianOf(timed.map(({ value }) => value.wallMs))),
    rendererCpuMs: round2(medianOf(timed.map(({ cpu }) => cpu.renderer))),
    otherCpuMs: round2(medianOf(timed.map(({ cpu }) => cpu.other))),
    longestTaskMs: longestTask(timed),
    faces: timed.at(-1)?.value.faces ?? 0,
  };
}

/** Of the median round: one garbage collection must not decide it. */
function longestTask(timed: readonly Timed<{ readonly longTasks: readonly number[] }>[]): number {
  return round2(medianOf(timed.map(({ value }) => Math.max(0, ...value.longTasks))));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
