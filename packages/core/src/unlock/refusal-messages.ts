/** The sentences that go with refusals. */

import type { EnrolUnlockEvent, UnlockRefusal, UnusableReason } from './face-unlock.ts';

/** Why an attempt was refused, where the store is not the reason. */
export type FrameRefusal = Exclude<UnlockRefusal, UnusableReason>;
/** Why an enrolment was refused, where the store is not the reason. */
export type EnrolRefusal = Exclude<Extract<EnrolUnlockEvent, { readonly type: 'refused' }>['reason'], UnusableReason>;

/** What a person is told when an attempt did not unlock. */
export const UNLOCK_MESSAGES: Readonly<Record<FrameRefusal, string>> = {
  otherPerson: 'This is not the face that was enrolled.',
  notLive:
    'This does not look like a living face in front of the camera. Look straight at the camera, without screens or pictures in view.',
  challengeFailed: 'The movements were not made as asked.',
  severalFaces: 'More than one face is in the picture. Only one person can unlock.',
  noFace: 'No face was seen in time. Sit in front of the camera, in the light.',
  lowQuality: 'The face could not be seen well enough in time. More light, a clean lens and a straight look help.',
  cameraLost: 'The camera gives no pictures any more. Plug it in again, or allow its use.',
  frozenFrames: 'The camera shows a frozen picture. Start it again.',
  injectionSuspected: 'The pictures do not seem to come from a camera in front of a face. Choose a real camera.',
  lockedOut: 'Too many failed attempts. Wait, or unlock in another way.',
  notEnrolled: 'No face is enrolled on this device.',
};

/** What a person is told when an enrolment was refused. */
export const ENROL_MESSAGES: Readonly<Record<EnrolRefusal, string>> = {
  timeLimit: 'The face could not be seen well enough in time. Nothing was stored; try again.',
  notLive: 'This does not look like a living face in front of the camera. Nothing was stored.',
  otherPerson: 'The pictures do not all show one face. Nothing was stored; stay alone in front of the camera.',
  cameraLost: 'The camera gives no pictures any more. Nothing was stored.',
  frozenFrames: 'The camera shows a frozen picture. Nothing was stored; start it again.',
  injectionSuspected: 'The pictures do not seem to come from a camera in front of a face. Nothing was stored.',
};
