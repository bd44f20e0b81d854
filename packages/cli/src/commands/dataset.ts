/** `isoface dataset`: the group of commands about sets of test images. */

import type { Command } from 'commander';
import type { RunCommand } from '../session.ts';
import { addDatasetAnnotateCommand } from './dataset-annotate.ts';
import { addDatasetIndexCommand } from './dataset-index.ts';

/** Adds the group. */
export function addDatasetCommand(program: Command, run: RunCommand): void {
  const dataset = program.command('dataset').description('list and prepare test images');
  addDatasetIndexCommand(dataset, run);
  addDatasetAnnotateCommand(dataset, run);
}
