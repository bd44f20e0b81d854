/** The public surface of `@isoface/core/liveness`: presentation attack detection. */

export type {
  ChallengeAction,
  ChallengeFailure,
  ChallengeObservation,
  ChallengeOutcome,
  ChallengePrompt,
} from './active/challenge.ts';
export type { FaceSignals, FrameSize, SignalFace } from './active/face-signals.ts';
export {
  type CameraDescription,
  createInjectionMonitor,
  type InjectionMonitor,
  type ObservedFrame,
} from './injection/create-injection-monitor.ts';
export type { InjectionSignal } from './injection/injection-signals.ts';
export { type LivenessTarget, type SelectedLivenessThreshold, selectLivenessThreshold } from './passive/select-liveness-threshold.ts';
