import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureChromium } from '../chromium.mjs';
import { chromiumCandidates, findChromium, findSoftwareVulkan } from '../find-chromium.mjs';

let root;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'isoface-chromium-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function makeFile(path, mode = 0o755) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  chmodSync(file, mode);
  return file;
}

const search = (env = {}) => ({
  env: { PATH: `${join(root, 'bin')}:${join(root, 'more')}`, ...env },
  playwrightPath: join(root, 'playwright/chrome'),
  folders: [join(root, 'usr/bin')],
});

describe('the search for a Chromium', () => {
  it.each([
    ['Playwright’s own before the system’s', ['playwright/chrome', 'bin/chromium'], 'playwright/chrome'],
    ['chromium before chromium-browser', ['bin/chromium-browser', 'more/chromium'], 'more/chromium'],
    ['chromium-browser before google-chrome', ['bin/google-chrome', 'more/chromium-browser'], 'more/chromium-browser'],
    ['the first folder of PATH before the second', ['more/chromium', 'bin/chromium'], 'bin/chromium'],
    ['the usual folder when PATH does not name it', ['usr/bin/google-chrome'], 'usr/bin/google-chrome'],
    ['nothing when there is nothing', [], undefined],
  ])('takes %s', (_, files, expected) => {
    for (const file of files) makeFile(file);
    expect(findChromium(search())).toBe(expected && join(root, expected));
  });

  it('takes what ISOFACE_CHROMIUM names, and nothing else', () => {
    makeFile('playwright/chrome');
    const own = makeFile('own/browser');
    expect(chromiumCandidates(search({ ISOFACE_CHROMIUM: own }))).toEqual([own]);
  });

  it('refuses an ISOFACE_CHROMIUM that names no program', () => {
    makeFile('bin/chromium');
    const missing = join(root, 'missing');
    expect(() => findChromium(search({ ISOFACE_CHROMIUM: missing }))).toThrow(`ISOFACE_CHROMIUM names ${missing}, which is no program.`);
  });

  it('passes over folders and files that cannot be run', () => {
    mkdirSync(join(root, 'bin/chromium'), { recursive: true });
    makeFile('more/chromium', 0o644);
    const chrome = makeFile('more/google-chrome');
    expect(chromiumCandidates(search())).toEqual([chrome]);
  });

  it('lists no file twice', () => {
    const file = makeFile('bin/chromium');
    expect(chromiumCandidates({ ...search(), folders: [join(root, 'bin')] })).toEqual([file]);
  });
});

describe('the search for a software Vulkan', () => {
  it.each([
    ['beside the executable', 'opt/chrome/chrome', 'opt/chrome/vk_swiftshader_icd.json'],
    ['in the folder of libraries that has the name of the command', 'bin/chromium', 'lib/chromium/vk_swiftshader_icd.json'],
  ])('looks %s', (_, executable, driver) => {
    expect(findSoftwareVulkan(makeFile(executable), join(root, 'lib'))).toBeUndefined();
    const file = makeFile(driver, 0o644);
    expect(findSoftwareVulkan(join(root, executable), join(root, 'lib'))).toBe(file);
  });

  it('follows a link to the executable', () => {
    const driver = makeFile('opt/chrome/vk_swiftshader_icd.json', 0o644);
    mkdirSync(join(root, 'bin'));
    symlinkSync(makeFile('opt/chrome/chrome'), join(root, 'bin/google-chrome'));
    expect(findSoftwareVulkan(join(root, 'bin/google-chrome'), join(root, 'lib'))).toBe(driver);
  });
});

describe('ensureChromium', () => {
  /** A machine on which each installer may bring a browser. */
  function machine({ present = [], brings = [], broken = [] }) {
    const installed = [...present];
    const installers = brings.map((path) => vi.fn(async () => void (path && installed.push(path))));
    return { candidates: () => installed, starts: (path) => !broken.includes(path), installers };
  }

  it.each([
    ['the first that is there', { present: ['a', 'b'], brings: ['c'] }, 'a', [0]],
    ['the first that starts', { present: ['a', 'b'], broken: ['a'], brings: ['c'] }, 'b', [0]],
    ['what the first installer brings', { brings: ['c', 'd'] }, 'c', [1, 0]],
    ['what the second brings when the first brings nothing', { brings: [undefined, 'd'] }, 'd', [1, 1]],
    ['what the second brings when that of the first does not start', { brings: ['c', 'd'], broken: ['c'] }, 'd', [1, 1]],
  ])('gives %s', async (_, description, expected, calls) => {
    const parts = machine(description);
    expect(await ensureChromium(parts)).toBe(expected);
    expect(parts.installers.map((install) => install.mock.calls.length)).toEqual(calls);
  });

  it('says what to do when nothing helps', async () => {
    await expect(ensureChromium(machine({ brings: [undefined] }))).rejects.toThrow(/apt-get install chromium.*ISOFACE_CHROMIUM/s);
  });

  it('does not replace a browser that the user named wrongly', async () => {
    const installers = [vi.fn()];
    const candidates = () => chromiumCandidates(search({ ISOFACE_CHROMIUM: join(root, 'missing') }));
    await expect(ensureChromium({ candidates, installers })).rejects.toThrow('which is no program');
    expect(installers[0]).not.toHaveBeenCalled();
  });
});
