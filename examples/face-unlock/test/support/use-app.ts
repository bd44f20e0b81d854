/** What a person does with the app. */

import type { BrowserContext, Page } from 'playwright';
import { expect } from 'vitest';
import type { Settings } from '../../src/settings/settings.ts';
import { type AppPage, openApp } from './open-app.ts';

const SETTINGS = 'isoface-face-unlock-settings';
/** Models are loaded, and a browser without a graphics card takes its time. */
const ENROL_MS = 60_000;
/** Three movements, each with its time limit. */
const UNLOCK_MS = 90_000;

/** The end of an attempt. */
export interface AttemptResult {
  readonly isUnlocked: boolean;
  /** What the next screen says. */
  readonly text: string;
  /** From the click, which turns the camera on, to the next screen. */
  readonly milliseconds: number;
}

/** Opens the app with the standard pack on WebAssembly. */
export function openWith(
  context: BrowserContext,
  url: string,
  settings: Partial<Settings>,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<AppPage> {
  return openApp(context, url, async (page) => {
    await keepSettings(page, settings);
    await prepare?.(page);
  });
}

/** Before the page loads the next time. */
export function keepSettings(page: Page, settings: Partial<Settings>): Promise<unknown> {
  const text = JSON.stringify({ pack: 'standard', provider: 'wasm', ...settings } satisfies Partial<Settings>);
  return page.addInitScript(([name = '', value = '']) => localStorage.setItem(name, value), [SETTINGS, text]);
}

/** Agrees and enrols. */
export async function enrol({ page, reach }: AppPage): Promise<void> {
  await reach('welcome');
  await page.getByRole('checkbox', { name: /^I agree/ }).check();
  await page.getByRole('button', { name: 'Enrol my face' }).click();
  const end = page.locator('main[data-screen="locked"], main [data-notice="enrolRefused"]').first();
  await end.waitFor({ timeout: ENROL_MS });
  expect(await page.locator('.notice').first().textContent()).toContain('Your face is enrolled');
}

/** Begins an attempt. */
export async function pressUnlock({ page, reach }: AppPage): Promise<void> {
  await page.getByRole('button', { name: 'Unlock with my face' }).click();
  await reach('unlocking');
}

/** Makes an attempt and waits for its end. */
export async function tryUnlock(app: AppPage): Promise<AttemptResult> {
  const start = performance.now();
  await pressUnlock(app);
  await app.page.locator('main[data-screen="unlocked"], main [data-notice="refused"]').first().waitFor({ timeout: UNLOCK_MS });
  const milliseconds = Math.round(performance.now() - start);
  const main = app.page.locator('main');
  return { isUnlocked: (await main.getAttribute('data-screen')) === 'unlocked', text: (await main.textContent()) ?? '', milliseconds };
}

/** From the unlocked screen back to the locked one. */
export async function lock({ page, reach }: AppPage): Promise<void> {
  await page.getByRole('button', { name: 'Lock' }).click();
  await reach('locked');
}
