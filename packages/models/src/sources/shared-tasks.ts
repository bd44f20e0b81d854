/** Lets callers who ask for the same thing at the same time wait for one piece of work instead of doing it twice. */

/** One caller's share in a task. */
export interface TaskCaller<Event> {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
}

/** Runs `work` under `key`, or joins the run that is under way. */
export type RunShared<Event, Result> = (
  key: string,
  caller: TaskCaller<Event>,
  work: (signal: AbortSignal, emit: (event: Event) => void) => Promise<Result>,
) => Promise<Result>;

interface Task<Event, Result> {
  readonly callers: Set<TaskCaller<Event>>;
  readonly controller: AbortController;
  readonly result: Promise<Result>;
  lastEvent: Event | undefined;
}

/**
 * Creates a scope in which tasks are shared. A caller who aborts leaves at once; the work stops when the last one has left.
 * Events reach every caller, a late one gets the latest at once, and what a listener throws is ignored.
 */
export function createSharedTasks<Event, Result>(): RunShared<Event, Result> {
  const running = new Map<string, Task<Event, Result>>();

  return async (key, caller, work) => {
    caller.signal?.throwIfAborted();
    const task = running.get(key) ?? start(key, work);
    task.callers.add(caller);
    if (task.lastEvent !== undefined) notify(caller, task.lastEvent);
    try {
      return await untilAborted(task.result, caller.signal);
    } finally {
      task.callers.delete(caller);
      if (task.callers.size === 0) {
        forget(key, task);
        task.controller.abort(caller.signal?.reason);
      }
    }
  };

  function start(key: string, work: Parameters<RunShared<Event, Result>>[2]): Task<Event, Result> {
    const controller = new AbortController();
    const callers = new Set<TaskCaller<Event>>();
    const emit = (event: Event): void => {
      task.lastEvent = event;
      for (const caller of callers) notify(caller, event);
    };
    // The work begins in a later microtask, when `task` exists and the first caller listens.
    const result = Promise.resolve().then(() => work(controller.signal, emit));
    const task: Task<Event, Result> = { callers, controller, result, lastEvent: undefined };
    running.set(key, task);
    result.then(
      () => forget(key, task),
      () => forget(key, task),
    );
    return task;
  }

  function forget(key: string, task: Task<Event, Result>): void {
    if (running.get(key) === task) running.delete(key);
  }
}

function notify<Event>(caller: TaskCaller<Event>, event: Event): void {
  if (caller.signal?.aborted === true) return;
  try {
    caller.onEvent?.(event);
  } catch {
    // A listener that throws does not break the work.
  }
}

/** Settles like `promise`, or rejects with the signal's reason as soon as it aborts. */
function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
