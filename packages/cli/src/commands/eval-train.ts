/** `isoface eval train`: eigenfaces from the faces of a data set. */

import { encodeEigenfaces } from '@isoface/core/recognizers';
import { openIdentitySet, trainOn, writeFileAtomically } from '@isoface/evaluation';
import type { Command } from 'commander';
import { addOutputOptions, toRate, toWholeNumber } from '../engine/engine-options.ts';
import { addSourceOptions, type EvalCliOptions } from '../evaluation/eval-options.ts';
import { reportProblems } from '../evaluation/report-provenance.ts';
import { withTemplateSource } from '../evaluation/with-template-source.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface EvalTrainOptions extends EvalCliOptions {
  readonly out: string;
  readonly energy?: number | undefined;
  readonly components?: number | undefined;
  readonly count: number;
}

const HELP = `
Train on other people than you measure on.

Examples:
  isoface eval train --data photos --out eigenfaces.bin
  isoface eval verify --protocol all-vs-all --data others --recognizer eigenfaces:eigenfaces.bin

Exit codes: 0 trained, 2 error.`;

/** Adds the command. */
export function addEvalTrainCommand(group: Command, run: RunCommand): void {
  const command = group
    .command('train')
    .description('train eigenfaces on the faces of a data set')
    .requiredOption('--out <file>', 'where the model is written')
    .option('--count <n>', 'faces to train on at most', toWholeNumber, 1000)
    .option('--energy <share>', 'share of the variance that is kept (default: 0.95)', toRate)
    .option('--components <n>', 'number of eigenfaces instead', toWholeNumber)
    .addHelpText('after', HELP);
  addOutputOptions(addSourceOptions(command)).action((options: EvalTrainOptions) => run(options, (session) => train(options, session)));
}

async function train(options: EvalTrainOptions, session: Session): Promise<CommandResult> {
  const { signal, progress, resolvePath, print } = session;
  const { images } = await openIdentitySet(resolvePath(options.data), signal);
  const { count, energy, components, seed, out } = options;
  const trained = await withTemplateSource({ ...options, recognizer: 'eigenfaces' }, session, ({ source, cache }) =>
    trainOn(images, {
      source,
      cache,
      count,
      energy,
      components,
      seed,
      signal,
      onProgress: (_, done, total) => progress.items('Faces', done, total),
    }),
  );
  const { model, faces, failuresToAcquire, problems } = trained;
  const bytes = encodeEigenfaces(model);
  await writeFileAtomically(resolvePath(out), bytes, signal);
  const kept = model.eigenvalues.reduce((sum, value) => sum + value, 0) / model.totalVariance;
  print(`${model.eigenvalues.length} eigenfaces of ${faces} faces, ${(kept * 100).toFixed(1)} % of their variance: ${out}`);
  reportProblems(problems, session);
  return {
    document: { file: out, bytes: bytes.length, components: model.eigenvalues.length, energy: kept, faces, failuresToAcquire, problems },
  };
}
