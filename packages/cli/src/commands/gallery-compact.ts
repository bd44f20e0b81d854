/** `isoface gallery compact`: unused space given back. */

import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { describeBytes } from '../models/describe-model.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

const HELP = `
Deleting needs no compaction: what was removed leaves no byte behind. This gives back the space.
Document of --json: { gallery, before: { bytes, reclaimableBytes, … }, after }.
Exit codes: 0 done, 2 error.`;

/** Adds the command. */
export function addGalleryCompactCommand(gallery: Command, run: RunCommand): void {
  const command = gallery.command('compact').description('give back space that is no longer used').addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((options: GalleryCliOptions) =>
    run(options, (session) => compactGallery(options, session)),
  );
}

async function compactGallery(options: GalleryCliOptions, session: Session): Promise<CommandResult> {
  return withStoredGallery(options, session, 'write', async (gallery, info) => {
    const before = await gallery.stats();
    await gallery.compact();
    const after = await gallery.stats();
    const [was, is] = [before.bytes, after.bytes];
    session.print(
      was === undefined || is === undefined ? 'compacted' : `compacted: ${describeBytes(was)} before, ${describeBytes(is)} now`,
    );
    return { document: { gallery: toGalleryData(info), before, after } };
  });
}
