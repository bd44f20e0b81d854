/** What a side of the comparison gives. */

import type { NotMeasured } from '../../run/suite.ts';
import type { Contender } from './contender.ts';
import type { FigureName } from './figures.ts';

/** Sides: in Node, and in a browser. */
export type PeersRuntime = 'node-cpu' | 'web-wasm';

/** What was measured of one contender. */
export interface ContenderFigures extends Contender {
  /** What really ran, as the library says. */
  readonly runs: Readonly<Record<string, string | number | boolean>>;
  /** Samples of each figure. Those with more than one are in the order of the rounds, which all contenders share. */
  readonly samples: Readonly<Partial<Record<FigureName, readonly number[]>>>;
  /** Faces with an embedding that were found, by picture. */
  readonly faces: readonly { readonly picture: string; readonly faces: number }[];
  /** Files that were downloaded until the first result. */
  readonly files?: readonly { readonly path: string; readonly raw: number; readonly gzip: number }[] | undefined;
}

/** One side. */
export interface PeersPiece {
  readonly runtime: PeersRuntime;
  /** Version of Node, or of the browser. */
  readonly platform: string;
  /** Counted rounds that there was time for, and those before. */
  readonly rounds: number;
  readonly warmup: number;
  /** Counted starts. */
  readonly starts: number;
  readonly contenders: readonly ContenderFigures[];
  /** Peers that were there and did not start. */
  readonly failed: readonly NotMeasured[];
}
