/** Watches the frames of a camera for signs of injection. */

import { watchFrameTiming } from './frame-timing.ts';
import { watchFingerprints } from './identical-frames.ts';
import type { InjectionSignal } from './injection-signals.ts';
import { findVirtualCamera } from './virtual-cameras.ts';

/** What the camera says about itself. Whoever injects frames can say anything here. */
export interface CameraDescription {
  /** `MediaStreamTrack.label`. */
  readonly label?: string | undefined;
  /** `MediaStreamTrack.getSettings().frameRate`, frames per second. */
  readonly frameRate?: number | undefined;
}

/** One frame, as the monitor sees it. */
export interface ObservedFrame {
  /** When the frame was taken, milliseconds. */
  readonly timestampMs: number;
  /** `TrackResult.fingerprint`; absent for frames of one colour, which say nothing. */
  readonly fingerprint?: number | undefined;
}

/** Watches the frames of one camera. */
export interface InjectionMonitor {
  /** Takes the next frame: a few comparisons, no allocation that grows with the number of frames. */
  observe(frame: ObservedFrame): void;
  /** What was noticed so far, each sign once, with the facts of the moment at which it was noticed, oldest first. */
  signals(): readonly InjectionSignal[];
}

/**
 * Creates a monitor for one stream of frames; take a new one when the camera changes. It remembers the last minute or so, not more.
 *
 * It notices careless injection: a software camera under its own name, a recording that repeats, a frozen picture, made-up timestamps. It cannot
 * notice a program that adds noise to its frames and delivers them when a camera would.
 */
export function createInjectionMonitor(camera: CameraDescription = {}): InjectionMonitor {
  const found: InjectionSignal[] = [];
  const reportAs =
    (kind: InjectionSignal['kind']) =>
    (message: string): void => {
      found.push({ kind, message });
    };
  const known = findVirtualCamera(camera.label);
  if (known !== undefined) {
    reportAs('virtualCamera')(
      `The camera calls itself ${JSON.stringify(camera.label)}, a name of ${known}: its pictures may come from a file, an edited stream or another device.`,
    );
  }
  const timing = watchFrameTiming(camera.frameRate, reportAs('frameTiming'));
  const fingerprints = watchFingerprints(reportAs('identicalFrames'));
  let previous: ObservedFrame | undefined;

  return {
    observe(frame) {
      const isSameAgain =
        previous !== undefined && frame.fingerprint === previous.fingerprint && frame.timestampMs === previous.timestampMs;
      previous = { timestampMs: frame.timestampMs, fingerprint: frame.fingerprint };
      // An application that asks more often than the camera delivers gets one frame several times: that is no sign of anything.
      if (isSameAgain && frame.fingerprint !== undefined) return;
      timing.observe(frame.timestampMs);
      fingerprints.observe(frame.fingerprint);
    },
    signals: () => found.slice(),
  };
}
