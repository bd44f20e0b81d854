/** What the tests of `track` do inside their page: a loop that keeps notes, and a ledger of the frames that were opened. */

import { isFaceError, type TrackResult } from '@isoface/core';

/** One result, as a test in Node gets it. */
export interface Sighting {
  readonly ids: readonly number[];
  /** Ids of the faces that were embedded in this frame. */
  readonly embedded: readonly number[];
  /** How many faces have an embedding. */
  readonly known: number;
  readonly timestampMs: number;
  readonly droppedFrames: number;
  /** By the clock of the page, when the result came. */
  readonly clockMs: number;
}

/** All that came out of a loop, and how it ended: `'over'`, `'left'`, the code of an error or what was thrown as text. */
export interface Followed {
  readonly sightings: readonly Sighting[];
  readonly ending: string;
}

/** How a loop is run. */
export interface FollowOptions {
  /** Leaves the loop after this many results. @defaultValue never */
  readonly limit?: number;
  /** Time that the loop itself takes for each result. */
  readonly slowMs?: number;
  /** Called with the number of results so far. */
  readonly onResult?: (count: number) => void;
}

/** Runs a loop over results to its end. */
export async function follow(results: AsyncIterable<TrackResult>, { limit, slowMs, onResult }: FollowOptions = {}): Promise<Followed> {
  const sightings: Sighting[] = [];
  try {
    for await (const { faces, timestampMs, droppedFrames } of results) {
      sightings.push({
        ids: faces.map(({ id }) => id),
        embedded: faces.flatMap(({ id, isEmbeddingNew }) => (isEmbeddingNew ? [id] : [])),
        known: faces.filter(({ embedding }) => embedding !== undefined).length,
        timestampMs,
        droppedFrames,
        clockMs: performance.now(),
      });
      onResult?.(sightings.length);
      if (slowMs !== undefined) await new Promise((resolve) => setTimeout(resolve, slowMs));
      if (sightings.length === limit) return { sightings, ending: 'left' };
    }
    return { sightings, ending: 'over' };
  } catch (error) {
    return { sightings, ending: isFaceError(error) ? error.code : String(error) };
  }
}

const opened: VideoFrame[] = [];

/** From now on remembers every frame that the page opens. */
export function watchFrames(): void {
  const { clone } = VideoFrame.prototype;
  VideoFrame.prototype.clone = function (this: VideoFrame): VideoFrame {
    const frame = clone.call(this);
    opened.push(frame);
    return frame;
  };
  globalThis.VideoFrame = new Proxy(VideoFrame, {
    construct(target, args, newTarget) {
      const frame = Reflect.construct(target, args, newTarget) as VideoFrame;
      opened.push(frame);
      return frame;
    },
  });
}

/** How many frames were opened, and how many of these are open still: neither closed nor handed to a worker. */
export function countFrames(): { readonly opened: number; readonly open: number } {
  return { opened: opened.length, open: opened.filter(({ codedWidth }) => codedWidth > 0).length };
}

/** A stream, as of a camera, of a picture that does not move. */
export async function streamPicture(picture: Blob): Promise<MediaStream> {
  const bitmap = await createImageBitmap(picture);
  const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const stream = canvas.captureStream();
  const timer = setInterval(() => {
    context.drawImage(bitmap, 0, 0);
    if (!stream.active) clearInterval(timer);
  }, 40);
  return stream;
}

/** A video of a picture that wanders, as WebM of about `seconds`. */
export async function recordWandering(picture: Blob, seconds: number): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width + 64, height: bitmap.height });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const draw = (shift: number): void => context.drawImage(bitmap, shift, 0);
  draw(0);
  const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm', videoBitsPerSecond: 5_000_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => void parts.push(data);
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  for (let i = 0; i < seconds * 20; i++) {
    draw((i * 2) % 64);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  recorder.stop();
  await stopped;
  return new Blob(parts, { type: 'video/webm' });
}

/** An element with the video at an address, at its first frame. */
export async function loadVideo(address: string): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, preload: 'auto', src: address });
  await new Promise((resolve, reject) => {
    video.addEventListener('loadeddata', resolve, { once: true });
    video.addEventListener('error', () => reject(new Error(`${address}: ${video.error?.message}`)), { once: true });
  });
  return video;
}
