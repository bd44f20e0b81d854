/** `isoface gallery list`: who is enrolled. */

import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { printable } from '../output/printable.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

const HELP = `
Examples:
  isoface gallery list --gallery people.gallery
  isoface gallery list --gallery people.gallery --json | jq -r '.identities[].id'

One line per person: the number of templates, a tab, the name. By name.
Document of --json: { gallery, identities: [{ id, templates }] }.
Exit codes: 0 listed, 2 error.`;

/** Adds the command. */
export function addGalleryListCommand(gallery: Command, run: RunCommand): void {
  const command = gallery.command('list').description('names of the people who are enrolled').addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((options: GalleryCliOptions) =>
    run(options, (session) => listIdentities(options, session)),
  );
}

async function listIdentities(options: GalleryCliOptions, session: Session): Promise<CommandResult> {
  const { signal, print } = session;
  return withStoredGallery(options, session, 'read', async (gallery, info) => {
    const identities: { id: string; templates: number }[] = [];
    for await (const { id, templates } of gallery.list({ signal })) {
      signal.throwIfAborted();
      print(`${templates}\t${printable(id)}`);
      // The lines are gone once they are written; the document is needed as a whole.
      if (options.json === true) identities.push({ id, templates });
    }
    return { document: { gallery: toGalleryData(info), identities } };
  });
}
