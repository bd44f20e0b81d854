/** `isoface gallery`: the group of commands about galleries. */

import type { Command } from 'commander';
import type { RunCommand } from '../session.ts';
import { addGalleryCompactCommand } from './gallery-compact.ts';
import { addGalleryExportCommand } from './gallery-export.ts';
import { addGalleryImportCommand } from './gallery-import.ts';
import { addGalleryKeygenCommand } from './gallery-keygen.ts';
import { addGalleryListCommand } from './gallery-list.ts';
import { addGalleryRekeyCommand } from './gallery-rekey.ts';
import { addGalleryRemoveCommand } from './gallery-remove.ts';
import { addGalleryShowCommand } from './gallery-show.ts';
import { addGalleryStatsCommand } from './gallery-stats.ts';
import { addGalleryVerifyCommand } from './gallery-verify.ts';

/** Adds the group. */
export function addGalleryCommand(program: Command, run: RunCommand): void {
  const gallery = program.command('gallery').description('list, show, remove, export, import, check and protect who is enrolled');
  addGalleryListCommand(gallery, run);
  addGalleryShowCommand(gallery, run);
  addGalleryRemoveCommand(gallery, run);
  addGalleryExportCommand(gallery, run);
  addGalleryImportCommand(gallery, run);
  addGalleryStatsCommand(gallery, run);
  addGalleryVerifyCommand(gallery, run);
  addGalleryCompactCommand(gallery, run);
  addGalleryKeygenCommand(gallery, run);
  addGalleryRekeyCommand(gallery, run);
}
