/** The page in a browser, with what a user sees and does. */

import type { BrowserContext, Page } from 'playwright';

/** An opened playground. */
export interface PlaygroundPage {
  readonly page: Page;
  /** Errors of the console, exceptions and violations of the content security policy so far. */
  readonly problems: string[];
  /** Waits until the engine is open, or has failed; gives the text of its status. */
  engineStatus(): Promise<string>;
  /** Waits until every photo is done or has failed. */
  photosDone(count: number): Promise<void>;
  /** Drops files of the server, by address and name, on the page. */
  drop(files: readonly { readonly url: string; readonly name: string; readonly type?: string }[]): Promise<void>;
  /** Chooses a value of the settings. */
  choose(label: string, value: string): Promise<void>;
  text(selector: string): Promise<string>;
}

const ENGINE_MS = 120_000;

/** Opens the page and waits for nothing. */
export async function openPlayground(context: BrowserContext, url: string): Promise<PlaygroundPage> {
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
  await page.goto(url);
  return {
    page,
    problems,
    async engineStatus() {
      await page.waitForSelector('body[data-engine="ready"], body[data-engine="failed"]', { timeout: ENGINE_MS });
      return (await page.getByRole('status').first().textContent()) ?? '';
    },
    async photosDone(count) {
      const settled = page.locator('.photo[data-status="done"], .photo[data-status="failed"]');
      await page.waitForFunction(
        ([selector, wanted]) => document.querySelectorAll(String(selector)).length === wanted,
        ['.photo[data-status="done"], .photo[data-status="failed"]', count],
        { timeout: ENGINE_MS },
      );
      await settled.first().waitFor();
    },
    async drop(files) {
      await page.evaluate(async (list) => {
        const transfer = new DataTransfer();
        for (const { url: address, name, type = 'image/jpeg' } of list) {
          const response = await fetch(address);
          transfer.items.add(new File([await response.blob()], name, { type }));
        }
        const zone = document.querySelector('#drop-zone');
        zone?.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }, files);
    },
    async choose(label, value) {
      await page.getByLabel(label, { exact: true }).selectOption(value);
    },
    text: async (selector) => (await page.locator(selector).textContent()) ?? '',
  };
}
