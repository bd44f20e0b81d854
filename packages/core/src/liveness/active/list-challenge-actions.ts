/** Which movements can be seen with which landmarks. */

import type { LivenessInfo } from '../../engine/face-engine.ts';
import type { ChallengeAction } from './challenge.ts';

/** Movements of the whole head: any landmarks show them. */
const HEAD_ACTIONS: readonly ChallengeAction[] = ['turnLeft', 'turnRight', 'nod', 'moveCloser'];

/**
 * The movements that a challenge can ask for.
 *
 * @param landmarks - `EngineInfo.liveness.landmarks`.
 */
export function listChallengeActions(landmarks: LivenessInfo['landmarks']): ChallengeAction[] {
  return landmarks === 'mesh468' ? [...HEAD_ACTIONS, 'blink', 'smile'] : [...HEAD_ACTIONS];
}
