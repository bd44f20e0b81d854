/** Opens a page of a fixture and writes down what happens until it has analyzed its photo. */

import type { Browser } from 'playwright';

/** What happened in a page. */
export interface PageLog {
  /** What `fixtures/page/analyze-photo.js` reports: what was found, or the error. */
  readonly report: unknown;
  /** Address, type by the server and status of everything that was fetched, workers included. */
  readonly responses: readonly { readonly url: string; readonly status: number; readonly contentType: string }[];
  /** Addresses of the workers' scripts. */
  readonly workers: readonly string[];
  /** Errors and warnings of the console, uncaught errors, requests that failed. */
  readonly complaints: readonly string[];
}

const ANALYSIS_MS = 120_000;
const REPORT = 'report ';

/** Opens `url` in a fresh profile and waits for the report. */
export async function watchPage(browser: Browser, url: string): Promise<PageLog> {
  const context = await browser.newContext();
  try {
    const responses: PageLog['responses'][number][] = [];
    const workers: string[] = [];
    const complaints: string[] = [];
    context.on('response', (response) =>
      responses.push({ url: response.url(), status: response.status(), contentType: response.headers()['content-type'] ?? '' }),
    );
    context.on('requestfailed', (request) => complaints.push(`${request.url()} failed: ${request.failure()?.errorText}`));
    const page = await context.newPage();
    page.on('worker', (worker) => workers.push(worker.url()));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    // By the console, because under a strict policy nothing can be evaluated in the page.
    const reported = page.waitForEvent('console', { predicate: (message) => message.text().startsWith(REPORT), timeout: ANALYSIS_MS });
    const [message] = await Promise.all([reported, page.goto(url)]);
    const report = JSON.parse(message.text().slice(REPORT.length));
    return { report, responses, workers, complaints };
  } finally {
    await context.close();
  }
}
