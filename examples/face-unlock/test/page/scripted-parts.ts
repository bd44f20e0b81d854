/** What the app is made of when a script plays engine, face unlock and camera. */

import {
  type EngineInfo,
  type EnrolUnlockEvent,
  FaceError,
  type FaceErrorCode,
  type FrameEvent,
  type UnlockDecision,
  type UnlockEvent,
  type UnlockStatus,
} from 'isoface';
import type { AppEngine, AppParts, AppUnlock } from '../../src/app/app-parts.ts';

/** What happens. */
export interface Script {
  /** `opening`: never gets further; an error code: does not open. @defaultValue 'ready' */
  readonly engine?: 'ready' | 'opening' | FaceErrorCode;
  /** Whether the engine has passive models. @defaultValue false */
  readonly hasPassive?: boolean;
  /** One after the other; the last one stays. */
  readonly statuses?: readonly UnlockStatus[];
  /** @defaultValue a camera that opens */
  readonly camera?: 'denied' | 'notFound' | 'busy' | 'insecure' | 'failed';
  /** Without a last event the attempt goes on until it is stopped. */
  readonly unlock?: readonly UnlockEvent[];
  readonly enrol?: readonly EnrolUnlockEvent[];
}

const READY: UnlockStatus = { state: 'ready', enrolledAtMs: Date.UTC(2024, 4, 1, 9), templates: 3, attemptsLeft: 5 };

/** A frame with a face in it. */
export const FRAME: FrameEvent = {
  type: 'frame',
  face: {
    box: { x: 220, y: 120, width: 200, height: 240 },
    landmarks: [
      { x: 280, y: 210 },
      { x: 360, y: 210 },
      { x: 320, y: 255 },
      { x: 290, y: 300 },
      { x: 350, y: 300 },
    ],
    quality: { sizePixels: 200, sharpness: 200, brightness: 0.5, contrast: 0.2, pose: undefined } as never,
  },
  faces: 1,
  width: 640,
  height: 480,
  timings: { decodeMs: 1, preprocessMs: 1.5, detectMs: 6.2, alignMs: 2, embedMs: 12.4, livenessMs: 8, matchMs: 0 },
  droppedFrames: 2,
};

/** An attempt that unlocked, with one sign of injection to report. */
export const UNLOCKED: UnlockDecision = {
  unlocked: true,
  level: 'passive+active',
  similarity: 0.812,
  threshold: 0.478,
  fmr: 1e-3,
  passive: { score: 0.93, threshold: 0.6, frames: 9 },
  risk: [{ kind: 'virtualCamera', message: 'The camera calls itself "OBS Virtual Camera".' }],
  durationMs: 5230,
  frames: 88,
};

/** An attempt that did not. */
export const REFUSED: UnlockDecision = {
  unlocked: false,
  reason: 'challengeFailed',
  message: 'The movements were not made as asked.',
  challenge: 'stepTimeout',
  level: 'active',
  counted: true,
  attemptsLeft: 4,
  risk: [],
  durationMs: 8000,
  frames: 120,
};

/** Puts the parts together. */
export function createScriptedParts(script: Script): AppParts<AppEngine> {
  const statuses = [...(script.statuses ?? [READY])];
  return {
    async openEngine({ onProgress }) {
      const { engine = 'ready' } = script;
      onProgress({ phase: 'load', model: 'face-recognition', source: 'bundled', loadedBytes: 3_200_000, totalBytes: 6_468_087 });
      onProgress({ phase: 'load', model: 'blazeface', source: 'cache', loadedBytes: 283_926, totalBytes: 283_926 });
      if (engine === 'opening') await new Promise(() => {});
      if (engine !== 'ready' && engine !== 'opening') throw new FaceError(engine, 'Expected the model, got nothing: connection lost.');
      return { info: describeEngine(script.hasPassive === true), dispose: async () => {} };
    },
    openUnlock: async (engine, { onAudit, policy }): Promise<AppUnlock> => {
      onAudit({ type: 'refused', atMs: Date.UTC(2024, 4, 1, 9), reason: 'otherPerson' });
      const level = engine.info.liveness.passive.length > 0 ? 'passive+active' : 'active';
      return {
        info: { level, fmr: policy.fmr ?? 1e-3, threshold: 0.5, actions: ['turnLeft', 'blink'] },
        status: async () => (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? READY,
        enrol: (_video, { signal }) => play(script.enrol ?? [], signal),
        unlock: (_video, options) => play(script.unlock ?? [], options?.signal),
        consent: async () => undefined,
        deleteData: async () => void statuses.splice(0, statuses.length, { state: 'notEnrolled' }),
      };
    },
    async openCamera() {
      const { camera } = script;
      if (camera !== undefined) throw new FaceError('CAMERA_UNAVAILABLE', 'No camera.', { reason: camera });
      return filmCanvas();
    },
  };
}

async function* play<Event>(events: readonly Event[], signal: AbortSignal | undefined): AsyncGenerator<Event, void, void> {
  for (const event of events) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    signal?.throwIfAborted();
    yield event;
  }
  signal?.throwIfAborted();
  await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

function filmCanvas(): MediaStream {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 640, height: 480 });
  const context = canvas.getContext('2d');
  const gradient = context?.createLinearGradient(0, 0, 640, 480);
  gradient?.addColorStop(0, '#4a6a74');
  gradient?.addColorStop(1, '#c9b18a');
  if (context && gradient) {
    context.fillStyle = gradient;
    context.fillRect(0, 0, 640, 480);
  }
  return canvas.captureStream(5);
}

function describeEngine(hasPassive: boolean): EngineInfo {
  const row = { ci95: [0, 1] as const, flipAveraging: false, dataset: 'none', pairs: 1 };
  return {
    pack: 'starter',
    contract: 'scripted',
    executionProvider: 'wasm',
    models: [],
    dimension: 128,
    flipAveraging: false,
    detectionSize: 128,
    thresholds: [1e-2, 1e-3, 1e-4].map((fmr) => ({ ...row, fmr, threshold: 0.5 })),
    liveness: {
      passive: hasPassive ? ['minifasnet'] : [],
      landmarks: hasPassive ? 'mesh468' : 'five',
      thresholds: hasPassive ? [{ kind: 'bpcer', rate: 0.05, threshold: 0.6 } as never] : [],
    },
    versions: {},
    runtime: {},
    warnings: [],
  };
}
