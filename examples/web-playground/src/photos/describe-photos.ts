/** How far the photos are, as a sentence. */

import { count } from '../text/count.ts';
import type { PhotoOutcome } from './photo-desk.ts';

/** Describes the outcomes of all photos; empty without photos. */
export function describePhotos(outcomes: readonly PhotoOutcome[]): string {
  if (outcomes.length === 0) return '';
  const done = outcomes.filter((outcome) => outcome.status === 'done');
  const failed = outcomes.filter((outcome) => outcome.status === 'failed').length;
  const left = outcomes.length - done.length - failed;
  const faces = done.reduce((sum, { analysis }) => sum + analysis.faces.length, 0);
  const found = `${count(faces, 'face')} in ${count(done.length, 'photo')}`;
  const problems = failed === 0 ? '' : `, ${count(failed, 'file')} could not be used`;
  return left === 0 ? `${found}${problems}.` : `${found}${problems}, ${left} to go …`;
}
