/** Why a challenge failed, for a person. */

import type { ChallengeFailure } from './challenge.ts';

const MESSAGES: Readonly<Record<ChallengeFailure, string>> = {
  stepTimeout: 'The movement did not come in time. Follow the prompts as they appear, and look straight in between.',
  wrongAction: 'Another movement was seen than the one that was asked for.',
  impossibleTiming: 'The movement began before anybody could have known of it.',
  faceLost: 'The face was out of sight. Stay in the picture.',
  severalFaces: 'More than one face was in the picture.',
  identityChanged: 'The face was not the same all the time.',
  discontinuity: 'The face jumped from one frame to the next.',
  flatFace: 'The face moved as a flat picture moves.',
  frozenFrames: 'The camera showed the same frames again.',
};

/** The sentence for a failure. */
export function describeChallengeFailure(reason: ChallengeFailure): string {
  return MESSAGES[reason];
}
