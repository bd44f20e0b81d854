/** The public surface of `@isoface/core/unlock`: face unlock for one person, without a user interface. */

export { createFaceUnlock } from './create-face-unlock.ts';
export type {
  Advice,
  AuditEvent,
  CameraFacts,
  Consent,
  EnrolPose,
  EnrolUnlockEvent,
  EnrolUnlockOptions,
  FaceUnlock,
  FaceUnlockOptions,
  FrameEvent,
  LivenessLevel,
  UnlockDecision,
  UnlockEngine,
  UnlockEvent,
  UnlockOptions,
  UnlockPolicy,
  UnlockRefusal,
  UnlockStatus,
  UnusableReason,
} from './face-unlock.ts';
export { createMemoryUnlockStore } from './memory-unlock-store.ts';
export type { UnlockPlatform } from './unlock-platform.ts';
export type { OpenUnlockStore, UnlockStore } from './unlock-store.ts';
