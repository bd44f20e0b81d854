/** Signs that frames do not come from a camera in front of a face. Signals, not proof: each has an honest explanation too. */

/** One sign, with the facts behind it. */
export interface InjectionSignal {
  readonly kind: /** The label of the camera is that of known software cameras. */
    | 'virtualCamera'
    /** Timestamps that stand still, jump back, or are too regular or too fast for a camera. */
    | 'frameTiming'
    /** Frames with exactly the same pixels, one after the other or in a loop. */
    | 'identicalFrames';
  /** The sentence for a log or an operator. */
  readonly message: string;
}
