/** The comparison in a browser: every contender in the same page, each in a browser of its own, on the same pictures. */

import type { AssetServer } from '../../../browser/asset-server.ts';
import {
  callPage,
  type PageFile,
  type PageRound,
  type PageStart,
  type PageTrack,
  readMemory,
  type Timed,
  withCpu,
} from '../../../browser/bench-page.ts';
import type { Chromium } from '../../../browser/open-chromium.ts';
import type { NotMeasured, PieceContext } from '../../../run/suite.ts';
import { medianOf } from '../../../statistics.ts';
import type { FigureName } from '../figures.ts';
import type { ContenderFigures, PeersPiece } from '../peers-piece.ts';
import type { Pictures } from '../pictures.ts';
import type { Sizes } from '../sizes.ts';
import { takeTurns } from '../take-turns.ts';
import type { WebContender } from './describe-web-contenders.ts';
import { measureBlankPage, pageAddress, serveContender, startBrowser } from './open-contender.ts';

/** A contender whose files are served, and what was measured of it. */
interface Running {
  readonly contender: WebContender;
  readonly server: AssetServer;
  /** With the page of the last start. */
  browser: Chromium | undefined;
  memoryStarted: number;
  readonly starts: Timed<PageStart>[];
  readonly frames: Timed<PageRound>[];
  readonly photos: Timed<PageRound>[];
  readonly files: Timed<PageFile>[];
  track: Timed<PageTrack> | undefined;
  downloads: ContenderFigures['files'];
}

/** Shares of the time that are kept for what comes later: for the rounds while starting, for the rest while in rounds. */
const KEPT_AFTER_STARTS = 0.6;
const KEPT_AFTER_ROUNDS = 0.15;

/**
 * Measures the contenders in turns: a slow minute of the machine falls on every one of them.
 *
 * @throws What isoface fails with; a peer that does not start is left out and told in `failed`.
 */
export async function measureWeb(
  contenders: readonly WebContender[],
  pictures: Pictures,
  sizes: Sizes,
  context: PieceContext,
): Promise<PeersPiece> {
  const total = Math.max(1, context.timeLeftMs());
  const hasMoreThan = (share: number): boolean => context.timeLeftMs() > share * total;
  const blank = await measureBlankPage(context.signal);
  const running: Running[] = [];
  const failed: NotMeasured[] = [];
  try {
    for (const contender of contenders) running.push(await serve(contender, pictures));
    const { started, starts } = await startAll(running, pictures, blank.privateMemory, { ...context, sizes, failed, hasMoreThan });
    for (const { browser } of started) {
      await callPage(
        opened(browser),
        'load',
        [pictures.frame, ...pictures.photos].map((name) => toPath(name)),
      );
    }
    const rounds = await measureRounds(started, pictures, { ...context, sizes, hasMoreThan });
    if (sizes.withFile) await measureFiles(started, pictures, { ...context, sizes });
    for (const one of started) await measureTrack(one, pictures, rounds, context);
    const figures: ContenderFigures[] = [];
    for (const one of started) figures.push(await summarize(one, blank.privateMemory));
    return { runtime: 'web-wasm', platform: blank.version, rounds, warmup: sizes.warmup, starts, contenders: figures, failed };
  } finally {
    await Promise.all(running.map(({ browser, server }) => Promise.all([browser?.close(), server.close()])));
  }
}

async function serve(contender: WebContender, pictures: Pictures): Promise<Running> {
  const server = await serveContender(contender, pictures);
  return {
    contender,
    server,
    browser: undefined,
    memoryStarted: Number.NaN,
    starts: [],
    frames: [],
    photos: [],
    files: [],
    track: undefined,
    downloads: undefined,
  };
}

type StartContext = PieceContext & {
  readonly sizes: Sizes;
  readonly failed: NotMeasured[];
  readonly hasMoreThan: (share: number) => boolean;
};

/** Starts all of them again and again, each time in a new browser with an empty profile, and leaves the last ones open. */
async function startAll(
  running: readonly Running[],
  pictures: Pictures,
  blankPrivate: number,
  { sizes, failed, hasMoreThan, signal, progress }: StartContext,
): Promise<{ readonly started: readonly Running[]; readonly starts: number }> {
  let started = running;
  // The first start only fills caches: the server compresses, the operating system reads files.
  for (let start = 0; start <= sizes.starts; start++) {
    if (start > 1 && !hasMoreThan(KEPT_AFTER_STARTS)) return { started, starts: start - 1 };
    progress(`start ${start + 1} of ${sizes.starts + 1}`);
    const alive: Running[] = [];
    await takeTurns(started, start, async (one) => {
      try {
        await startOne(one, pictures, blankPrivate, { isCounted: start > 0, signal });
        alive.push(one);
      } catch (error) {
        signal.throwIfAborted();
        const { name, isPeer } = one.contender.contender;
        const reason = `${name} did not start in the browser: ${error instanceof Error ? error.message : String(error)}`;
        if (!isPeer) throw new Error(reason, { cause: error });
        failed.push({ name: `${name} in the browser`, reason });
      }
    });
    started = running.filter((one) => alive.includes(one));
  }
  return { started, starts: sizes.starts };
}

async function startOne(
  one: Running,
  pictures: Pictures,
  blankPrivate: number,
  { isCounted, signal }: { readonly isCounted: boolean; readonly signal: AbortSignal },
): Promise<void> {
  await one.browser?.close();
  one.browser = undefined;
  const { server, contender } = one;
  server.reset();
  one.browser = await startBrowser(signal, async (browser) => {
    const measured = await withCpu(browser, async () => {
      await browser.open(pageAddress(contender, server));
      return callPage<PageStart>(browser, 'start', toPath(pictures.frame));
    });
    if (contender.contender.isPeer) await assertFair(browser);
    if (isCounted) one.starts.push(measured);
    return browser;
  });
  one.downloads = server.sent
    .filter(({ path }) => !path.startsWith('page/') && !path.startsWith('pictures/'))
    .map(({ path, raw, gzip }) => ({ path, raw, gzip }));
  one.memoryStarted = (await readMemory(one.browser, blankPrivate)).privateOverBlankMiB;
}

/** Anything but wasm with SIMD on one thread would be no fair comparison. */
async function assertFair(browser: Chromium): Promise<void> {
  const { backend, simd, threads } = await callPage<ContenderFigures['runs']>(browser, 'describe');
  if (backend === 'wasm' && simd === true && threads === 1) return;
  throw new Error(`Expected it on wasm with SIMD and one thread, got ${backend}, SIMD ${simd}, ${threads} threads.`);
}

/** @returns The number of counted rounds. */
async function measureRounds(
  running: readonly Running[],
  { frame, photos }: Pictures,
  { sizes: { rounds, leastRounds, warmup, framesPerRound }, hasMoreThan, progress, signal }: Omit<StartContext, 'failed'>,
): Promise<number> {
  const framePaths = Array.from({ length: framesPerRound }, () => toPath(frame));
  const photoPaths = photos.map((name) => toPath(name));
  for (let round = -warmup; round < rounds; round++) {
    if (round >= leastRounds && !hasMoreThan(KEPT_AFTER_ROUNDS)) return round;
    progress(round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`);
    await takeTurns(running, round + warmup, async (one) => {
      signal.throwIfAborted();
      const page = opened(one.browser);
      const frames = await withCpu(page, () => callPage<PageRound>(page, 'round', framePaths));
      const stills = await withCpu(page, () => callPage<PageRound>(page, 'round', photoPaths));
      if (round < 0) return;
      one.frames.push(frames);
      one.photos.push(stills);
    });
  }
  return rounds;
}

async function measureFiles(
  running: readonly Running[],
  { large }: Pictures,
  { sizes: { rounds, leastRounds }, timeLeftMs, progress, signal }: PieceContext & { readonly sizes: Sizes },
): Promise<void> {
  progress('12-megapixel file');
  for (const { browser } of running) await callPage(opened(browser), 'loadFile', toPath(large));
  // The models are warm; once more for the decoder.
  for (let round = -1; round < rounds; round++) {
    if (round >= leastRounds && timeLeftMs() < 0) return;
    await takeTurns(running, round + 1, async (one) => {
      signal.throwIfAborted();
      const page = opened(one.browser);
      const file = await withCpu(page, () => callPage<PageFile>(page, 'file'));
      if (round >= 0) one.files.push(file);
    });
  }
}

async function measureTrack(one: Running, { moving }: Pictures, rounds: number, { progress, signal }: PieceContext): Promise<void> {
  signal.throwIfAborted();
  const page = opened(one.browser);
  if (!(await callPage<boolean>(page, 'canTrack'))) return;
  progress(`${one.contender.contender.name}: video`);
  await callPage(
    page,
    'loadFrames',
    moving.map((name) => toPath(name)),
  );
  await callPage(page, 'track', moving.length);
  one.track = await withCpu(page, () => callPage<PageTrack>(page, 'track', rounds * moving.length));
}

async function summarize(one: Running, blankPrivate: number): Promise<ContenderFigures> {
  const { name, isPeer, library, version, work } = one.contender.contender;
  const { starts, frames, photos, files, track, downloads = [] } = one;
  const page = opened(one.browser);
  const samples: Partial<Record<FigureName, readonly number[]>> = {
    'frame/cpu': frames.map(cpuOfEach),
    'frame/wall': frames.flatMap(({ value }) => value.results.map(({ wallMs }) => round2(wallMs))),
    'photo/cpu': photos.map(cpuOfEach),
    'photo/wall': photos.map(({ value: { results } }) => round2(results.reduce((sum, { wallMs }) => sum + wallMs, 0) / results.length)),
    'photo/longest-task': photos.map(({ value }) => round2(Math.max(0, ...value.longTasks))),
    'file/cpu': files.map(({ cpu }) => round2(cpu.renderer + cpu.other)),
    'file/wall': files.map(({ value }) => round2(value.wallMs)),
    'ready/wall': starts.map(({ value }) => Math.round(value.readyMs)),
    'first-result/wall': starts.map(({ value }) => Math.round(value.firstResultMs)),
    'first-result/cpu': starts.map(({ cpu }) => Math.round(cpu.renderer + cpu.other)),
    'download/gzip': [downloads.reduce((sum, { gzip }) => sum + gzip, 0)],
    'download/raw': [downloads.reduce((sum, { raw }) => sum + raw, 0)],
    'memory/started': [one.memoryStarted],
    'memory/warm': [(await readMemory(page, blankPrivate)).privateOverBlankMiB],
    ...(track && {
      'track/cpu': [round2((track.cpu.renderer + track.cpu.other) / track.value.wallMs.length)],
      'track/wall': [round2(medianOf(track.value.wallMs))],
    }),
  };
  return {
    name,
    isPeer,
    library,
    version,
    work,
    runs: await callPage(page, 'describe'),
    samples: Object.fromEntries(Object.entries(samples).filter(([, values]) => values.length > 0)),
    faces: countFaces([...(frames.at(-1)?.value.results ?? []), ...(photos.at(-1)?.value.results ?? [])]),
    files: downloads,
  };
}

function countFaces(results: PageRound['results']): ContenderFigures['faces'] {
  const faces = new Map(results.map(({ picture, faces: count }) => [picture.slice(picture.lastIndexOf('/') + 1), count]));
  return [...faces].map(([picture, count]) => ({ picture, faces: count }));
}

function cpuOfEach({ value, cpu }: Timed<PageRound>): number {
  return round2((cpu.renderer + cpu.other) / value.results.length);
}

/** Between the first start and the end there always is one. */
function opened(browser: Chromium | undefined): Chromium {
  if (browser !== undefined) return browser;
  throw new Error('Expected a started page, found none.');
}

function toPath(picture: string): string {
  return `/pictures/${picture}`;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
