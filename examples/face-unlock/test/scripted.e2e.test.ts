import { type FolderServer, launchChromium } from '@isoface/testkit/browser-tools';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScreenName } from '../src/app/route.ts';
import { findViolations } from './support/find-violations.ts';
import { LEFT_BY_TESTS, serveScriptedApp } from './support/scripted-app.ts';

let server: FolderServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([serveScriptedApp(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const SHOW_OVERLAY = JSON.stringify({ showOverlay: true });
const consent = async (page: Page): Promise<void> => {
  await page.locator('#consent').check();
  await page.locator('main .primary').click();
};
const press =
  (selector: string) =>
  (page: Page): Promise<void> =>
    page.locator(selector).click();

/** Name of the script, screen that must be reached, and how. */
const STATES: readonly {
  readonly name: string;
  readonly script: string;
  readonly screen: ScreenName;
  readonly go?: (page: Page) => Promise<void>;
  /** Must be in sight before the page is looked at. */
  readonly wait?: string;
}[] = [
  { name: 'loading', script: 'opening', screen: 'loading', wait: '.model-list li' },
  { name: 'error', script: 'broken', screen: 'error' },
  { name: 'welcome', script: 'nobody', screen: 'welcome' },
  { name: 'welcome-no-consent', script: 'nobodyPassive', screen: 'welcome', go: press('main .primary') },
  { name: 'enrol', script: 'enrolling', screen: 'enrol', go: consent, wait: '.is-done' },
  { name: 'enrol-storage-full', script: 'enrolFull', screen: 'enrol', go: consent, wait: '[data-notice="enrolRefused"]' },
  { name: 'enrol-no-camera', script: 'noCamera', screen: 'enrol', go: consent, wait: '[data-notice="camera"]' },
  { name: 'locked', script: 'ready', screen: 'locked' },
  { name: 'locked-refused', script: 'refused', screen: 'locked', go: press('.unlock-button'), wait: '[data-notice="refused"]' },
  { name: 'unlocking', script: 'moving', screen: 'unlocking', go: press('.unlock-button'), wait: '[data-action="turnLeft"]' },
  { name: 'unlocked', script: 'unlocks', screen: 'unlocked', go: press('.unlock-button'), wait: '#note' },
  { name: 'settings', script: 'nobodyPassive', screen: 'settings', go: press('#open-settings') },
  { name: 'settings-locked', script: 'ready', screen: 'settings', go: press('#open-settings'), wait: 'fieldset:disabled' },
  { name: 'locked-out', script: 'lockedOut', screen: 'lockedOut' },
  { name: 'unusable-damaged', script: 'damaged', screen: 'unusable' },
  { name: 'unusable-storage', script: 'storageFailed', screen: 'unusable' },
  { name: 'unusable-in-use', script: 'inUse', screen: 'unusable' },
  { name: 'delete', script: 'ready', screen: 'locked', go: press('main .danger'), wait: 'dialog[open]' },
];

const LOOKS: readonly (BrowserContextOptions & { readonly name: string })[] = [
  { name: 'light-en', colorScheme: 'light', locale: 'en-GB', viewport: { width: 1280, height: 800 } },
  // Colours and words break different rules, so that both looks together cover both palettes and both languages.
  { name: 'dark-zh', colorScheme: 'dark', locale: 'zh-CN', viewport: { width: 320, height: 640 } },
];

describe.each(LOOKS)('every screen, $name', ({ name: look, ...options }) => {
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    await context.addInitScript((settings) => localStorage.setItem('isoface-face-unlock-settings', settings), SHOW_OVERLAY);
    page = await context.newPage();
    page.on('console', (message) => {
      // The page is served without the headers that only a server can send.
      if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
  });
  afterAll(() => context?.close());

  it.each(STATES)('$name', async ({ name, script, screen, go, wait }) => {
    await page.goto(`${server.origin}/?${script}`);
    await page.locator('main:not([data-screen="loading"])').or(page.locator('.model-list li').first()).first().waitFor();
    await go?.(page);
    await page.locator(`main[data-screen="${screen}"]`).waitFor();
    if (wait !== undefined) await page.locator(wait).first().waitFor();
    await page.screenshot({ path: `${LEFT_BY_TESTS}screens/${look}/${name}.png`, fullPage: true });
    expect(await findViolations(page)).toEqual([]);
    const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(width, 'as wide as the window').toBeLessThanOrEqual(inner as number);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(options.locale === 'zh-CN' ? 'zh-CN' : 'en');
    expect(problems.splice(0)).toEqual([]);
  });
});

describe('the way through the screens', () => {
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    context = await browser.newContext({ locale: 'en-GB' });
    page = await context.newPage();
  });
  afterAll(() => context?.close());

  const open = (script: string): Promise<unknown> => page.goto(`${server.origin}/?${script}`);
  const reach = (screen: ScreenName): Promise<void> => page.locator(`main[data-screen="${screen}"]`).waitFor();
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
  const isCameraOn = (): Promise<boolean> =>
    page.evaluate(() => (document.querySelector('video')?.srcObject as MediaStream | null)?.active ?? false);
  /** Presses Tab until something of this name has the focus. */
  const tabTo = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const element = document.activeElement;
        const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent;
        return label?.trim();
      });
      if (found === name) return;
    }
    throw new Error(`Tab does not reach "${name}".`);
  };

  it('enrols, unlocks, keeps a note, locks and deletes by keyboard alone; the focus follows', async () => {
    await open('enrolled');
    await reach('welcome');
    expect(await focused()).toBe('Unlock with your face');
    await tabTo('Enrol my face');
    await page.keyboard.press('Enter');
    expect(await page.locator('#consent-missing').textContent()).toContain('tick the box');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('consent');
    await page.keyboard.press('Space');
    await tabTo('Enrol my face');
    await page.keyboard.press('Enter');
    await reach('locked');
    expect(await focused()).toBe('Locked');
    await page.locator('#result-live', { hasText: 'Your face is enrolled' }).waitFor({ state: 'attached' });
    await tabTo('Unlock with my face');
    await page.keyboard.press('Enter');
    await reach('unlocked');
    expect(await focused()).toBe('Unlocked');
    await page.getByRole('textbox', { name: 'Private note' }).focus();
    await page.keyboard.type('milk');
    await tabTo('Lock');
    await page.keyboard.press('Enter');
    await reach('locked');
    expect(await page.locator('textarea').count()).toBe(0);

    await tabTo('Unlock with my face');
    await page.keyboard.press('Enter');
    await reach('unlocked');
    expect(await page.getByRole('textbox', { name: 'Private note' }).inputValue()).toBe('milk');
    await tabTo('Delete my data');
    await page.keyboard.press('Enter');
    // The dialog takes the focus in a moment of its own.
    await expect.poll(focused).toBe('Cancel');
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe('Delete my data');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Cancel');
    await tabTo('Delete');
    await page.keyboard.press('Enter');
    await reach('welcome');
    expect(await page.evaluate(() => localStorage.getItem('isoface-face-unlock-note'))).toBeNull();
  });

  it('turns the camera off when the attempt is cancelled', async () => {
    await open('moving');
    await page.getByRole('button', { name: 'Unlock with my face' }).click();
    await page.getByText('Turn your head to your left').first().waitFor();
    expect(await isCameraOn()).toBe(true);
    await page.evaluate(() => {
      const stream = (document.querySelector('video') as HTMLVideoElement).srcObject as MediaStream;
      Object.assign(globalThis, { lastTrack: stream.getVideoTracks()[0] });
    });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await reach('locked');
    expect(await trackState()).toBe('ended');
  });

  it('turns the camera off when the page is hidden, and says so', async () => {
    await open('moving');
    await page.getByRole('button', { name: 'Unlock with my face' }).click();
    await page.getByText('Turn your head to your left').first().waitFor();
    await page.evaluate(() => {
      const stream = (document.querySelector('video') as HTMLVideoElement).srcObject as MediaStream;
      Object.assign(globalThis, { lastTrack: stream.getVideoTracks()[0] });
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.locator('[data-notice="hidden"]').waitFor();
    expect(await trackState()).toBe('ended');
  });

  it('is locked when the browser brings the page back', async () => {
    await open('unlocks');
    await page.getByRole('button', { name: 'Unlock with my face' }).click();
    await reach('unlocked');
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    expect(await page.locator('textarea').count()).toBe(0);
    await reach('locked');
  });

  it('does not let the rules be weakened while it is locked', async () => {
    await open('unlocks');
    await reach('locked');
    await page.getByRole('button', { name: 'Settings' }).click();
    expect(await page.getByLabel('Liveness').isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Save settings' }).click();
    await reach('locked');
    await page.getByRole('button', { name: 'Unlock with my face' }).click();
    await reach('unlocked');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Liveness').selectOption('none');
    await page.getByLabel('Security level').selectOption('0.0001');
    await page.getByRole('button', { name: 'Save settings' }).click();
    await reach('unlocked');
    const kept = await page.evaluate(() => localStorage.getItem('isoface-face-unlock-settings') ?? '');
    expect(JSON.parse(kept)).toMatchObject({ liveness: 'none', fmr: 1e-4 });
  });

  it('changes the language where it stands and keeps it', async () => {
    await open('ready');
    await reach('locked');
    await page.getByLabel('Language').focus();
    await page.getByLabel('Language').selectOption('zh-CN');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('已锁定');
    expect(await page.title()).toBe('已锁定 – 人脸解锁');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('language');
    await page.reload();
    await page.getByRole('button', { name: '刷脸解锁' }).waitFor();
    await page.getByLabel('语言').selectOption('en');
  });

  it('counts a lock-out down to an attempt', async () => {
    await open('lockedOutShortly');
    await reach('lockedOut');
    expect(await page.getByRole('timer').textContent()).toMatch(/^0:0[12]$/);
    await reach('locked');
    expect(await page.getByText('One more failed attempt').count()).toBe(1);
  });

  it('goes on by itself when the other tab is done', async () => {
    await open('inUse');
    await reach('unusable');
    await reach('locked');
  });

  async function trackState(): Promise<string> {
    return page.evaluate(() => (globalThis as unknown as { lastTrack: MediaStreamTrack }).lastTrack.readyState);
  }
});
