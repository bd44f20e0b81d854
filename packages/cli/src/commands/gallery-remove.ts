/** `isoface gallery remove`: people out of a gallery. */

import { FaceError } from '@isoface/core';
import type { Command } from 'commander';
import { addOutputOptions, toWholeNumber } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { printable } from '../output/printable.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface RemoveOptions extends GalleryCliOptions {
  readonly template?: number | undefined;
}

const HELP = `
Examples:
  isoface gallery remove ada bea --gallery people.gallery
  isoface gallery remove ada --template 3 --gallery people.gallery

No question is asked. Every byte of the templates is gone from the gallery when the command ends; copies and exports are yours to delete.
Document of --json: { gallery, removed: [name], unknown: [name] }.
Exit codes: 0 removed, 1 some names were not enrolled (the others are removed), 2 error.`;

/** Adds the command. */
export function addGalleryRemoveCommand(gallery: Command, run: RunCommand): void {
  const command = gallery
    .command('remove')
    .description('remove people and every byte of their templates')
    .argument('<name...>', 'as gallery list shows them')
    .option('--template <id>', 'remove this template only; with the last one the person', toWholeNumber)
    .addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((names: string[], options: RemoveOptions) =>
    run(options, (session) => removeIdentities(names, options, session)),
  );
}

async function removeIdentities(names: readonly string[], options: RemoveOptions, session: Session): Promise<CommandResult> {
  const { signal, print, note } = session;
  const { template } = options;
  if (template !== undefined && names.length > 1) {
    const message = `Expected one name with --template, got ${names.length}; template numbers belong to a person.`;
    throw new FaceError('INVALID_OPTION', message, { option: 'template' });
  }
  return withStoredGallery(options, session, 'write', async (gallery) => {
    const removed: string[] = [];
    const unknown: string[] = [];
    for (const name of new Set(names)) {
      signal.throwIfAborted();
      const isGone = template === undefined ? await gallery.remove(name) : await removeTemplate(gallery, name, template);
      (isGone ? removed : unknown).push(name);
      if (isGone) print(`${printable(name)}: ${template === undefined ? 'removed' : `template ${template} removed`}`);
      else note(`${printable(name)}: nobody is enrolled under this name.`);
    }
    return {
      document: { gallery: toGalleryData(await gallery.info()), removed, unknown },
      exitCode: unknown.length === 0 ? EXIT.ok : EXIT.noMatch,
    };
  });
}

async function removeTemplate(
  gallery: { get(id: string): Promise<unknown>; removeTemplate(id: string, template: number): Promise<void> },
  name: string,
  template: number,
): Promise<boolean> {
  if ((await gallery.get(name)) === undefined) return false;
  await gallery.removeTemplate(name, template);
  return true;
}
