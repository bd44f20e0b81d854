/** `isoface gallery verify`: is everything still what it was? */

import { FaceError } from '@isoface/core';
import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { showGalleryProgress, toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { toErrorData } from '../output/describe-error.ts';
import { countOf } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const HELP = `
Reads, decrypts and checks every person and template. Of an encrypted gallery the key is needed.
Document of --json: { gallery, identities, templates, damage: [{ where, message, identity }], error }.
Exit codes: 0 all is well, 2 something is damaged, or the gallery cannot be opened.`;

/** Adds the command. */
export function addGalleryVerifyCommand(gallery: Command, run: RunCommand): void {
  const command = gallery.command('verify').description('read and check everything').addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((options: GalleryCliOptions) =>
    run(options, (session) => verifyGallery(options, session)),
  );
}

async function verifyGallery(options: GalleryCliOptions, session: Session): Promise<CommandResult> {
  const { signal, print, note } = session;
  return withStoredGallery(options, session, 'read', async (gallery, info) => {
    const check = await gallery.verify({ signal, onProgress: showGalleryProgress(session) });
    const { identities, templates, damage } = check;
    for (const { where, message, identity } of damage)
      print(`DAMAGED  ${printable(where)}${identity === undefined ? '' : `  ${printable(identity)}`}  ${printable(message)}`);
    print(`${identities} people with ${countOf(templates, 'template')} are intact; ${countOf(damage.length, 'part')} damaged`);
    const document = { gallery: toGalleryData(info), ...check };
    if (damage.length === 0) return { document };
    const advice = 'What is intact can still be searched and exported; enrol the others again, or go back to a copy.';
    const message = `${countOf(damage.length, 'part')} of ${info.location} cannot be read. ${advice}`;
    const error = new FaceError('GALLERY_DAMAGED', message, { location: info.location, damage });
    note(printable(error.message));
    return { document: { ...document, error: toErrorData(error) }, exitCode: EXIT.error };
  });
}
