/** The app: which screen follows which, and what each of them sets going. */

import type { AuditEvent, CameraFacts, UnlockDecision } from 'isoface';
import { type AttemptEnd, runAttempt, type StopReason } from '../live/run-attempt.ts';
import { askToDelete } from '../screens/delete-dialog.ts';
import { createEnrolEndedScreen, createEnrolScreen } from '../screens/enrol-screen.ts';
import { createErrorScreen } from '../screens/error-screen.ts';
import { createLimitsHint } from '../screens/limits-hint.ts';
import { createLoadingScreen, type LoadingScreen } from '../screens/loading-screen.ts';
import { createLockedOutScreen } from '../screens/locked-out-screen.ts';
import { createLockedScreen } from '../screens/locked-screen.ts';
import type { Screen, Words } from '../screens/screen.ts';
import { createSettingsScreen } from '../screens/settings-screen.ts';
import { createUnlockedScreen } from '../screens/unlocked-screen.ts';
import { createUnlockingScreen } from '../screens/unlocking-screen.ts';
import { createUnusableScreen } from '../screens/unusable-screen.ts';
import { CONSENT_VERSION, createWelcomeScreen } from '../screens/welcome-screen.ts';
import { openKeptText } from '../settings/kept-text.ts';
import { DEFAULT_SETTINGS, needsOtherEngine, parseSettings, type Settings } from '../settings/settings.ts';
import { chooseLanguage, isLanguage, LANGUAGES, type Language } from '../text/language.ts';
import type { AppEngine, AppParts, AppUnlock } from './app-parts.ts';
import { createEngineDesk, type OpenedUnlock } from './engine-desk.ts';
import { describeNotice, type EnrolEnd, type Notice } from './notice.ts';
import { afterEnrolment, afterUnlock, mayChangeSecurity, type ScreenName, type UnlockedDecision } from './route.ts';
import { createShell } from './shell.ts';

/** Events that are remembered until the page closes. */
const MAX_EVENTS = 50;
/** On these screens there is nothing to change, or it would disturb what runs. */
const WITHOUT_MENU: readonly ScreenName[] = ['enrol', 'unlocking'];
const WITHOUT_SETTINGS: readonly ScreenName[] = ['loading', 'error', 'settings', 'enrol', 'unlocking'];

/** Puts the app into the page and starts it. */
export function createApp<Engine extends AppEngine>(parts: AppParts<Engine>): void {
  const kept = {
    settings: openKeptText('isoface-face-unlock-settings'),
    language: openKeptText('isoface-face-unlock-language'),
    note: openKeptText('isoface-face-unlock-note'),
  };
  const wantedLanguage = kept.language.read();
  let language: Language = isLanguage(wantedLanguage) ? wantedLanguage : chooseLanguage(navigator.languages);
  let settings = parseSettings(kept.settings.read());
  const events: AuditEvent[] = [];
  let opened: OpenedUnlock<Engine> | undefined;
  let loading: LoadingScreen | undefined;
  /** What can be stopped: the camera runs as long as it is there. */
  let attempt: AbortController | undefined;
  /** Makes the screen that is shown anew: in another language, or on the way back to it. */
  let createShown: (() => Screen) | undefined;
  let screenName: ScreenName = 'loading';
  /** Counts screens, so that an answer that comes late does not replace a later one. */
  let turn = 0;

  const shell = createShell({
    onLanguage(chosen) {
      language = chosen;
      kept.language.write(chosen);
      shell.setLanguage(chosen);
      if (createShown !== undefined) show(createShown, { takesFocus: false });
    },
    onSettings: () => showSettings(screenName, createShown),
  });
  const desk = createEngineDesk(parts, {
    onProgress: (event) => loading?.add(event),
    onFailed: (error) => {
      attempt?.abort('user' satisfies StopReason);
      showError(error);
    },
    onAudit(event) {
      events.push(event);
      if (events.length > MAX_EVENTS) events.shift();
    },
  });

  const words = (): Words => ({ texts: LANGUAGES[language].texts, language });

  function show(create: () => Screen, { takesFocus = true } = {}): void {
    turn += 1;
    createShown = create;
    // The screen before is ended first: what it still has to save must be there for the next one.
    shell.close();
    const screen = create();
    screenName = screen.name;
    const hasMenu = attempt === undefined || !WITHOUT_MENU.includes(screen.name);
    shell.show(screen, { hasMenu, hasSettings: opened !== undefined && !WITHOUT_SETTINGS.includes(screen.name), takesFocus });
  }

  function tell(notice: Notice | undefined): void {
    if (notice === undefined) return;
    const { title, lines } = describeNotice(notice, words().texts);
    shell.announceResult([title, ...lines].join(' '));
  }

  async function start(): Promise<void> {
    opened = undefined;
    show(() => {
      loading = createLoadingScreen(words());
      return loading;
    });
    try {
      const next = await desk.open(settings);
      if (next === undefined) return;
      opened = next;
      await showStatus();
    } catch (error) {
      showError(error);
    }
  }

  function showError(error: unknown): void {
    opened = undefined;
    const { pack, provider } = DEFAULT_SETTINGS;
    const isDefault = settings.pack === pack && settings.provider === provider;
    show(() =>
      createErrorScreen(words(), {
        error,
        onRetry: () => void start(),
        onDefaults: isDefault
          ? undefined
          : () => {
              saveSettings({ ...settings, pack, provider });
              void start();
            },
      }),
    );
  }

  /** Shows what the stored data allow. Whatever was unlocked is locked then. */
  async function showStatus(notice?: Notice): Promise<void> {
    if (opened === undefined) return;
    const { engine, unlock } = opened;
    const at = turn;
    const status = await unlock.status().catch((error: unknown) => error);
    if (at !== turn || opened?.unlock !== unlock) return;
    if (!isStatus(status)) return showError(status);
    const hint = (): HTMLElement | undefined => createLimitsHint(engine, unlock, words());
    const onDelete = (): void => void deleteData();
    if (status.state === 'notEnrolled') {
      show(() => createWelcomeScreen(words(), { notice, hint: hint(), onConsent: () => void enrol(unlock) }));
    } else if (status.state === 'ready') {
      show(() => createLockedScreen(words(), { status, notice, hint: hint(), onUnlock: () => void tryUnlock(unlock), onDelete }));
    } else if (status.state === 'lockedOut') {
      const endsAt = performance.now() + status.remainingMs;
      const remaining = () => ({ ...status, remainingMs: Math.max(0, endsAt - performance.now()) });
      show(() => createLockedOutScreen(words(), { status: remaining(), notice, onOver: () => void showStatus(), onDelete }));
    } else {
      showUnusable(status.reason, notice);
    }
    tell(notice);
  }

  function showUnusable(reason: Parameters<typeof createUnusableScreen>[1]['reason'], notice: Notice | undefined): void {
    const isRepeated = screenName === 'unusable' && notice === undefined && document.querySelector(`[data-reason="${reason}"]`) !== null;
    const create = (): Screen =>
      createUnusableScreen(words(), { reason, notice, onRetry: () => void showStatus(), onDelete: () => void deleteData() });
    // Looking again whether another tab is done must not move the focus each time.
    show(create, { takesFocus: !isRepeated });
  }

  /** Opens the camera for as long as `look` needs it. */
  async function useCamera<Result>(
    video: HTMLVideoElement,
    look: (camera: CameraFacts, signal: AbortSignal) => Promise<Result>,
  ): Promise<AttemptEnd<Result>> {
    const controller = attempt ?? new AbortController();
    const { signal } = controller;
    const end = await runAttempt({ openCamera: parts.openCamera, video, signal, look: (camera) => look(camera, signal) });
    if (attempt === controller) attempt = undefined;
    return end;
  }

  const stop = (): void => attempt?.abort('user' satisfies StopReason);

  /** @param owner - The decision by which the owner asked to be enrolled anew; absent where nobody is enrolled. */
  async function enrol(unlock: AppUnlock, owner?: UnlockedDecision): Promise<void> {
    attempt = new AbortController();
    const screen = createEnrolScreen(words(), { showOverlay: settings.showOverlay, announcer: shell.announcer, onCancel: stop });
    show(() => screen);
    const consent = { version: `${CONSENT_VERSION}-${language}`, givenAtMs: Date.now() };
    const end = await useCamera(screen.video, async (camera, signal): Promise<EnrolEnd> => {
      for await (const event of unlock.enrol(screen.video, { consent, camera, signal })) {
        screen.show(event);
        if (event.type === 'enrolled' || event.type === 'refused') return event;
      }
      throw new Error('The enrolment ended without a result.');
    });
    if (opened?.unlock !== unlock) return;
    const step = afterEnrolment(end);
    const back = (): void => void (owner === undefined ? showStatus() : showUnlocked(owner));
    if (step.type === 'enrolEnded') {
      const { notice, mayDelete } = step;
      const onDelete = mayDelete ? (): void => void deleteData() : undefined;
      show(() => createEnrolEndedScreen(words(), { notice, onRetry: () => void enrol(unlock, owner), onBack: back, onDelete }));
      tell(notice);
    } else if (step.type === 'status') {
      // A note that is there without an owner belongs to somebody else.
      if (step.notice?.type === 'enrolled' && owner === undefined) kept.note.remove();
      // A browser that runs out of room keeps what it agreed to keep.
      if (step.notice?.type === 'enrolled') void navigator.storage?.persist?.().catch(() => {});
      await showStatus(step.notice);
    } else {
      back();
    }
  }

  async function tryUnlock(unlock: AppUnlock): Promise<void> {
    attempt = new AbortController();
    const screen = createUnlockingScreen(words(), { showOverlay: settings.showOverlay, announcer: shell.announcer, onCancel: stop });
    show(() => screen);
    const end = await useCamera(screen.video, async (camera, signal): Promise<UnlockDecision> => {
      for await (const event of unlock.unlock(screen.video, { camera, signal })) {
        screen.show(event);
        if (event.type === 'decision') return event.decision;
      }
      throw new Error('The attempt ended without a decision.');
    });
    if (opened?.unlock !== unlock) return;
    const step = afterUnlock(end);
    if (step.type === 'unlocked') {
      showUnlocked(step.decision);
      shell.announceResult(words().texts.unlocked.announcement);
    } else if (step.type === 'status') {
      await showStatus(step.notice);
    }
  }

  function showUnlocked(decision: UnlockedDecision): void {
    show(() =>
      createUnlockedScreen(words(), {
        decision,
        note: kept.note,
        onLock: () => void showStatus(),
        onEnrolAgain: () => {
          // The rules may have changed meanwhile, and the face unlock with them.
          if (opened !== undefined) void enrol(opened.unlock, decision);
        },
        onDelete: () => void deleteData(),
      }),
    );
  }

  /** @param from - The screen that was left. @param createBack - Makes it anew. */
  function showSettings(from: ScreenName, createBack: (() => Screen) | undefined): void {
    if (opened === undefined) return;
    const { engine, unlock } = opened;
    const isOpen = mayChangeSecurity(from);
    const leave = (): void => {
      // What was locked is looked at anew: time has passed.
      if (from === 'unlocked' && createBack !== undefined) show(createBack);
      else void showStatus();
    };
    show(() =>
      createSettingsScreen(words(), {
        settings,
        engine,
        hint: createLimitsHint(engine, unlock, words()),
        mayChangeSecurity: isOpen,
        events,
        onSave: (chosen) => void applySettings(chosen, leave),
        onBack: leave,
        onDelete: from === 'welcome' ? undefined : () => void deleteData(),
      }),
    );
  }

  async function applySettings(chosen: Settings, leave: () => void): Promise<void> {
    const before = settings;
    saveSettings(chosen);
    if (needsOtherEngine(before, chosen)) return start();
    if (opened === undefined) return;
    const at = turn;
    try {
      const next = await desk.changePolicy(opened, chosen);
      if (at !== turn) return;
      opened = next;
      leave();
      tell({ type: 'saved' });
    } catch (error) {
      showError(error);
    }
  }

  function saveSettings(chosen: Settings): void {
    settings = chosen;
    kept.settings.write(JSON.stringify(chosen));
  }

  async function deleteData(): Promise<void> {
    if (opened === undefined) return;
    const { unlock } = opened;
    let wasTried = false;
    const isDeleted = await askToDelete(shell.dialog, words(), async () => {
      wasTried = true;
      // The note goes first: if deletion stops half way, nobody can enrol and read it.
      shell.close();
      kept.note.remove();
      await unlock.deleteData();
    });
    if (wasTried) await showStatus(isDeleted ? { type: 'deleted' } : undefined);
  }

  /** Nobody looks at the picture any more. */
  function leavePage(): void {
    attempt?.abort('hidden' satisfies StopReason);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leavePage();
  });
  window.addEventListener('pagehide', () => {
    leavePage();
    // A page that the browser keeps for the way back must not come back unlocked.
    if (screenName !== 'unlocked' && screenName !== 'settings') return;
    show(() => createLoadingScreen(words()));
    void showStatus();
  });
  shell.setLanguage(language);
  void start();
}

function isStatus(value: unknown): value is Awaited<ReturnType<AppUnlock['status']>> {
  return typeof value === 'object' && value !== null && 'state' in value;
}
