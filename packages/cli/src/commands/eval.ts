/** `isoface eval`: the group of commands that measure. */

import type { Command } from 'commander';
import type { RunCommand } from '../session.ts';
import { addEvalDetectCommand } from './eval-detect.ts';
import { addEvalIdentifyCommand } from './eval-identify.ts';
import { addEvalLivenessCommand } from './eval-liveness.ts';
import { addEvalTrainCommand } from './eval-train.ts';
import { addEvalVerifyCommand } from './eval-verify.ts';

/** Adds the group. */
export function addEvalCommand(program: Command, run: RunCommand): void {
  const group = program.command('eval').description('measure error rates by the terms of ISO/IEC 19795 and 30107-3');
  addEvalVerifyCommand(group, run);
  addEvalIdentifyCommand(group, run);
  addEvalDetectCommand(group, run);
  addEvalLivenessCommand(group, run);
  addEvalTrainCommand(group, run);
}
