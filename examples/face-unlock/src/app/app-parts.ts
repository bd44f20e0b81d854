/** What the app is made of. `main.ts` gives it isoface; tests give it a script. */

import type { AuditEvent, CameraOptions, EngineInfo, EngineProgress, FaceUnlock, UnlockPolicy, WebExecutionProvider } from 'isoface';

/** The part of an engine that the app itself uses. */
export interface AppEngine {
  readonly info: EngineInfo;
  dispose(): Promise<void>;
}

/** How an engine is wanted. */
export interface EngineWish {
  readonly pack: string;
  readonly executionProviders: 'auto' | WebExecutionProvider;
  readonly signal: AbortSignal;
  readonly onProgress: (event: EngineProgress) => void;
  /** The engine ended for good. */
  readonly onFailed: (reason: string) => void;
}

/** How a face unlock is wanted. */
export interface UnlockWish {
  readonly policy: UnlockPolicy;
  readonly onAudit: (event: AuditEvent) => void;
}

/** The face unlock of the app: it looks at the video that the user sees. */
export type AppUnlock = FaceUnlock<HTMLVideoElement>;

/** Everything that reaches beyond the page. */
export interface AppParts<Engine extends AppEngine> {
  openEngine(wish: EngineWish): Promise<Engine>;
  openUnlock(engine: Engine, wish: UnlockWish): Promise<AppUnlock>;
  openCamera(options: CameraOptions): Promise<MediaStream>;
}
