/** What may be put off when a frame has to be done in time. */

/** After so many frames in a row with postponed work it is done late rather than never. */
export const MAX_POSTPONED_FRAMES = 10;

/** Weight of the newest measurement in the running mean of a cost. */
const NEWEST_SHARE = 0.3;

/** What the decision rests on. */
export interface DeadlineContext {
  readonly deadlineMs: number;
  /** Time spent on this frame so far. */
  readonly spentMs: number;
  /** What the work is expected to cost; `undefined` if it was never done. */
  readonly costMs: number | undefined;
  /** Frames in a row that postponed work. */
  readonly postponedFrames: number;
}

/** Whether optional work still fits into the frame, or has waited for so long that it must be done anyway. */
export function fitsDeadline({ deadlineMs, spentMs, costMs = 0, postponedFrames }: DeadlineContext): boolean {
  return spentMs + costMs <= deadlineMs || postponedFrames >= MAX_POSTPONED_FRAMES;
}

/** Running mean of what some work costs. */
export function updateCost(before: number | undefined, measuredMs: number): number {
  return before === undefined ? measuredMs : before + NEWEST_SHARE * (measuredMs - before);
}
