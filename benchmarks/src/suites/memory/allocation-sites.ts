/** Where new objects of the heap come from. */

import { Session } from 'node:inspector/promises';
import type { AllocationSite } from './memory-piece.ts';

/** A node of the profiler's tree of calls. */
export interface CallNode {
  readonly callFrame: { readonly functionName: string; readonly url: string };
  /** Bytes that the function itself allocated. */
  readonly selfSize: number;
  readonly children: readonly CallNode[];
}

/** Bytes between two samples: small enough for what a few hundred analyses allocate. */
const INTERVAL = 512;

/** Profiles `work`, objects that were collected meanwhile included. Only of the calling thread; it makes the work slower. */
export async function profileAllocations(work: () => Promise<void>): Promise<CallNode> {
  const session = new Session();
  session.connect();
  try {
    await session.post('HeapProfiler.enable');
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: INTERVAL,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    await work();
    const { profile } = await session.post('HeapProfiler.stopSampling');
    return profile.head;
  } finally {
    session.disconnect();
  }
}

/**
 * Sums up the bytes of each function, largest first. What built-in functions and anonymous ones allocate counts for the nearest named caller:
 * "subarray" alone tells nothing.
 */
export function sumBySite(head: CallNode): AllocationSite[] {
  const bytes = new Map<string, number>();
  const visit = (node: CallNode, caller: string): void => {
    const { functionName, url } = node.callFrame;
    const site = url !== '' && functionName !== '' ? functionName : caller;
    if (node.selfSize > 0) bytes.set(site, (bytes.get(site) ?? 0) + node.selfSize);
    for (const child of node.children) visit(child, site);
  };
  visit(head, '(engine)');
  return Array.from(bytes, ([site, sum]) => ({ site, bytes: sum })).sort((a, b) => b.bytes - a.bytes);
}
