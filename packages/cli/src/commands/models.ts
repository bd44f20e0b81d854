/** `isoface models`: the group of commands about model files. */

import type { Command } from 'commander';
import type { RunCommand } from '../session.ts';
import { addModelsImportCommand } from './models-import.ts';
import { addModelsListCommand } from './models-list.ts';
import { addModelsPullCommand } from './models-pull.ts';
import { addModelsQuantizeCommand } from './models-quantize.ts';
import { addModelsShowCommand } from './models-show.ts';
import { addModelsVerifyCommand } from './models-verify.ts';

/** Adds the group. */
export function addModelsCommand(program: Command, run: RunCommand): void {
  const models = program.command('models').description('list, download, check, convert, shrink and inspect models');
  addModelsListCommand(models, run);
  addModelsPullCommand(models, run);
  addModelsVerifyCommand(models, run);
  addModelsImportCommand(models, run);
  addModelsQuantizeCommand(models, run);
  addModelsShowCommand(models, run);
}
