/** Which language the app speaks. */

import { en } from './en.ts';
import type { Texts } from './texts.ts';
import { zh } from './zh.ts';

/** A language of the app, as the `lang` attribute names it. */
export type Language = 'en' | 'zh-CN';

/** The languages in the order in which they are offered, each under its own name. */
export const LANGUAGES: Readonly<Record<Language, { readonly name: string; readonly texts: Texts }>> = {
  en: { name: 'English', texts: en },
  'zh-CN': { name: '中文', texts: zh },
};

/** Whether this is a language of the app. */
export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(LANGUAGES, value);
}

/** The first of the wanted languages (`navigator.languages`) that the app speaks; English if none. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [primary] = tag.toLowerCase().split('-');
    if (primary === 'zh') return 'zh-CN';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
