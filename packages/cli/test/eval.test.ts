import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Calibration, IdentificationResult, VerificationResult } from '@isoface/evaluation';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyPeople } from './support/copy-people.ts';
import { type CliRun, ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

const EXAMPLE = join(dirname(fileURLToPath(import.meta.url)), '../../../examples/own-recognizer/recognizer.mjs');
/** People with two photos, and strangers with one. */
const [KNOWN, STRANGERS] = [10, 8];

let folder: string;
let people: readonly string[] = [];
let pairs: readonly string[] = [];

async function evaluate(...argv: string[]): Promise<CliRun> {
  return runInProcess(['eval', ...argv, '--cache', 'cache', ...ENGINE], { cwd: folder });
}

describe.runIf(hasSharedData)('isoface eval', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-cli-eval-'));
    ({ people, pairs } = await copyPeople(join(folder, 'photos'), KNOWN, STRANGERS));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('compares every image with every other, and the second time from the cache', async () => {
    const run = await evaluate('verify', '--protocol', 'all-vs-all', '--data', 'photos', '--fmr', '1e-1,1e-2', '--rounds', '20', '--json');
    expect(run.exitCode, run.stderr).toBe(0);
    const first = parseDocument<VerificationResult>(run);
    const images = KNOWN * 2 + STRANGERS;
    expect(first).toMatchObject({
      protocol: 'all-vs-all',
      dataset: 'photos',
      pack: 'starter',
      recognizer: 'starter',
      contract: expect.stringMatching(/^[0-9a-f]{64}$/),
      images,
      fta: 0,
      pairs: (images * (images - 1)) / 2,
      pairsCovered: (images * (images - 1)) / 2,
      genuinePairs: KNOWN,
      imagesFromCache: 0,
      imagesPerSecond: expect.any(Number),
    });
    expect(first.auc).toBeGreaterThan(0.9);
    const again = parseDocument<VerificationResult>(
      await evaluate(
        'verify',
        '--protocol',
        'all-vs-all',
        '--data',
        'photos',
        '--fmr',
        '1e-1,1e-2',
        '--rounds',
        '20',
        '--json',
        '--resume',
      ),
    );
    expect(again.imagesFromCache).toBe(images);
    expect(again.tarAtFmr).toEqual(first.tarAtFmr);
  });

  it('measures a table of pairs, and counts those whose images are not there', async () => {
    await writeFile(
      join(folder, 'pairs.tsv'),
      ['same\tfile1\tfile2', ...pairs, `1\t${people[0]}/gone.jpg\t${people[1]}/gone.jpg`].join('\r\n'),
    );
    const files = ['--json', 'out/result.json', '--csv', 'out/result.csv', '--html', 'out/result.html'];
    const strata = ['--strata', 'illumination,pose,occlusion,size,blur', '--fmr', '1e-1,1e-3'];
    const run = await evaluate('verify', '--protocol', 'pairs', '--data', 'pairs.tsv', '--images', 'photos', ...strata, ...files);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain(`${KNOWN * 2} of ${KNOWN * 2 + 1} pairs compared`);
    expect(run.stderr).toContain('missing');
    const result = JSON.parse(await readFile(join(folder, 'out/result.json'), 'utf8')) as VerificationResult;
    expect(result).toMatchObject({ protocol: 'pairs', pairs: KNOWN * 2 + 1, pairsCovered: KNOWN * 2, strataFmr: 1e-3 });
    for (const axis of ['illumination', 'pose', 'occlusion', 'size', 'blur']) {
      const classes = result.strata?.filter((stratum) => stratum.axis === axis) ?? [];
      expect(classes.reduce((sum, { genuinePairs }) => sum + genuinePairs, 0)).toBe(KNOWN);
      expect(classes.reduce((sum, { impostorPairs }) => sum + impostorPairs, 0)).toBe(KNOWN);
    }
    expect(await readFile(join(folder, 'out/result.csv'), 'utf8')).toMatch(/^wanted FMR,threshold,FMR/);
    const html = await readFile(join(folder, 'out/result.html'), 'utf8');
    expect(html).toContain('Detection error trade-off');
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  });

  it('does not call a part of LFW by its name', async () => {
    const lfw = join(folder, 'lfw');
    await mkdir(lfw, { recursive: true });
    await copyFile(sharedPath('data/lfw/pairs.txt'), join(lfw, 'pairs.txt'));
    const [name = ''] = people;
    for (const file of await readdir(join(folder, 'photos', name))) await copyFile(join(folder, 'photos', name, file), join(lfw, file));
    const refused = await evaluate('verify', '--protocol', 'lfw', '--data', 'lfw', '--json');
    expect(refused.exitCode).toBe(2);
    expect(parseDocument(refused)).toMatchObject({
      error: { code: 'DATASET_INVALID', message: expect.stringContaining('--allow-missing') },
    });
    // One pair of one person: there is nothing to compute a false match rate from, and that is said.
    const partial = await evaluate('verify', '--protocol', 'lfw', '--data', 'lfw', '--allow-missing', '--json');
    expect(parseDocument(partial)).toMatchObject({ error: { code: 'SCORES_INVALID' } });
  });

  it.each(['lbph', EXAMPLE])('measures the recognizer %s behind the same interface', async (recognizer) => {
    const run = await evaluate(
      'verify',
      '--protocol',
      'all-vs-all',
      '--data',
      'photos',
      '--recognizer',
      recognizer,
      '--rounds',
      '20',
      '--json',
    );
    expect(run.exitCode, run.stdout).toBe(0);
    const result = parseDocument<VerificationResult>(run);
    expect(result).toMatchObject({ recognizer: recognizer === EXAMPLE ? 'gradients' : 'lbph', pack: 'starter', genuinePairs: KNOWN });
    // Better than guessing, far from a network.
    expect(result.auc).toBeGreaterThan(0.5);
  });

  it('trains eigenfaces and takes them from their file', async () => {
    const trained = await evaluate('train', '--data', 'photos', '--out', 'eigenfaces.bin', '--components', '5', '--json');
    expect(trained.exitCode, trained.stdout).toBe(0);
    expect(parseDocument(trained)).toMatchObject({ components: 5, faces: KNOWN * 2 + STRANGERS });
    const run = await evaluate('identify', '--data', 'photos', '--recognizer', 'eigenfaces:eigenfaces.bin', '--json');
    expect(run.exitCode, run.stdout).toBe(0);
    expect(parseDocument(run)).toMatchObject({ recognizer: 'eigenfaces', gallerySize: KNOWN });
  });

  it('searches in a gallery', async () => {
    const run = await evaluate('identify', '--data', 'photos', '--fpir', '0.25', '--json');
    expect(run.exitCode, run.stdout).toBe(0);
    const { closedSet, openSet, ...result } = parseDocument<IdentificationResult>(run);
    expect(result).toMatchObject({ gallerySize: KNOWN, failuresToEnrol: 0, fte: 0 });
    expect(closedSet.probes).toBe(KNOWN);
    expect(openSet).toMatchObject({ nonMatedProbes: STRANGERS, atFpir: { '2.5e-1': { fpir: expect.any(Number) } } });
  });

  it('writes a manifest whose thresholds the other commands take', async () => {
    const argv = [
      'calibrate',
      '--data',
      'photos',
      '--fmr',
      '1e-1',
      '--fpir',
      '0.25',
      '--name',
      'a few faces',
      '--out',
      'mine.json',
      '--rounds',
      '20',
    ];
    const run = await runInProcess([...argv, '--cache', 'cache', ...ENGINE, '--json'], { cwd: folder });
    expect(run.exitCode, run.stdout).toBe(0);
    const { thresholds } = parseDocument<Calibration>(run);
    expect(thresholds).toMatchObject([{ fmr: 1e-1, dataset: expect.stringContaining('a few faces') }]);
    const [first = ''] = await readdir(join(folder, 'photos', people[0] as string));
    const photo = join(folder, 'photos', people[0] as string, first);
    const verified = await runInProcess(['verify', photo, photo, '--pack', 'mine.json', '--fmr', '1e-1', '--json', ...ENGINE], {
      cwd: folder,
    });
    expect(parseDocument(verified)).toMatchObject({ match: true, threshold: thresholds[0]?.threshold, fmr: 1e-1 });
  });

  it('keeps nothing where none is wanted', async () => {
    const argv = ['eval', 'identify', '--data', 'photos', '--no-cache', '--json', ...ENGINE];
    const run = await runInProcess(argv, { cwd: folder });
    expect(parseDocument<IdentificationResult>(run).imagesFromCache).toBe(0);
  });

  it.each([
    [['verify', '--protocol', 'all-vs-all', '--data', 'nowhere'], 'IO_FAILED', 'nowhere'],
    [['verify', '--protocol', 'all-vs-all', '--data', 'photos', '--strata', 'pose'], 'INVALID_OPTION', '--strata'],
    [['verify', '--protocol', 'pairs', '--data', 'pairs.tsv', '--strata', 'age'], 'INVALID_OPTION', 'illumination'],
    [['verify', '--data', 'photos', '--fmr', '2'], 'INVALID_OPTION', 'between 0 and 1'],
    [['identify', '--data', 'photos', '--recognizer', 'sift'], 'INVALID_OPTION', 'lbph'],
    [['identify', '--data', 'photos', '--recognizer', 'gone.mjs'], 'INVALID_OPTION', 'gone.mjs'],
    [['identify', '--data', 'photos', '--recognizer', 'eigenfaces'], 'INVALID_OPTION', 'eval train'],
    [['identify', '--data', 'photos', '--recognizer', 'eigenfaces:gone.bin'], 'IO_FAILED', 'gone.bin'],
    [['identify', '--data', 'photos', '--flip', '--resume'], 'INVALID_OPTION', '--resume'],
    [['identify', '--data', 'photos', '--pack', 'sface'], 'MODEL_NOT_FOUND', 'sface'],
  ])('refuses %j', async (argv, code, part) => {
    await writeFile(join(folder, 'pairs.tsv'), ['same\tfile1\tfile2', ...pairs].join('\n'));
    const run = await evaluate(...argv, '--json');
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code, message: expect.stringContaining(part) } });
  });
});
