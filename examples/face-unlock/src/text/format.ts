/** Numbers as people of a language read them. */

import type { Language } from './language.ts';
import type { Texts } from './texts.ts';

/** A span of time as minutes and seconds, rounded up so that `0:00` means over, e.g. `1:05`; with hours where needed. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const tail = twoDigits(seconds % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** Seconds that are left, rounded up, e.g. `3`. */
export function formatSecondsLeft(ms: number): string {
  return String(Math.max(0, Math.ceil(ms / 1000)));
}

/** A duration with as many digits as are worth reading, e.g. `7.3 ms`, `120 ms`. */
export function formatMilliseconds(ms: number, language: Language): string {
  return `${formatNumber(ms, language, ms < 10 ? 1 : 0)} ms`;
}

/** A size, e.g. `6.5 MB` (1 MB = 1,000,000 bytes). */
export function formatBytes(bytes: number, language: Language): string {
  return bytes < 999_500 ? `${formatNumber(bytes / 1000, language, 0)} kB` : `${formatNumber(bytes / 1e6, language, 1)} MB`;
}

/** A number with exactly so many digits behind the point. */
export function formatNumber(value: number, language: Language, digits: number): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A false match rate as a sentence about strangers, e.g. for 0.001 `1 stranger in 1,000 is taken for you`. */
export function formatFmr(fmr: number, language: Language, { oneIn }: Pick<Texts, 'oneIn'>): string {
  return oneIn(formatNumber(1 / fmr, language, 0));
}

/** Day and time. */
export function formatDate(atMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(atMs);
}

/** Time of day. */
export function formatTime(atMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(atMs);
}
