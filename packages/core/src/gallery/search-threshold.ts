/** From a wanted FPIR and the size of a gallery to a threshold. */

/** The threshold of a search and what it stands for. */
export interface SearchDecision {
  readonly threshold: number;
  /** Wanted false positive identification rate; absent for a threshold of one's own. */
  readonly fpir?: number | undefined;
  /** Templates that the probe was compared with. */
  readonly gallerySize: number;
  /**
   * What the threshold rests on: a search calibration of the pack for about this size, one scaled to this size, verification thresholds for single
   * comparisons, or a line drawn beyond what was measured. `own`: the caller's.
   */
  readonly basis: 'calibrated' | 'scaled' | 'comparisons' | 'extrapolated' | 'own';
}
