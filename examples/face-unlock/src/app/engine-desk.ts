/** One engine and one face unlock at a time, made anew when the settings ask for others. */

import type { AuditEvent, EngineProgress } from 'isoface';
import { type Settings, toPolicy } from '../settings/settings.ts';
import type { AppEngine, AppParts, AppUnlock } from './app-parts.ts';

/** An engine with the face unlock that rests on it. */
export interface OpenedUnlock<Engine extends AppEngine> {
  readonly engine: Engine;
  readonly unlock: AppUnlock;
}

/** What the desk tells while it works. */
export interface EngineDeskOptions {
  readonly onProgress: (event: EngineProgress) => void;
  /** An engine that was open ended for good. */
  readonly onFailed: (error: Error) => void;
  readonly onAudit: (event: AuditEvent) => void;
}

/** Opens engines. */
export interface EngineDesk<Engine extends AppEngine> {
  /** Ends the engine before and opens another. `undefined`: a later call overtook this one. Rejects with why it does not open. */
  open(settings: Settings): Promise<OpenedUnlock<Engine> | undefined>;
  /** Keeps the engine and makes a face unlock with other rules. */
  changePolicy(opened: OpenedUnlock<Engine>, settings: Settings): Promise<OpenedUnlock<Engine>>;
}

/** Creates a desk without an engine. */
export function createEngineDesk<Engine extends AppEngine>(
  { openEngine, openUnlock }: Pick<AppParts<Engine>, 'openEngine' | 'openUnlock'>,
  { onProgress, onFailed, onAudit }: EngineDeskOptions,
): EngineDesk<Engine> {
  let opening = new AbortController();
  let engine: Engine | undefined;
  const openRules = async (opened: Engine, settings: Settings): Promise<OpenedUnlock<Engine>> => ({
    engine: opened,
    unlock: await openUnlock(opened, { policy: toPolicy(settings, opened.info), onAudit }),
  });
  return {
    async open(settings) {
      opening.abort();
      opening = new AbortController();
      const { signal } = opening;
      const previous = engine;
      engine = undefined;
      // Two engines at once would need the memory of both.
      await previous?.dispose();
      if (signal.aborted) return undefined;
      try {
        const opened = await openEngine({
          pack: settings.pack,
          executionProviders: settings.provider,
          signal,
          onProgress: (event) => {
            if (!signal.aborted) onProgress(event);
          },
          onFailed: (reason) => {
            if (!signal.aborted && engine !== undefined) onFailed(new Error(reason));
          },
        });
        if (signal.aborted) {
          await opened.dispose();
          return undefined;
        }
        engine = opened;
        return await openRules(opened, settings);
      } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
      }
    },
    changePolicy: ({ engine: opened }, settings) => openRules(opened, settings),
  };
}
