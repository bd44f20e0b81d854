/**
 * A gallery finds on real photos exactly what `isoface eval identify` measures. On a part of LFW by default;
 * `ISOFACE_WHOLE_LFW=1 npx vitest run --config vitest.workspace.ts packages/cli/test/gallery-lfw.test.ts` does it with all of it, on all threads, and
 * prints both sets of rates (`ISOFACE_LFW_PACK` chooses the pack).
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatTable } from '../src/output/text-table.ts';
import { compareWithEval, type RateComparison, type SearchRates } from './support/compare-with-eval.ts';
import { copyPeople } from './support/copy-people.ts';
import { ENGINE } from './support/run-in-process.ts';

const IS_WHOLE = process.env['ISOFACE_WHOLE_LFW'] === '1';
const HOURS_MS = 3_600_000;

let folder: string;

describe.runIf(hasSharedData)('a gallery and eval identify', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-cli-gallery-lfw-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  if (IS_WHOLE) {
    it(
      'give the same rates on all of LFW',
      async () => {
        const engine = ['--ep', 'cpu', '--pack', process.env['ISOFACE_LFW_PACK'] ?? 'starter'];
        const compared = await compareWithEval({ data: sharedPath('data/lfw'), folder, seed: 1, fpirs: ['1e-2', '1e-1'], engine });
        process.stdout.write(`${describeComparison(compared)}\n`);
        expect(compared.byGallery).toEqual(compared.byEvaluation);
      },
      HOURS_MS,
    );
  } else {
    it('give the same rates on a part of LFW', async () => {
      const data = join(folder, 'photos');
      await copyPeople(data, 25, 25);
      const compared = await compareWithEval({ data, folder, seed: 7, fpirs: ['1e-1', '2e-1', '4e-2'], engine: ENGINE });
      expect(compared.byGallery).toEqual(compared.byEvaluation);
      expect(compared.byGallery).toMatchObject({ gallerySize: 25, matedProbes: 25, nonMatedProbes: 25 });
      // The thresholds tell people apart: otherwise equal rates would mean little.
      expect(compared.byGallery.rank1).toBeGreaterThan(0.5);
      expect(compared.byGallery.at['1e-1']?.fnir).toBeLessThan(1);
      expect(compared.byGallery.at['1e-1']?.fpir).toBeGreaterThan(0);
    });
  }
});

function describeComparison({ byEvaluation, byGallery, imagesPerSecond }: RateComparison): string {
  const row = (name: string, of: (rates: SearchRates) => number | undefined): string[] => [name, `${of(byEvaluation)}`, `${of(byGallery)}`];
  return formatTable(
    [
      ['', 'eval identify', 'gallery'],
      row('people enrolled', ({ gallerySize }) => gallerySize),
      row('failed to enrol', ({ failuresToEnrol }) => failuresToEnrol),
      row('known probes', ({ matedProbes }) => matedProbes),
      row('unknown probes', ({ nonMatedProbes }) => nonMatedProbes),
      row('rank 1', ({ rank1 }) => rank1),
      ...Object.keys(byEvaluation.at).flatMap((fpir) => [
        row(`threshold at FPIR ${fpir}`, ({ at }) => at[fpir]?.threshold),
        row(`FPIR at ${fpir}`, ({ at }) => at[fpir]?.fpir),
        row(`FNIR at ${fpir}`, ({ at }) => at[fpir]?.fnir),
      ]),
      ['photos/s (eval, enrol)', `${imagesPerSecond.evaluation}`, `${imagesPerSecond.enrol}`],
    ],
    1,
  );
}
