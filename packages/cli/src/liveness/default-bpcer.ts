/** The error rate of those who name none. */

/** Share of living faces that may be refused. At half of it, one of the two attacks that the authors of the standard models publish passes. */
export const DEFAULT_BPCER = 0.1;
