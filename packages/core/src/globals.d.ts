/**
 * The only names of the host platform that core may use. Everything else arrives through a port.
 * Both are in every browser, worker and Node version that isoface supports.
 */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
