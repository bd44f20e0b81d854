/** `isoface calibrate`: thresholds for a pack from data of one's own. */

import { FaceError } from '@isoface/core';
import { type Calibration, calibrate, formatPercent, formatRate, openIdentitySet, withThresholds } from '@isoface/evaluation';
import { parsePackManifest } from '@isoface/models';
import type { Command } from 'commander';
import { addOutputOptions, toWholeNumber } from '../engine/engine-options.ts';
import { addSourceOptions, type EvalCliOptions, toRates } from '../evaluation/eval-options.ts';
import { reportProblems, reportProvenance, showSteps } from '../evaluation/report-provenance.ts';
import { writeTextFile } from '../evaluation/result-files.ts';
import { withTemplateSource } from '../evaluation/with-template-source.ts';
import { formatJson } from '../output/format-json.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface CalibrateCliOptions extends EvalCliOptions {
  readonly out?: string | undefined;
  readonly name?: string | undefined;
  readonly fmr?: readonly number[] | undefined;
  readonly fpir?: readonly number[] | undefined;
  readonly rounds: number;
}

const HELP = `
Every image is compared with every image of other people; the thresholds are those that the wanted share of these comparisons reaches. For search,
one image of each person who has two or more is enrolled and people with a single image are searched for.
--data is a folder with a folder per person, or an index from isoface dataset index. Use faces like those that will be compared: thresholds from
news photos say little about a door camera. --flip calibrates embeddings with flip averaging; a manifest holds thresholds for both.

Examples:
  isoface calibrate --data staff-photos --pack standard --name "staff photos 2026" --out standard-staff.json
  isoface calibrate --data staff-photos --pack standard-staff.json --flip --out standard-staff.json
  isoface verify a.jpg b.jpg --pack standard-staff.json --fmr 1e-4

Rates for which the data has fewer than one false match to expect are left out.
Exit codes: 0 done, 2 error.`;

/** Adds the command. */
export function addCalibrateCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('calibrate')
    .description('find the thresholds of a pack for false match rates, on data of your own')
    .option('--out <file>', 'write the manifest of the pack with the thresholds in it')
    .option('--name <text>', 'what the data set is called in the manifest (default: the name of its folder)')
    .option('--fmr <rates>', 'false match rates (default: 1e-2,1e-3,1e-4,1e-5)', toRates)
    .option('--fpir <rates>', 'false positive identification rates (default: 1e-1,1e-2)', toRates)
    .option('--rounds <n>', 'rounds of the bootstrap over people', toWholeNumber, 500)
    .addHelpText('after', HELP);
  addOutputOptions(addSourceOptions(command)).action((options: CalibrateCliOptions) =>
    run(options, (session) => calibratePack(options, session)),
  );
}

async function calibratePack(options: CalibrateCliOptions, session: Session): Promise<CommandResult> {
  const { signal, resolvePath, note } = session;
  if (options.recognizer !== undefined && options.recognizer !== 'pack') {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected the recognizer of a pack, got "${options.recognizer}"; only packs have a manifest for thresholds.`,
      {
        option: 'recognizer',
      },
    );
  }
  const set = await openIdentitySet(resolvePath(options.data), signal);
  const { calibration, pack } = await withTemplateSource(options, session, async ({ source, cache, pack: used }) => ({
    pack: used,
    calibration: await calibrate(set, {
      source,
      cache,
      datasetName: options.name,
      rates: options.fmr,
      fpirs: options.fpir,
      rounds: options.rounds,
      seed: options.seed,
      signal,
      onProgress: showSteps(session),
    }),
  }));
  report(calibration, session);
  const manifest = parsePackManifest(withThresholds(pack, calibration));
  if (options.out !== undefined) {
    await writeTextFile(options.out, `${formatJson(manifest)}\n`, session);
  } else {
    note('Nothing was written; --out FILE writes the manifest.');
  }
  return { document: { ...calibration, manifest } };
}

function report({ verification, identification, thresholds, searchThresholds }: Calibration, session: Session): void {
  const { print } = session;
  const rows = thresholds.map(({ fmr, threshold, ci95 }) => {
    const at = verification.tarAtFmr[fmr.toExponential()];
    return [
      fmr.toExponential(),
      threshold.toFixed(5),
      formatRate(at?.fmr ?? fmr, ci95),
      at === undefined ? '–' : formatPercent(at.tar, at.ci95),
    ];
  });
  print(`${verification.impostorPairs} impostor and ${verification.genuinePairs} genuine comparisons`);
  print(formatTable([['FMR', 'threshold', 'FMR reached', 'TAR on the same data'], ...rows]));
  const searchRows = searchThresholds.map(({ fpir, threshold, ci95 }) => {
    const at = identification.openSet.atFpir[fpir.toExponential()];
    return [
      fpir.toExponential(),
      threshold.toFixed(5),
      formatRate(at?.fpir ?? fpir, ci95),
      at === undefined ? '–' : formatPercent(at.fnir, at.fnirCi95),
    ];
  });
  print(`search: gallery of ${identification.gallerySize} people, ${identification.openSet.nonMatedProbes} strangers`);
  print(formatTable([['FPIR', 'threshold', 'FPIR reached', 'FNIR on the same data'], ...searchRows]));
  reportProvenance(verification, session);
  reportProblems(verification.problems, session);
}
