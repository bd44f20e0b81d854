/** The public surface of `@isoface/core/evaluation`: error rates from scores, in the terms of ISO/IEC 19795. */

export type { ScoreSet } from './score-set.ts';
