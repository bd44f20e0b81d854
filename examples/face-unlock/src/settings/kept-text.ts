/** Texts that are kept in `localStorage`, which may be full or switched off. */

/** One kept text. */
export interface KeptText {
  /** `null`: nothing is kept. */
  read(): string | null;
  /** Whether it was kept. */
  write(text: string): boolean;
  remove(): void;
}

/** Opens the text under this name. What cannot be kept is remembered until the page closes. */
export function openKeptText(name: string): KeptText {
  let remembered: string | null = null;
  return {
    read() {
      try {
        return localStorage.getItem(name) ?? remembered;
      } catch {
        return remembered;
      }
    },
    write(text) {
      remembered = text;
      try {
        localStorage.setItem(name, text);
        return true;
      } catch {
        return false;
      }
    },
    remove() {
      remembered = null;
      try {
        localStorage.removeItem(name);
      } catch {
        // Where there is no storage, nothing was kept.
      }
    },
  };
}
