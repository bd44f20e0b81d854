/** All suites, in the order in which `bench all` runs them. */

import type { Suite } from '../run/suite.ts';
import { concurrencySuite } from './concurrency/concurrency-suite.ts';
import { memorySuite } from './memory/memory-suite.ts';
import { peersSuite } from './peers/peers-suite.ts';
import { pipelineSuite } from './pipeline/pipeline-suite.ts';
import { precisionSuite } from './precision/precision-suite.ts';
import { searchSuite } from './search/search-suite.ts';
import { threadsSuite } from './threads/threads-suite.ts';

/** The suites. */
export const SUITES: readonly Suite<unknown>[] = [
  peersSuite,
  pipelineSuite,
  threadsSuite,
  concurrencySuite,
  memorySuite,
  precisionSuite,
  searchSuite,
];
