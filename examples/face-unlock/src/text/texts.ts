/** Everything the app says, as a type: a language that lacks a sentence does not compile. */

import type {
  Advice,
  AuditEvent,
  CameraObstacle,
  ChallengeAction,
  ChallengeFailure,
  EnrolPose,
  EnrolUnlockEvent,
  InjectionSignal,
  LivenessLevel,
  UnlockPolicy,
  UnlockRefusal,
  UnusableReason,
} from 'isoface';

/** Why an enrolment ended without one. */
export type EnrolRefusal = Extract<EnrolUnlockEvent, { readonly type: 'refused' }>['reason'];

/** A heading with the sentence below it. */
export interface TitledText {
  readonly title: string;
  readonly text: string;
}

/** The words of one language. Numbers, sizes and dates come in as text that was written for that language. */
export interface Texts {
  readonly appName: string;
  readonly languageLabel: string;
  readonly playground: string;

  readonly buttons: {
    readonly settings: string;
    readonly retry: string;
    readonly cancel: string;
    readonly back: string;
    readonly save: string;
    readonly enrol: string;
    readonly enrolAgain: string;
    readonly unlock: string;
    readonly lock: string;
    readonly deleteData: string;
    readonly deleteAndEnrol: string;
    readonly defaultEngine: string;
  };

  readonly loading: {
    readonly title: string;
    readonly text: string;
    readonly progress: string;
    readonly starting: string;
    readonly opening: (opened: string, total: string) => string;
    readonly selfTest: string;
    readonly model: (name: string, loaded: string, total: string) => string;
  };

  readonly error: {
    readonly title: string;
    readonly download: string;
    readonly provider: string;
    readonly other: string;
    readonly details: string;
  };

  readonly welcome: {
    readonly title: string;
    readonly intro: string;
    readonly storedTitle: string;
    readonly stored: readonly string[];
    readonly limitsTitle: string;
    readonly limits: readonly string[];
    readonly consentTitle: string;
    readonly consent: string;
    readonly consentMissing: string;
    readonly consentVersion: (version: string) => string;
  };

  /** Where an engine cannot do all there is. */
  readonly onlyMovements: TitledText;
  readonly fewMovements: string;

  readonly live: {
    readonly video: string;
    readonly startingCamera: string;
    readonly lookingForFace: string;
    readonly allWell: string;
    readonly checking: string;
    readonly figures: {
      readonly analysedRate: string;
      readonly pageRate: string;
      readonly dropped: string;
      readonly detect: string;
      readonly align: string;
      readonly embed: string;
      readonly liveness: string;
      readonly total: string;
    };
  };
  readonly advice: Readonly<Record<Advice, string>>;

  readonly enrol: {
    readonly title: string;
    readonly progress: string;
    readonly poseOf: (step: string, total: string) => string;
    readonly poses: Readonly<Record<EnrolPose, string>>;
    readonly poseNames: Readonly<Record<EnrolPose, string>>;
    readonly poseDone: (name: string) => string;
  };

  readonly locked: {
    readonly title: string;
    readonly text: string;
    readonly enrolledAt: (date: string, templates: number) => string;
    readonly attemptsLeft: (attempts: number) => string;
  };

  readonly unlocking: {
    readonly title: string;
    readonly neutral: string;
    readonly stepOf: (step: string, steps: string) => string;
    readonly remaining: (seconds: string) => string;
    readonly progress: string;
    readonly actions: Readonly<Record<ChallengeAction, string>>;
  };

  readonly unlocked: {
    readonly title: string;
    readonly announcement: string;
    readonly note: string;
    readonly noteHint: string;
    readonly noteSaved: string;
    readonly noteNotSaved: string;
    readonly factsTitle: string;
    readonly facts: {
      readonly level: string;
      readonly similarity: string;
      readonly passive: string;
      readonly fmr: string;
      readonly duration: string;
      readonly frames: string;
    };
    readonly ofThreshold: (value: string, threshold: string) => string;
  };
  readonly levels: Readonly<Record<LivenessLevel, string>>;
  readonly oneIn: (strangers: string) => string;
  readonly seconds: (seconds: string) => string;

  readonly settings: {
    readonly title: string;
    readonly lockedHint: string;
    readonly securityTitle: string;
    readonly fmr: string;
    readonly fmrHint: string;
    readonly liveness: string;
    readonly livenessHint: string;
    readonly levels: Readonly<Record<NonNullable<UnlockPolicy['liveness']>, string>>;
    readonly notAvailable: string;
    readonly injection: string;
    readonly injections: Readonly<Record<NonNullable<UnlockPolicy['injection']>, string>>;
    readonly engineTitle: string;
    readonly pack: string;
    readonly packs: Readonly<Record<'starter' | 'standard', string>>;
    readonly packHint: string;
    readonly provider: string;
    readonly providers: Readonly<Record<'auto' | 'wasm' | 'webgpu', string>>;
    readonly runsOn: (provider: string) => string;
    readonly displayTitle: string;
    readonly overlay: string;
    readonly eventsTitle: string;
    readonly noEvents: string;
    readonly saved: string;
  };
  readonly events: Readonly<Record<AuditEvent['type'], string>>;

  readonly lockedOut: {
    readonly title: string;
    readonly attempts: string;
    readonly clockSetBack: string;
    readonly remaining: string;
  };
  readonly unusable: Readonly<Record<UnusableReason, TitledText>>;

  readonly deletion: {
    readonly title: string;
    readonly text: string;
    readonly confirm: string;
    readonly deleted: string;
    readonly failed: string;
  };

  readonly notices: {
    readonly enrolled: TitledText;
    readonly refusedTitle: string;
    readonly enrolRefusedTitle: string;
    readonly hidden: TitledText;
    readonly failed: string;
    readonly counted: string;
    readonly notCounted: string;
    readonly noticed: (risk: string) => string;
  };
  readonly refusals: Readonly<Record<UnlockRefusal, string>>;
  readonly enrolRefusals: Readonly<Record<EnrolRefusal, string>>;
  readonly challengeFailures: Readonly<Record<ChallengeFailure, string>>;
  readonly cameraTitle: string;
  readonly camera: Readonly<Record<CameraObstacle, string>>;
  readonly risks: Readonly<Record<InjectionSignal['kind'], string>>;
}
