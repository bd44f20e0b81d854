/** A live region that speaks no faster than people can listen. */

/** Says things. */
export interface Announcer {
  /** Says it as soon as the pause since the last words is over; what came meanwhile is not said. The same words are not said twice in a row. */
  say(text: string): void;
  /** Says it now. */
  sayNow(text: string): void;
  /** Forgets what was said and what waits. */
  clear(): void;
}

/** Pause between two announcements. */
const PAUSE_MS = 1_500;

/** Creates an announcer. @param write - Puts the words into the live region. */
export function createAnnouncer(write: (text: string) => void, pauseMs = PAUSE_MS): Announcer {
  let said = '';
  let next = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const speak = (text: string): void => {
    said = text;
    write(text);
    timer = setTimeout(() => {
      timer = undefined;
      if (next !== said) speak(next);
    }, pauseMs);
  };
  return {
    say(text) {
      next = text;
      if (timer === undefined && text !== said) speak(text);
    },
    sayNow(text) {
      if (text === said) return;
      clearTimeout(timer);
      next = text;
      speak(text);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      said = '';
      next = '';
      write('');
    },
  };
}
