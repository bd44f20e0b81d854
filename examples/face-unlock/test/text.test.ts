import { describe, expect, it } from 'vitest';
import { en } from '../src/text/en.ts';
import { formatBytes, formatCountdown, formatFmr, formatMilliseconds, formatNumber, formatSecondsLeft } from '../src/text/format.ts';
import { chooseLanguage, isLanguage } from '../src/text/language.ts';
import { zh } from '../src/text/zh.ts';

/** Every text by its path; texts with gaps are filled with `1` and `2`. */
function listTexts(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value('1', '2', '3'))]];
  return Object.entries(value as object).flatMap(([name, child]) => listTexts(child, `${path}.${name}`));
}

/** Names that are the same in every language. */
const NAMES = ['.settings.providers.wasm', '.settings.providers.webgpu'];

describe('texts', () => {
  // That none is missing the compiler says.
  it('is English in English and Chinese in Chinese', () => {
    const english = listTexts(en);
    const chinese = listTexts(zh);
    expect(chinese.map(([path]) => path)).toEqual(english.map(([path]) => path));
    expect(english.filter(([, text]) => text.trim() === '' || /\p{Script=Han}/u.test(text))).toEqual([]);
    expect(chinese.filter(([path, text]) => !/\p{Script=Han}/u.test(text) && !NAMES.includes(path))).toEqual([]);
  });

  it('keeps every number that it is given', () => {
    const gaps = (texts: unknown): readonly (readonly [string, readonly string[]])[] =>
      listTexts(texts).map(([path, text]) => [path, (text.match(/\d+/g) ?? []).toSorted()]);
    const ofPath = new Map(gaps(zh));
    const functions = gaps(en).filter(([path]) => !path.startsWith('.welcome.stored') && path !== '.locked.enrolledAt');
    // Languages differ in which of the words stand for numbers, not in which numbers they give.
    for (const [path, numbers] of functions) expect(ofPath.get(path), path).toEqual(numbers);
  });

  it('counts in words where English does', () => {
    expect(en.locked.attemptsLeft(1)).toMatch(/^One more/);
    expect(en.locked.attemptsLeft(2)).toMatch(/^2 failed attempts/);
    expect(en.locked.enrolledAt('today', 1)).toContain('1 template.');
  });
});

describe('language', () => {
  it.each([
    [['zh-TW', 'en'], 'zh-CN'],
    [['fr', 'ZH'], 'zh-CN'],
    [['en-GB', 'zh'], 'en'],
    [['fr', 'de'], 'en'],
    [[], 'en'],
  ] as const)('of %j is %s', (wanted, language) => expect(chooseLanguage(wanted)).toBe(language));

  it('is known by its tag', () => {
    expect(['en', 'zh-CN', 'zh', 'toString', undefined].map(isLanguage)).toEqual([true, true, false, false, false]);
  });
});

describe('numbers', () => {
  it.each([
    [0, '0:00'],
    [-5, '0:00'],
    [1, '0:01'],
    [29_001, '0:30'],
    [60_000, '1:00'],
    [3_599_999, '1:00:00'],
    [3_725_000, '1:02:05'],
  ])('%d ms are left as %s', (ms, text) => expect(formatCountdown(ms)).toBe(text));

  it('rounds what is left up, so that nothing is left only at the end', () => {
    expect([4200, 1, 0, -1].map(formatSecondsLeft)).toEqual(['5', '1', '0', '0']);
  });

  it('writes as many digits as are worth reading', () => {
    expect(formatMilliseconds(7.26, 'en')).toBe('7.3 ms');
    expect(formatMilliseconds(1234.5, 'en')).toBe('1,235 ms');
    expect(formatBytes(283_926, 'en')).toBe('284 kB');
    expect(formatBytes(999_600, 'en')).toBe('1.0 MB');
    expect(formatNumber(0.81249, 'zh-CN', 3)).toBe('0.812');
  });

  it('says a false match rate as strangers', () => {
    expect(formatFmr(1e-3, 'en', en)).toBe('1 stranger in 1,000 is taken for you');
    expect(formatFmr(1e-4, 'zh-CN', zh)).toContain('10,000');
  });
});
