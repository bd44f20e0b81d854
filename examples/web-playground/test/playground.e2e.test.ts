import { launchChromium } from '@isoface/testkit/browser-tools';
import { demoPhoto, hasSharedData, sharedPath } from '@isoface/testkit/node';
import { compareEmbeddings, createFaceEngine, selectThreshold } from 'isoface/node';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPlayground, type PlaygroundPage } from './support/playground-page.ts';
import { type ServedPlayground, serveForTests } from './support/serve-for-tests.ts';

/** Between the WASM and the CPU kernels, and between the decoders of browser and libvips, whose pixels differ by a few of 255. */
const SIMILARITY_TOLERANCE = 0.005;

/** Two photos that share a woman. */
const PHOTOS = ['sample1', 'sample3'];

/** What the engine in Node finds in the same photos. */
interface Expected {
  readonly counts: readonly number[];
  readonly pairs: readonly { readonly a: string; readonly b: string; readonly similarity: number }[];
  readonly thresholdOf: (fmr: number) => number;
}

describe('playground: photos', () => {
  let served: ServedPlayground;
  let browser: Browser;
  let context: BrowserContext;
  let playground: PlaygroundPage;
  let expected: Expected;

  beforeAll(async () => {
    served = await serveForTests(hasSharedData ? { ISOFACE_MODELS: sharedPath('models') } : {});
    expected = await askNode();
    browser = await launchChromium();
    context = await browser.newContext();
    playground = await openPlayground(context, served.url);
    await playground.engineStatus();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });
  afterEach(() => expect(playground.problems.splice(0)).toEqual([]));

  const drop = (names: readonly string[]): Promise<void> =>
    playground.drop(names.map((name) => ({ url: `demo-photos/${name}.jpg`, name: `${name}.jpg` })));
  const matchesShown = async (): Promise<string[]> => playground.page.locator('#matches li').allTextContents();
  const matchesExpected = (threshold: number): number => expected.pairs.filter(({ similarity }) => similarity >= threshold).length;

  it('is isolated, so that threads are possible, and says what runs', async () => {
    expect(await playground.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    expect(await playground.engineStatus()).toMatch(/^Ready: starter on WebAssembly/);
    const facts = await playground.text('#engine-facts');
    for (const fact of ['ONNX Runtime build', 'Threads', 'Contract', 'blazeface', 'Apache-2.0', 'CC0-1.0']) expect(facts).toContain(fact);
  });

  it('finds the faces and the match that the engine in Node finds', async () => {
    await drop(PHOTOS);
    await playground.photosDone(PHOTOS.length);
    const counts = await playground.page.locator('.photo .face-list').evaluateAll((lists) => lists.map((list) => list.children.length));
    expect(counts).toEqual(expected.counts);
    expect(await playground.page.locator('.overlay .face').count()).toBe(expected.counts.reduce((sum, count) => sum + count, 0));

    const [best] = expected.pairs;
    const [shown, ...others] = await matchesShown();
    expect(others).toEqual([]);
    expect(shown).toMatch(new RegExp(`^${best?.a} and ${best?.b}: `));
    expect(Math.abs(Number(shown?.split(': ')[1]) - (best?.similarity ?? 0))).toBeLessThan(SIMILARITY_TOLERANCE);
    // The pair has one cell on each side of the diagonal.
    expect(await playground.page.locator('.matrix .is-match').count()).toBe(2);
    // Both boxes have the colour of one person, the others none.
    const colors = await playground.page.locator('.overlay .box').evaluateAll((boxes) => boxes.map((box) => getComputedStyle(box).stroke));
    expect(colors.filter((color) => color === 'rgb(255, 176, 0)').length).toBe(2);
    expect(new Set(colors).size).toBe(2);
  });

  it('decides anew at once when the false match rate changes', async () => {
    for (const fmr of ['1e-2', '1e-3', '1e-4', '1e-5']) {
      await playground.choose('False match rate', fmr);
      expect(await playground.text('#decision-text')).toContain(expected.thresholdOf(Number(fmr)).toFixed(4));
      expect((await matchesShown()).length, `matches at ${fmr}`).toBe(matchesExpected(expected.thresholdOf(Number(fmr))));
    }
    expect(matchesExpected(expected.thresholdOf(1e-2))).toBeGreaterThan(matchesExpected(expected.thresholdOf(1e-5)));
  });

  it('takes a threshold of the user’s own, and says what is wrong with one', async () => {
    await playground.choose('False match rate', 'own');
    const field = playground.page.getByLabel('Threshold', { exact: true });
    await field.fill('0.9999');
    await field.blur();
    expect(await matchesShown()).toEqual([]);
    expect(await playground.text('#decision-text')).toContain('0.9999: a threshold of your own');
    await field.fill('7');
    await field.blur();
    expect(await playground.text('#decision-error')).toContain('Enter a threshold from -1 to 1');
    await playground.choose('False match rate', '1e-4');
    expect(await playground.text('#decision-error')).toBe('');
  });

  it('says what to do about a file that is no photo, and goes on with the others', async () => {
    await playground.page.getByRole('button', { name: 'Remove all' }).click();
    await playground.drop([
      { url: 'index.html', name: 'letter.jpg' },
      { url: 'demo-photos/sample3.jpg', name: 'sample3.jpg' },
    ]);
    await playground.photosDone(2);
    const alert = await playground.page.getByRole('alert').textContent();
    expect(alert).toContain('IMAGE_INVALID');
    expect(alert).toContain('Choose a photo as JPEG, PNG, WebP, AVIF or GIF.');
    expect(await playground.text('#photos-status')).toBe(`${expected.counts[1]} faces in 1 photo, 1 file could not be used.`);
    await playground.page.getByRole('button', { name: 'Remove all' }).click();
  });

  it('averages over the mirror image, with the thresholds that belong to it', async () => {
    const before = await playground.text('#engine-facts');
    await playground.page.getByLabel('Average each face with its mirror image').check();
    await playground.page.waitForSelector('body[data-engine="opening"]');
    await playground.engineStatus();
    expect(before).not.toContain('flip averaged');
    expect(await playground.text('#engine-facts')).toContain('flip averaged');
    await playground.page.getByLabel('Average each face with its mirror image').uncheck();
    await playground.page.waitForSelector('body[data-engine="opening"]');
    await playground.engineStatus();
  });

  it('explains a provider that does not start here, and comes back from it with the photos', async () => {
    await drop(['sample3']);
    await playground.photosDone(1);
    await playground.choose('Runs on', 'webgpu');
    await playground.page.waitForSelector('body[data-engine="failed"]');
    const error = await playground.text('#engine-error');
    expect(error).toContain('BACKEND_UNAVAILABLE');
    expect(error).toContain('Choose "Automatic" or "WebAssembly"');
    expect(await playground.text('.photo-head')).toContain('Waiting');
    await playground.choose('Runs on', 'wasm');
    await playground.page.waitForSelector('body[data-engine="ready"]');
    expect(await playground.text('#engine-error')).toBe('');
    await playground.photosDone(1);
  });

  it('keeps the last of several quick choices', async () => {
    for (const provider of ['auto', 'wasm', 'auto', 'wasm']) await playground.choose('Runs on', provider);
    await playground.page.waitForSelector('body[data-engine="ready"]');
    await playground.photosDone(1);
    expect(await playground.engineStatus()).toMatch(/^Ready: starter on WebAssembly/);
  });

  it.skipIf(!hasSharedData)('runs the standard pack from the models of this machine, at another detection size too', async () => {
    await playground.choose('Pack', 'standard');
    await playground.page.waitForSelector('body[data-engine="opening"]');
    expect(await playground.engineStatus()).toMatch(/^Ready: standard/);
    await playground.photosDone(1);
    await playground.choose('Detection size', '640');
    await playground.page.waitForSelector('body[data-engine="opening"]');
    await playground.engineStatus();
    expect(await playground.text('#engine-facts')).toContain('640 pixels');
    expect(await playground.text('#engine-warnings')).toContain('Thresholds were calibrated at detection size');
    await playground.choose('Pack', 'starter');
    await playground.page.waitForSelector('body[data-engine="opening"]');
    await playground.engineStatus();
    expect(await playground.page.getByLabel('Detection size', { exact: true }).isDisabled()).toBe(true);
  });

  it('explains models that cannot be loaded', async () => {
    const lonely = await browser.newContext({ serviceWorkers: 'block' });
    await lonely.route('**/models/**', (route) => route.fulfill({ status: 404, body: 'none' }));
    await lonely.route('https://**', (route) => route.abort());
    const page = await openPlayground(lonely, served.url);
    await page.engineStatus();
    await page.choose('Pack', 'standard');
    await page.page.waitForSelector('body[data-engine="failed"]', { timeout: 60_000 });
    const error = await page.text('#engine-error');
    expect(error).toContain('DOWNLOAD_FAILED');
    expect(error).toContain('take the starter pack, which needs no download');
    await lonely.close();
  });

  it('can be used by keyboard and read by roles', async () => {
    const { page } = playground;
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('isoface playground');
    for (const name of ['Choose photos', 'Pack', 'Runs on', 'Detection size', 'False match rate', 'Boxes', '68 landmarks']) {
      expect(await page.getByLabel(name, { exact: true }).count(), name).toBe(1);
    }
    const unnamed = await page.locator('button, select, input').evaluateAll(
      (controls) =>
        controls.filter((control) => {
          const labels = (control as HTMLInputElement).labels?.length ?? 0;
          return labels === 0 && control.textContent === '' && !control.hasAttribute('aria-label');
        }).length,
    );
    expect(unnamed).toBe(0);
    expect(await page.locator('img:not([alt])').count()).toBe(0);

    await page.getByRole('tab', { name: 'Photos' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { name: 'Camera' }).getAttribute('aria-selected')).toBe('true');
    expect(await page.getByRole('tabpanel', { name: 'Camera' }).isVisible()).toBe(true);
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('tabpanel', { name: 'Photos' }).isVisible()).toBe(true);
  });

  it('fits on a screen of 360 pixels', async () => {
    await playground.page.setViewportSize({ width: 360, height: 740 });
    expect(await playground.page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await playground.page.setViewportSize({ width: 1280, height: 720 });
  });

  it('works offline after the first visit', async () => {
    await playground.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await context.setOffline(true);
    try {
      await playground.page.reload();
      expect(await playground.engineStatus()).toMatch(/^Ready: starter/);
      await playground.page.getByRole('button', { name: 'Load demo photos' }).click();
      await playground.photosDone(6);
      expect(await playground.page.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
    } finally {
      await context.setOffline(false);
    }
  });
});

async function askNode(): Promise<Expected> {
  const engine = await createFaceEngine({ pack: 'starter', threads: 1 });
  try {
    const analyses = await Promise.all(PHOTOS.map((name) => engine.analyze(demoPhoto(`${name}.jpg`))));
    const faces = analyses.flatMap((analysis, i) =>
      analysis.faces.flatMap(({ embedding }, n) => (embedding === undefined ? [] : [{ label: `${PHOTOS[i]} #${n + 1}`, embedding }])),
    );
    const pairs = faces.flatMap((a, i) =>
      faces
        .slice(i + 1)
        .map((b) => ({ a: a.label, b: b.label, similarity: compareEmbeddings(a.embedding, b.embedding, 'cosine').similarity })),
    );
    const { thresholds, flipAveraging } = engine.info;
    return {
      counts: analyses.map((analysis) => analysis.faces.length),
      pairs: pairs.sort((x, y) => y.similarity - x.similarity),
      thresholdOf: (fmr) => selectThreshold(thresholds, fmr, flipAveraging).threshold,
    };
  } finally {
    await engine.dispose();
  }
}
