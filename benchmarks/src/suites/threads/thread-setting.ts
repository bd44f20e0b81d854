/** Settings of a pool that are compared. */

/** One cell of the grid. */
export interface ThreadSetting {
  /** Threads of the pool. */
  readonly threads: number;
  /** Threads inside one model run. */
  readonly intraOpThreads: number;
  /** Whether those wait in a busy loop. */
  readonly spinning: boolean;
  /** The processors that the process is bound to, as `taskset` lists them; any by default. */
  readonly processors?: string | undefined;
}

/** How a setting is named in keys and files: `threads-2.intra-1.spin-off.any`. */
export function keyOfSetting({ threads, intraOpThreads, spinning, processors }: ThreadSetting): string {
  return `threads-${threads}.intra-${intraOpThreads}.spin-${spinning ? 'on' : 'off'}.${processors === undefined ? 'any' : `cpus-${processors}`}`;
}

/** How a setting is named in sentences and tables: "2 threads x 2, spinning, processors 0-1". */
export function describeSetting({ threads, intraOpThreads, spinning, processors }: ThreadSetting): string {
  const parts = [`${threads} ${threads === 1 ? 'thread' : 'threads'} x ${intraOpThreads}`];
  if (spinning) parts.push('spinning');
  if (processors !== undefined) parts.push(`${/^\d+$/.test(processors) ? 'processor' : 'processors'} ${processors}`);
  return parts.join(', ');
}
