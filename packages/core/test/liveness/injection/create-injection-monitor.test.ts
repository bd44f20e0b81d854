import { type CameraDescription, createInjectionMonitor, type InjectionSignal, type ObservedFrame } from '@isoface/core/liveness';
import { describe, expect, it } from 'vitest';

/** More than four windows of 90. */
const FRAMES = 400;

function watch(frames: Iterable<ObservedFrame>, camera?: CameraDescription): readonly InjectionSignal[] {
  const monitor = createInjectionMonitor(camera);
  for (const frame of frames) monitor.observe(frame);
  return monitor.signals();
}

/** Uniform in [0, 1), the same in every run. */
function createNoise(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A camera whose frames differ, with intervals of `1000 / rate` and noise of up to `jitterMs` each way. */
function film(rate: number, { jitterMs = 0, stepMs = 0, startMs = 12_345.678_9, frames = FRAMES } = {}): ObservedFrame[] {
  const noise = createNoise();
  return Array.from({ length: frames }, (_, i) => {
    const takenMs = startMs + (i * 1000) / rate + (2 * noise() - 1) * jitterMs;
    return { timestampMs: stepMs === 0 ? takenMs : Math.round(takenMs / stepMs) * stepMs, fingerprint: i };
  });
}

function withPixels(pixels: (frame: number) => number | undefined, frames = FRAMES): ObservedFrame[] {
  return film(30, { jitterMs: 0.5, frames }).map((frame, i) => ({ ...frame, fingerprint: pixels(i) }));
}

describe('the label of the camera', () => {
  it.each([
    ['OBS Virtual Camera', 'OBS'],
    ['OBS-Camera', 'OBS'],
    ['ManyCam Virtual Webcam', 'ManyCam'],
    ['XSplit VCam', 'XSplit'],
    ['Snap Camera', 'Snap'],
    ['e2eSoft VCam', 'e2eSoft'],
    ['DroidCam Source 3', 'phone'],
    ['Dummy video device (0x0000)', 'v4l2loopback'],
    ['fake_device_0', 'tests'],
    ['Caméra virtuelle', 'software camera'],
    ['Unity Video Capture', 'Unity'],
  ])('%s is known', (label, part) => {
    const signals = watch([], { label });
    expect(signals).toEqual([{ kind: 'virtualCamera', message: expect.stringContaining(part) }]);
    expect(signals[0]?.message).toContain(label);
  });

  it.each([
    'FaceTime HD Camera (Built-in)',
    'HD Pro Webcam C920 (046d:0892)',
    'Integrated Camera: Integrated C (04f2:b6be)',
    'camera2 1, facing front',
    'Jobs & Co webcam',
    'iPhone Camera',
    'Cam Link 4K (0fd9:0066)',
    'Logitech BRIO',
    '',
    undefined,
  ])('%s is none of them', (label) => {
    expect(watch([], { label })).toEqual([]);
  });
});

describe('the timing of frames', () => {
  it.each([
    ['a webcam at 30 per second', film(30, { jitterMs: 2 }), 30],
    ['one that is stamped by hardware, to the microsecond', film(30.0003, { jitterMs: 0.002, stepMs: 0.001 }), 30],
    ['whole microseconds of an exact 30 per second', film(30, { stepMs: 0.001 }), 30],
    ['an exact 30 per second rounded to 0.1 ms', film(30, { stepMs: 0.1 }), 30],
    ['an exact 25 per second rounded to 0.1 ms, so that all intervals are the same', film(25, { stepMs: 0.1 }), 25],
    ['an exact 25 per second rounded to 1 ms', film(25, { stepMs: 1 }), 25],
    ['an exact 30 per second in ticks of a video stream', film(30, { stepMs: 1 / 90 }), 30],
    ['frames of the screen at an exact 60 per second, rounded to 5 µs', film(60, { stepMs: 0.005 }), 60],
    ['time rounded to 0.1 s by a careful browser', film(30, { stepMs: 100 }), 30],
    ['a camera that has become slow in the dark', film(7.5, { jitterMs: 1 }), 30],
    ['a fast camera', film(240, { jitterMs: 0.2 }), 240],
    ['a rounded rate', film(30, { jitterMs: 1 }), 29],
    [
      'a pause',
      [...film(30, { jitterMs: 1 }), ...film(30, { jitterMs: 1, startMs: 90_000 })].map((frame, i) => ({ ...frame, fingerprint: i })),
      30,
    ],
    [
      'a clock that was set back once',
      [...film(30, { jitterMs: 1 }), ...film(30, { jitterMs: 1, startMs: 0 })].map((frame, i) => ({ ...frame, fingerprint: i })),
      30,
    ],
  ])('is no sign for %s', (_, frames, frameRate) => {
    expect(watch(frames, { frameRate })).toEqual([]);
  });

  it.each<[string, ObservedFrame[], number | undefined, string]>([
    ['computed timestamps', film(30), undefined, '90 intervals of 33.3333 ms'],
    ['computed timestamps since 1970', film(30, { startMs: 1.7e12 + 0.307 }), undefined, '33.3333 ms'],
    ['an interval of whole microseconds', film(1e6 / 33_333, { stepMs: 0.001 }), undefined, '33.3330 ms'],
    ['more than 240 per second', film(499, { jitterMs: 0.05 }), undefined, '499 per second'],
    ['twice the stated rate', film(60, { jitterMs: 1 }), 30, 'states 30'],
    ['a clock that stands still', film(30).map(({ fingerprint }) => ({ fingerprint, timestampMs: 7 })), undefined, 'timestamp 7 ms'],
    [
      'jumps back',
      film(30, { jitterMs: 1 }).map((frame, i) => ({ ...frame, timestampMs: frame.timestampMs - (i % 50 === 49 ? 200 : 0) })),
      undefined,
      'back 3 times',
    ],
    ['no number', [{ timestampMs: Number.NaN, fingerprint: 1 }], undefined, 'NaN'],
  ])('tells %s, once', (_, frames, frameRate, part) => {
    expect(watch(frames, { frameRate })).toEqual([{ kind: 'frameTiming', message: expect.stringContaining(part) }]);
  });

  it('judges no regularity from few frames', () => {
    expect(watch(film(30, { frames: 90 }))).toEqual([]);
    expect(watch(film(30, { frames: 91 }))).toHaveLength(1);
  });
});

describe('identical frames', () => {
  it.each<[string, ObservedFrame[]]>([
    ['frames that all differ', withPixels((i) => i)],
    ['every frame twice, as in the dark', withPixels((i) => Math.floor(i / 2))],
    ['frames of one colour', withPixels(() => undefined)],
    ['a short freeze', withPixels((i) => (i > 100 && i < 130 ? 100 : i))],
    ['two pictures that came back', withPixels((i) => (i === 200 || i === 300 ? i - 100 : i))],
    ['a picture that comes back at once', withPixels((i) => (i % 5 === 4 ? i - 4 : i))],
    ['one frame that is read several times', film(30, { jitterMs: 1 }).flatMap((frame) => [frame, frame, frame, frame])],
  ])('are no sign for %s', (_, frames) => {
    expect(watch(frames)).toEqual([]);
  });

  it.each<[string, ObservedFrame[], string]>([
    ['a still picture', withPixels(() => 7), '30 of the last 30'],
    ['a picture every three frames', withPixels((i) => Math.floor(i / 4)), 'of the frame before'],
    [
      'a loop',
      withPixels((i) => i % 100),
      '3 frames have exactly the pixels of an earlier one, the last of them of that 100 frames before',
    ],
    ['a short loop', withPixels((i) => i % 6), '6 frames before'],
    ['a loop with new frames between', withPixels((i) => (i % 2 === 0 ? (i % 50) + 1000 : i)), 'earlier one'],
  ])('tell %s, once', (_, frames, part) => {
    expect(watch(frames)).toEqual([{ kind: 'identicalFrames', message: expect.stringContaining(part) }]);
  });

  it('forgets what is more than 1,800 pictures ago', () => {
    expect(watch(withPixels((i) => i % 1800, 5400))).toHaveLength(1);
    expect(watch(withPixels((i) => i % 1801, 5400))).toEqual([]);
  });
});

it('keeps all signs in the order in which they were noticed, as a list of its own', () => {
  const monitor = createInjectionMonitor({ label: 'OBS Virtual Camera', frameRate: 30 });
  const early = monitor.signals();
  for (const frame of film(30)) monitor.observe({ ...frame, fingerprint: 1 });
  expect(monitor.signals().map(({ kind }) => kind)).toEqual(['virtualCamera', 'identicalFrames', 'frameTiming']);
  expect(early).toHaveLength(1);
});
