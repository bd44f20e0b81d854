/** Says what the loaded models cannot check. */

import type { FaceUnlock } from 'isoface';
import type { AppEngine } from '../app/app-parts.ts';
import { createHintBox } from './notice-box.ts';
import type { Words } from './screen.ts';

/** Creates the box; `undefined` where everything is checked. */
export function createLimitsHint(
  engine: Pick<AppEngine, 'info'>,
  unlock: Pick<FaceUnlock<never>, 'info'>,
  { texts }: Words,
): HTMLElement | undefined {
  const { passive, landmarks } = engine.info.liveness;
  if (unlock.info.level !== 'active' || passive.length > 0) return undefined;
  const { title, text } = texts.onlyMovements;
  return createHintBox(title, text, ...(landmarks === 'five' ? [texts.fewMovements] : []));
}
