/** What the routes work with. */

import type { Gallery, NodeFaceEngine, NodeImageInput } from 'isoface';
import type { Limits } from './limits.ts';

/** Engine, gallery and rules. The client chooses none of the rules: one who may name the error rate may as well name the answer. */
export interface FaceService {
  readonly engine: NodeFaceEngine;
  readonly gallery: Gallery<NodeImageInput>;
  readonly limits: Limits;
  /** False match rate of a verification. */
  readonly fmr: number;
  /** False positive identification rate of a search. */
  readonly fpir: number;
}
