/** Which movements can be seen with which landmarks. */

import type { LivenessInfo } from '../../engine/face-engine.ts';
import type { ChallengeAction } from './challenge.ts';

/** Movements of the whole head: any landmarks show them. */
const HEAD_ACTIONS: readonly ChallengeAction[] = ['turnLeft', 'turnRight', 'nod', 'moveCloser'];

/**
 * The movements that a challenge asks for unless it is told otherwise: those that the landmarks were shown to see.
 *
 * @param landmarks - `EngineInfo.liveness.landmarks`.
 */
export function listChallengeActions(landmarks: LivenessInfo['landmarks']): ChallengeAction[] {
  return landmarks === 'mesh468' ? [...HEAD_ACTIONS, 'smile'] : [...HEAD_ACTIONS];
}

/**
 * All movements that can be asked for by name. Blinking is not asked for otherwise, because most people would fail it: the eyes of 26 photos, closed by
 * moving the lids, opened to 0.85 of their rest by the mesh (median; 0.65 is taken for closed, which 1 of 11 of them passed in a challenge) and to 0.91
 * by the 68 landmarks; on photos of people with closed eyes the mesh reads from 0.66 to all of what it reads on others of them.
 *
 * @param landmarks - `EngineInfo.liveness.landmarks`.
 */
export function listPossibleActions(landmarks: LivenessInfo['landmarks']): ChallengeAction[] {
  return landmarks === 'five' ? [...HEAD_ACTIONS] : [...HEAD_ACTIONS, 'smile', 'blink'];
}
