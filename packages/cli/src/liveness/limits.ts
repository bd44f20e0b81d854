/** What a passive score cannot do, said wherever one is shown. */

/** One paragraph for people. */
export const PASSIVE_LIMITS =
  'A passive score from a colour picture is weak evidence: it tells some prints and screens from faces. A threshold for a BPCER says how many living faces are refused, not how many attacks pass. Not measured, so they may pass: three-dimensional masks, prints with holes, make-up, partly covered faces, and video that is injected or made up (deepfakes). Camera, light and distance change the score: measure your own with isoface eval liveness --data.';
