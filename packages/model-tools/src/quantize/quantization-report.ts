/** What came of making a model smaller. */

/** A node that stays as it was, and why. */
export interface LeftAloneNode {
  /** Name of the node, or of its first output where it has none. */
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
}

/** What a quantization did. */
export interface QuantizationReport {
  /** Nodes that compute in the new type, or whose weights are stored in it. */
  readonly quantizedNodes: number;
  /** Computing nodes that stayed float32. */
  readonly leftAlone: readonly LeftAloneNode[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** A smaller model and what was done to it. */
export interface QuantizedModel {
  readonly bytes: Uint8Array;
  readonly report: QuantizationReport;
}
