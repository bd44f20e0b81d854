/** The built app in a browser. */

import type { BrowserContext, Page } from 'playwright';
import type { ScreenName } from '../../src/app/route.ts';

/** An opened app. */
export interface AppPage {
  readonly page: Page;
  /** Errors of the console, exceptions and violations of the content security policy so far. */
  readonly problems: string[];
  /** Waits until the app is on a screen. */
  reach(screen: ScreenName): Promise<void>;
}

const ENGINE_MS = 120_000;

/** Opens the app and waits for nothing. @param prepare - Adds to the page before it loads. */
export async function openApp(context: BrowserContext, url: string, prepare?: (page: Page) => Promise<unknown>): Promise<AppPage> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.exposeFunction('reportViolation', (text: string) => problems.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation(`CSP ${violatedDirective}: ${blockedURI}`);
    });
  });
  await prepare?.(page);
  await page.goto(url);
  return {
    page,
    problems,
    reach: (screen) => page.locator(`main[data-screen="${screen}"]`).waitFor({ timeout: ENGINE_MS }),
  };
}
