/** `track` in a page: cameras, videos and sequences of frames, followed by an engine in a worker; whatever ends it, no frame stays open. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSelfTestFace } from '@isoface/core';
import { type FolderServer, filmPhoto, launchChromium, serveFolder } from '@isoface/testkit/browser-tools';
import { demoPhoto } from '@isoface/testkit/node';
import type { Browser, BrowserContext, Page, Worker } from 'playwright';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtFile, openSite, type Site } from './support/open-site.ts';
import type { Followed } from './support/page-tracks.ts';

/** Chromium looks for frames that were lost every ten seconds. */
const GARBAGE_CHECK_MS = 10_000;
const LEAK_WARNING = /VideoFrame was garbage collected without being closed/;

/** Runs before the worker's own code: keeps every frame that reaches it, and ends it at the first that comes after `lives` frames of tracks. */
const LEDGER = `
  self.received = [];
  self.lives = Number.POSITIVE_INFINITY;
  self.addEventListener('message', (event) => {
    const call = event.data?.argumentList?.[1]?.value;
    if (call?.image instanceof VideoFrame) self.received.push(call.image);
    if (call?.request?.method !== 'trackFrame' || self.lives-- > 0) return;
    event.stopImmediatePropagation();
    self.close();
  });
`;

let folder: string;
let site: Site;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-track-'));
  const camera = join(folder, 'camera.mjpeg');
  await filmPhoto(demoPhoto('sample1.jpg'), camera);
  browser = await launchChromium({ camera, args: ['--js-flags=--expose-gc', '--autoplay-policy=no-user-gesture-required'] });
  site = await openSite(browser);
  const { width, height, data } = drawSelfTestFace();
  const face = sharp(data, { raw: { width, height, channels: 4 } }).png();
  site.put('face.png', await face.toBuffer());
  // One context: models are cached by the first page.
  context = await browser.newContext();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page with an engine in a worker that keeps a ledger of its frames. */
async function openEngine(prelude = LEDGER): Promise<void> {
  site.override('/dist/engine-worker.js', { body: prelude + builtFile('engine-worker.js') });
  page = await site.open(context);
  await page.evaluate(async () => {
    lab.watchFrames();
    await lab.create('engine');
  });
}

async function openCamera(): Promise<void> {
  await page.evaluate(async () => {
    lab.stream = await (await lab.built()).openCamera();
  });
}

/** Stops the camera; gives its state before and after. */
function closeCamera(): Promise<string[]> {
  return page.evaluate(() => {
    const [track] = (lab.stream as MediaStream).getVideoTracks() as [MediaStreamTrack];
    const before = track.readyState;
    track.stop();
    return [before, track.readyState];
  });
}

async function worker(): Promise<Worker> {
  await expect.poll(() => page.workers().length).toBe(1);
  return page.workers()[0] as Worker;
}

/** Frames were opened, here and in the worker, and none of them is open any more. */
async function expectNoOpenFrames(): Promise<void> {
  const inPage = await page.evaluate(() => lab.countFrames());
  expect(inPage.opened).toBeGreaterThan(0);
  expect(inPage.open).toBe(0);
  if (page.workers().length === 0) return;
  // A call that was aborted may be in a model run still.
  await expect.poll(openInWorker).toBe(0);
}
async function openInWorker(): Promise<number> {
  return (await worker()).evaluate(() => {
    const { received } = self as unknown as { received: VideoFrame[] };
    return received.filter(({ codedWidth }) => codedWidth > 0).length;
  });
}

const timesOf = ({ sightings }: Followed): number[] => sightings.map(({ timestampMs }) => timestampMs);
const last = <T>(values: readonly T[]): T => values[values.length - 1] as T;
/** Whether every value is larger than the one before. */
const isGrowing = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value > (values[i - 1] as number));

describe('a camera', () => {
  beforeAll(async () => {
    await openEngine();
    await openCamera();
  });
  afterAll(() => page?.close());

  it('is followed: ids that stay, few embeddings, time that grows, a page that is free', async () => {
    const { followed, blockedMs, totalMs } = await page.evaluate(async () => {
      let blocked = 0;
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) blocked += duration;
      });
      observer.observe({ type: 'longtask' });
      const start = performance.now();
      const result = await lab.follow(lab.engine('engine').track(lab.stream as MediaStream), { limit: 40 });
      const total = performance.now() - start;
      await new Promise((resolve) => setTimeout(resolve, 100));
      observer.disconnect();
      return { followed: result, blockedMs: blocked, totalMs: total };
    });
    const { sightings, ending } = followed;
    expect([ending, sightings.length]).toEqual(['left', 40]);
    const ids = sightings[0]?.ids ?? [];
    expect(ids.length).toBeGreaterThanOrEqual(2);
    // They stay in every frame. A search of the whole picture may find one more, for a while or for good.
    for (const sighting of sightings) expect(sighting.ids).toEqual(expect.arrayContaining([...ids]));
    const embedded = sightings.flatMap((sighting) => sighting.embedded);
    expect(embedded).toEqual(expect.arrayContaining([...ids]));
    // Once for each face, and once more for one that turned to be better seen.
    expect(embedded.length).toBeLessThanOrEqual(2 * new Set(embedded).size);
    expect(last(sightings).known).toBeGreaterThanOrEqual(ids.length);
    expect(isGrowing(timesOf(followed))).toBe(true);
    // The clock of the page, so that results can be compared with other events: no frame is from the future.
    for (const { timestampMs, clockMs } of sightings) expect(timestampMs).toBeLessThan(clockMs);
    expect(blockedMs / totalMs).toBeLessThan(0.05);
    await expectNoOpenFrames();
  });

  it('gives a slow consumer the latest frame, and counts those that it missed', async () => {
    const followed = await page.evaluate(() =>
      lab.follow(lab.engine('engine').track(lab.stream as MediaStream), { limit: 6, slowMs: 400 }),
    );
    const { sightings } = followed;
    expect(isGrowing(sightings.map(({ droppedFrames }) => droppedFrames))).toBe(true);
    // Frames from a backlog would be a thirtieth of a second apart while the clock goes on by more than 400 ms.
    const passed = (of: (sighting: (typeof sightings)[number]) => number): number => of(last(sightings)) - of(sightings[0] as never);
    expect(passed(({ timestampMs }) => timestampMs) / passed(({ clockMs }) => clockMs)).toBeGreaterThan(0.8);
    // Before the first frame nothing was dropped, although the camera ran already.
    expect(sightings[0]?.droppedFrames).toBe(0);
    await expectNoOpenFrames();
  });

  it('goes in as a track as well', async () => {
    const followed = await page.evaluate(() => {
      const [track] = (lab.stream as MediaStream).getVideoTracks() as [MediaStreamTrack];
      return lab.follow(lab.engine('engine').track(track), { limit: 3 });
    });
    expect(followed).toMatchObject({ ending: 'left', sightings: { length: 3 } });
    await expectNoOpenFrames();
  });

  it.each([
    ['while a frame is in the worker', 0],
    ['in the body of the loop', undefined],
  ])('is let go when aborted %s, with the very reason', async (_, delayMs) => {
    const outcome = await page.evaluate(async (delay) => {
      const controller = new AbortController();
      const reason = { why: 'any value can be a reason' };
      const seen: number[] = [];
      try {
        for await (const { frame } of lab.engine('engine').track(lab.stream as MediaStream, { signal: controller.signal })) {
          seen.push(frame);
          if (seen.length < 3) continue;
          if (delay === undefined) controller.abort(reason);
          else setTimeout(() => controller.abort(reason), delay);
        }
      } catch (error) {
        return { isReason: error === reason, count: seen.length };
      }
      return undefined;
    }, delayMs);
    expect(outcome?.isReason).toBe(true);
    expect(outcome?.count).toBeLessThanOrEqual(4);
    await expectNoOpenFrames();
  });

  it('waits without an error while the browser presents no frames, as in a hidden tab', async () => {
    const counts = await page.evaluate(async () => {
      // A browser without a screen hides no tab. What hiding does to a video is done here: callbacks are held back.
      const { prototype } = HTMLVideoElement;
      const { requestVideoFrameCallback } = prototype;
      const held: (() => void)[] = [];
      let isHidden = false;
      prototype.requestVideoFrameCallback = function (callback) {
        return requestVideoFrameCallback.call(this, (...args) => {
          if (isHidden) held.push(() => callback(...args));
          else callback(...args);
        });
      };
      const seen: number[] = [];
      let count = 0;
      const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      const followed = lab.follow(lab.engine('engine').track(lab.stream as MediaStream), {
        onResult: () => void count++,
        limit: 20,
      });
      while (count < 3) await wait(20);
      isHidden = true;
      // What was on its way comes still.
      await wait(500);
      seen.push(count);
      await wait(500);
      seen.push(count);
      isHidden = false;
      for (const show of held) show();
      const { ending } = await followed;
      prototype.requestVideoFrameCallback = requestVideoFrameCallback;
      return { seen, ending };
    });
    expect(counts.seen[1]).toBe(counts.seen[0]);
    expect(counts.ending).toBe('left');
    await expectNoOpenFrames();
  });

  it('ends the loop when it is unplugged', async () => {
    await page.evaluate(() => {
      lab.followed = lab.follow(lab.engine('engine').track(lab.stream as MediaStream), {
        onResult: (count) => {
          if (count !== 3) return;
          for (const track of (lab.stream as MediaStream).getTracks()) {
            track.stop();
            // Pages that stop a track themselves are not told.
            track.dispatchEvent(new Event('ended'));
          }
        },
      });
    });
    const { ending, sightings } = await page.evaluate(() => lab.followed as Promise<Followed>);
    expect(ending).toBe('over');
    expect(sightings.length).toBeLessThanOrEqual(4);
    await expectNoOpenFrames();
    // A stream that is over already has no frames.
    expect(await page.evaluate(() => lab.follow(lab.engine('engine').track(lab.stream as MediaStream)))).toEqual({
      sightings: [],
      ending: 'over',
    });
  });

  it('ends the loop when it is stopped', async () => {
    await openCamera();
    await page.evaluate(() => {
      lab.followed = lab.follow(lab.engine('engine').track(lab.stream as MediaStream));
    });
    await page.waitForTimeout(300);
    expect(await closeCamera()).toEqual(['live', 'ended']);
    expect((await page.evaluate(() => lab.followed as Promise<Followed>)).ending).toBe('over');
    await expectNoOpenFrames();
  });

  it('is not taken without video', async () => {
    const followed = await page.evaluate(() => {
      const { stream } = new AudioContext().createMediaStreamDestination();
      return lab.follow(lab.engine('engine').track(stream));
    });
    expect(followed).toEqual({ sightings: [], ending: 'INVALID_OPTION' });
  });

  it('is let go by dispose, and can be stopped', async () => {
    await openCamera();
    const { ending } = await page.evaluate(() =>
      lab.follow(lab.engine('engine').track(lab.stream as MediaStream), {
        onResult: (count) => {
          if (count === 3) void lab.dispose('engine');
        },
      }),
    );
    expect(ending).toBe('DISPOSED');
    await expectNoOpenFrames();
    expect(await closeCamera()).toEqual(['live', 'ended']);
  });
});

describe('a worker that ends at a frame', () => {
  afterEach(() => page?.close());

  const follow = (limit: number): Promise<Followed> =>
    page.evaluate(async (most) => {
      const stream = await lab.streamPicture(await lab.blob('/in/face.png'));
      const followed = await lab.follow(lab.engine('engine').track(stream, { maxMissedMs: 60_000 }), { limit: most });
      for (const track of stream.getTracks()) track.stop();
      return followed;
    }, limit);
  const events = (): Promise<string[]> => page.evaluate(() => lab.events.map(({ type }) => type));

  it('loses nothing of the track: the next one goes on with what is known of the face', async () => {
    await openEngine();
    await (await worker()).evaluate(() => Object.assign(self, { lives: 5 }));
    const { sightings, ending } = await follow(15);
    expect(await events()).toEqual(['restart', 'restarted']);
    expect([ending, sightings.length]).toEqual(['left', 15]);
    for (const { ids, known } of sightings) expect([ids, known]).toEqual([[1], 1]);
    expect(sightings.flatMap(({ embedded }) => embedded)).toEqual([1]);
    expect(isGrowing(sightings.map(({ timestampMs }) => timestampMs))).toBe(true);
    // What was shown while the worker started was dropped and counted.
    expect((sightings[7]?.droppedFrames ?? 0) - (sightings[4]?.droppedFrames ?? 0)).toBeGreaterThan(5);
    await expectNoOpenFrames();
  });

  it('ends the track if the next one ends at it, too', async () => {
    await openEngine(`${LEDGER} self.lives = 0;`);
    expect(await follow(15)).toEqual({ sightings: [], ending: 'WORKER_CRASHED' });
    expect((await events()).filter((type) => type === 'restart')).toHaveLength(2);
    expect((await page.evaluate(() => lab.countFrames())).open).toBe(0);
  });
});

describe('garbage', () => {
  it('holds no frame of ours', async () => {
    // Ledgers would keep frames from becoming garbage.
    site.override('/dist/engine-worker.js', undefined);
    page = await site.open(context);
    const warnings: string[] = [];
    page.on('console', (message) => void (LEAK_WARNING.test(message.text()) && warnings.push(message.text())));
    await page.evaluate(async () => {
      await lab.create('engine');
      lab.stream = await (await lab.built()).openCamera();
      const { stream } = lab;
      await lab.follow(lab.engine('engine').track(stream), { limit: 20 });
      await lab.follow(lab.engine('engine').track(stream, { signal: AbortSignal.timeout(300) }));
    });
    const collect = async (): Promise<void> => {
      const run = (): void => (globalThis as unknown as { gc(): void }).gc();
      await page.evaluate(run);
      await (await worker()).evaluate(run);
      await page.waitForTimeout(1.5 * GARBAGE_CHECK_MS);
    };
    await collect();
    expect(warnings).toEqual([]);
    // The browser would have said so.
    await page.evaluate(async () => void new VideoFrame(await createImageBitmap(await lab.blob('/in/face.png')), { timestamp: 0 }));
    await collect();
    expect(warnings).toHaveLength(1);
    await page.close();
  });
});

describe('a video', () => {
  let elsewhere: FolderServer;

  beforeAll(async () => {
    await openEngine();
    const body = Buffer.from(await page.evaluate(() => lab.recordVideo(2)), 'base64');
    site.override('/in/video.webm', { body, contentType: 'video/webm' });
    // Another site that does not allow others to read what it serves.
    elsewhere = await serveFolder({ overrides: { '/video.webm': { body, contentType: 'video/webm' } } });
    site.override('/in/broken.webm', { body: body.subarray(0, 60), contentType: 'video/webm' });
  });
  afterAll(async () => {
    await page?.close();
    await elsewhere?.close();
  });

  it.each([
    ['at the speed of the engine', 0],
    ['slower than it plays', 300],
  ])('is followed to its last frame, %s', async (_, slowMs) => {
    const { followed, durationMs } = await page.evaluate(async (slow) => {
      const video = await lab.loadVideo('/in/video.webm');
      void video.play();
      return { followed: await lab.follow(lab.engine('engine').track(video), { slowMs: slow }), durationMs: video.duration * 1000 };
    }, slowMs);
    const times = timesOf(followed);
    expect(followed.ending).toBe('over');
    expect(times.length).toBeGreaterThan(2);
    expect(isGrowing(times)).toBe(true);
    // By the time of the video; its frames are 50 ms apart.
    expect(durationMs - last(times)).toBeLessThan(150);
    for (const { ids } of followed.sightings) expect(ids).toEqual([1]);
    if (slowMs > 0) expect(last(followed.sightings).droppedFrames).toBeGreaterThan(followed.sightings.length);
    await expectNoOpenFrames();
  });

  it('counts no frames that were shown before the start', async () => {
    const { sightings } = await page.evaluate(async () => {
      const video = await lab.loadVideo('/in/video.webm');
      // Of a video that is not shown the browser counts nothing.
      document.body.append(video);
      await video.play();
      while (video.currentTime < 1) await new Promise((resolve) => setTimeout(resolve, 20));
      video.pause();
      return lab.follow(lab.engine('engine').track(video), { limit: 3, onResult: () => void video.play() });
    });
    expect(sightings[0]?.droppedFrames).toBe(0);
    // The twenty frames before the pause would be among them.
    expect(last(sightings).droppedFrames).toBeLessThan(10);
    await expectNoOpenFrames();
  });

  it('gives one frame while it is paused, and goes on with it', async () => {
    const { paused, followed } = await page.evaluate(async () => {
      const video = await lab.loadVideo('/in/video.webm');
      let count = 0;
      const all = lab.follow(lab.engine('engine').track(video), { onResult: () => void count++ });
      await new Promise((resolve) => setTimeout(resolve, 600));
      const before = count;
      void video.play();
      return { paused: before, followed: await all };
    });
    expect(paused).toBe(1);
    expect(followed.ending).toBe('over');
    expect(followed.sightings.length).toBeGreaterThan(3);
    await expectNoOpenFrames();
  });

  it('gives the frame at each place that is sought, forwards and back', async () => {
    const followed = await page.evaluate(async () => {
      const video = await lab.loadVideo('/in/video.webm');
      const places = [0.8, 1.6, 0.4];
      return lab.follow(lab.engine('engine').track(video), {
        limit: 4,
        onResult: (count) => {
          video.currentTime = places[count - 1] ?? 0;
        },
      });
    });
    expect(followed.ending).toBe('left');
    // The frame before the place is shown; how far before it is depends on how the video was recorded, but by less than the places are apart.
    for (const [i, place] of [0, 800, 1600, 400].entries()) expect(Math.abs((timesOf(followed)[i] ?? 0) - place)).toBeLessThan(200);
    await expectNoOpenFrames();
  });

  it('is followed on when it jumps while it plays', async () => {
    const { ending, sightings } = await page.evaluate(async () => {
      const video = await lab.loadVideo('/in/video.webm');
      void video.play();
      return lab.follow(lab.engine('engine').track(video), {
        onResult: (count) => {
          if (count < 12) video.currentTime = (count % 3) * 0.5;
        },
      });
    });
    expect(ending).toBe('over');
    expect(sightings.length).toBeGreaterThan(12);
    await expectNoOpenFrames();
  });

  it.each(['abort', 'dispose', 'break'] as const)('that is paused is let go at once: %s', async (way) => {
    const outcome = await page.evaluate(async (how) => {
      if (how === 'dispose') await lab.create('other');
      const video = await lab.loadVideo('/in/video.webm');
      let cancelled = 0;
      const { cancelVideoFrameCallback } = video;
      video.cancelVideoFrameCallback = (handle) => {
        cancelled++;
        cancelVideoFrameCallback.call(video, handle);
      };
      const controller = new AbortController();
      const results = lab.engine(how === 'dispose' ? 'other' : 'engine').track(video, { signal: controller.signal });
      const { ending } = await lab.follow(results, {
        ...(how === 'break' ? { limit: 1 } : {}),
        onResult: () => {
          // Then the loop waits for a frame that never comes.
          if (how === 'abort') setTimeout(() => controller.abort('the very reason'), 200);
          if (how === 'dispose') setTimeout(() => void lab.dispose('other'), 200);
        },
      });
      await new Promise((resolve) => setTimeout(resolve, 0));
      return { ending, cancelled };
    }, way);
    expect(outcome).toEqual({ ending: { abort: 'the very reason', dispose: 'DISPOSED', break: 'left' }[way], cancelled: 1 });
    await expect.poll(() => page.workers().length).toBe(1);
    await expectNoOpenFrames();
  });

  it('that cannot be played is refused, before and during the loop', async () => {
    const endings = await page.evaluate(async () => {
      const early = Object.assign(document.createElement('video'), { muted: true, src: '/in/broken.webm' });
      const during = await lab.follow(lab.engine('engine').track(early));
      const after = await lab.follow(lab.engine('engine').track(early));
      return [during, after].map(({ ending, sightings }) => [ending, sightings.length]);
    });
    expect(endings).toEqual([
      ['IMAGE_INVALID', 0],
      ['IMAGE_INVALID', 0],
    ]);
  });

  it('of another site is refused, with what to do', async () => {
    const outcome = await page.evaluate(async (address) => {
      const video = await lab.loadVideo(address);
      void video.play();
      return lab.settle(async () => {
        for await (const result of lab.engine('engine').track(video)) return result.frame;
        return undefined;
      });
    }, `${elsewhere.origin}/video.webm`);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'IMAGE_INVALID', message: expect.stringContaining('CORS') } });
    await expectNoOpenFrames();
  });

  it('is followed by browsers without frame callbacks or without VideoFrame', async () => {
    const plain = await context.newPage();
    // Before any code of the page runs.
    await plain.addInitScript(() => {
      const prototype = HTMLVideoElement.prototype as Partial<HTMLVideoElement>;
      delete prototype.requestVideoFrameCallback;
      Object.assign(globalThis, { VideoFrame: undefined });
    });
    site.override('/dist/engine-worker.js', undefined);
    await plain.goto(site.origin);
    await plain.waitForFunction(() => globalThis.lab !== undefined);
    const followed = await plain.evaluate(async () => {
      await lab.create('engine');
      const video = await lab.loadVideo('/in/video.webm');
      void video.play();
      return lab.follow(lab.engine('engine').track(video));
    });
    expect(followed.ending).toBe('over');
    expect(isGrowing(timesOf(followed))).toBe(true);
    expect(followed.sightings.length).toBeGreaterThan(3);
    for (const { ids } of followed.sightings) expect(ids).toEqual([1]);
    await plain.close();
  });
});

describe('a sequence of frames', () => {
  beforeAll(() => openEngine());
  afterAll(() => page?.close());

  it.each(['kept', 'handedOver'] as const)('leaves those that are the caller’s open, and closes what was handed over: %s', async (kind) => {
    const outcome = await page.evaluate(async (how) => {
      const { handOver } = await lab.built();
      const bitmap = await createImageBitmap(await lab.blob('/in/face.png'));
      const frames = [0, 1, 2].map((i) => new VideoFrame(bitmap, { timestamp: i * 40_000 }));
      async function* source() {
        for (const frame of frames) {
          const image = how === 'kept' ? frame : handOver(frame);
          yield { image, timestampMs: frame.timestamp / 1000 };
        }
      }
      const followed = await lab.follow(lab.engine('engine').track(source()));
      const open = frames.filter(({ codedWidth }) => codedWidth > 0).length;
      for (const frame of frames) frame.close();
      return { times: followed.sightings.map(({ timestampMs }) => timestampMs), ending: followed.ending, open };
    }, kind);
    expect(outcome).toEqual({ times: [0, 40, 80], ending: 'over', open: kind === 'kept' ? 3 : 0 });
    await expectNoOpenFrames();
  });

  it('ends with the error of a bad frame, and its source is closed', async () => {
    const outcome = await page.evaluate(async () => {
      const bitmap = await createImageBitmap(await lab.blob('/in/face.png'));
      const frames = [0, 1, 2].map((i) => new VideoFrame(bitmap, { timestamp: i * 40_000 }));
      frames[1]?.close();
      let isClosed = false;
      async function* source() {
        try {
          yield* frames;
        } finally {
          isClosed = true;
          for (const frame of frames) frame.close();
        }
      }
      const { ending, sightings } = await lab.follow(lab.engine('engine').track(source()));
      return { ending, count: sightings.length, isClosed };
    });
    expect(outcome).toEqual({ ending: 'IMAGE_INVALID', count: 1, isClosed: true });
    await expectNoOpenFrames();
  });

  it('a frame that is handed over to an aborted call is closed', async () => {
    const outcome = await page.evaluate(async () => {
      const { handOver } = await lab.built();
      const frame = new VideoFrame(await createImageBitmap(await lab.blob('/in/face.png')), { timestamp: 0 });
      const reason = { why: 'any value can be a reason' };
      try {
        await lab.engine('engine').detect(handOver(frame), { signal: AbortSignal.abort(reason) });
      } catch (error) {
        return { isReason: error === reason, isOpen: frame.codedWidth > 0 };
      }
      return undefined;
    });
    expect(outcome).toEqual({ isReason: true, isOpen: false });
    await expectNoOpenFrames();
  });
});

describe('openCamera', () => {
  const HOST = 'insecure.test';
  const NO_PROMPT = '--use-fake-ui-for-media-stream';

  it.each([
    ['denied', ['--use-fake-device-for-media-stream'], '127.0.0.1'],
    ['notFound', [NO_PROMPT, '--use-fake-device-for-media-stream=device-count=0'], '127.0.0.1'],
    ['insecure', [NO_PROMPT, '--use-fake-device-for-media-stream', `--host-resolver-rules=MAP ${HOST} 127.0.0.1`], HOST],
  ])('says why there is none: %s', async (reason, args, host) => {
    const other = await launchChromium({ args });
    try {
      const plain = await other.newPage();
      await plain.goto(site.origin.replace('127.0.0.1', host));
      await plain.waitForFunction(() => globalThis.lab !== undefined);
      const outcome = await plain.evaluate(() => lab.settle(async () => void (await (await lab.built()).openCamera())));
      expect(outcome).toMatchObject({
        ok: false,
        error: {
          name: 'FaceError',
          code: 'CAMERA_UNAVAILABLE',
          details: { reason },
          message: expect.stringMatching(/^Expected .+, got .+; /),
        },
      });
    } finally {
      await other.close();
    }
  });

  it('says that a camera with this id is not there, and that it is in use', async () => {
    page = await site.open(context);
    const reasons = await page.evaluate(async () => {
      const { openCamera: open } = await lab.built();
      const missing = await lab.settle(async () => void (await open({ deviceId: 'none' })));
      // A fake camera is never in use.
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('in use', 'NotReadableError'));
      const busy = await lab.settle(async () => void (await open()));
      return [missing, busy].map((outcome) => (outcome.ok ? 'opened' : outcome.error.details));
    });
    expect(reasons).toEqual([{ reason: 'notFound' }, { reason: 'busy' }]);
    await page.close();
  });

  it.each(['before', 'while the user is asked'])('rejects with the very reason when aborted %s, and the camera is off', async (when) => {
    page = await site.open(context);
    const outcome = await page.evaluate(async (moment) => {
      const { mediaDevices } = navigator;
      const real = mediaDevices.getUserMedia.bind(mediaDevices);
      let answer: () => void = () => {};
      const isAnswered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const opened: MediaStream[] = [];
      mediaDevices.getUserMedia = async (constraints) => {
        await isAnswered;
        const stream = await real(constraints);
        opened.push(stream);
        return stream;
      };
      const controller = new AbortController();
      const reason = { why: 'any value can be a reason' };
      if (moment === 'before') controller.abort(reason);
      const opening = (await lab.built()).openCamera({ signal: controller.signal });
      if (moment !== 'before') setTimeout(() => controller.abort(reason), 50);
      const isReason = await opening.then(
        () => false,
        (error) => error === reason,
      );
      // The user allows it after all.
      answer();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return { isReason, states: opened.flatMap((stream) => stream.getTracks().map(({ readyState }) => readyState)) };
    }, when);
    expect(outcome).toEqual({ isReason: true, states: when === 'before' ? [] : ['ended'] });
    await page.close();
  });
});
