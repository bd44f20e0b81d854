/** The public surface of `@isoface/core/liveness`: presentation attack detection. */

export { advanceChallenge, type ChallengeOptions, type ChallengeState, createChallenge } from './active/advance-challenge.ts';
export type {
  ChallengeAction,
  ChallengeFailure,
  ChallengeObservation,
  ChallengeOutcome,
  ChallengePrompt,
} from './active/challenge.ts';
export { type DrawChallengeOptions, drawChallenge } from './active/draw-challenge.ts';
export { type FaceSignals, type FrameSize, measureFaceSignals, type SignalFace } from './active/face-signals.ts';
export { listChallengeActions, listPossibleActions } from './active/list-challenge-actions.ts';
export { computePlanarResidual } from './active/planar-residual.ts';
export {
  type CameraDescription,
  createInjectionMonitor,
  type InjectionMonitor,
  type ObservedFrame,
} from './injection/create-injection-monitor.ts';
export type { InjectionSignal } from './injection/injection-signals.ts';
export { type LivenessTarget, type SelectedLivenessThreshold, selectLivenessThreshold } from './passive/select-liveness-threshold.ts';
