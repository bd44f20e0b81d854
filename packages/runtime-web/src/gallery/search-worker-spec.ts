/** What the worker that searches is told when it opens its index. Plain data only. */

import type { IndexSpec } from '@isoface/core/gallery';

/** What may search: see `WorkerIndexOptions.kernel`. */
export type WorkerKernel = 'auto' | 'webgpu' | 'wasm-simd' | 'javascript';

/** The spec of an index in a worker. */
export interface WorkerIndexSpec extends IndexSpec {
  readonly kernel: WorkerKernel;
  /** Name of a lock that the worker holds as long as it lives. */
  readonly lock: string;
}
