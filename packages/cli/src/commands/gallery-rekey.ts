/** `isoface gallery rekey`: other keys, or none. */

import { FaceError } from '@isoface/core';
import type { GalleryKeys } from '@isoface/core/gallery';
import type { Command } from 'commander';
import { Option } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { readKeys } from '../gallery/read-key-file.ts';
import { toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface RekeyOptions extends GalleryCliOptions {
  readonly newKeyFile?: string | undefined;
  readonly newTransformKeyFile?: string | undefined;
  readonly removeEncryption?: boolean | undefined;
  readonly removeTransform?: boolean | undefined;
}

const HELP = `
Examples:
  isoface gallery rekey --gallery people.gallery --new-key-file new.key                        encrypt a gallery
  isoface gallery rekey --gallery people.gallery --key-file old.key --new-key-file new.key     encrypt it with another key
  isoface gallery rekey --gallery people.gallery --key-file old.key --remove-encryption

Every template is rewritten, all or nothing. A protection that is not named stays as it is.
Document of --json: { gallery }.
Exit codes: 0 done, 2 error; the gallery is then as it was.`;

/** Adds the command. */
export function addGalleryRekeyCommand(gallery: Command, run: RunCommand): void {
  const command = gallery
    .command('rekey')
    .description('protect a gallery with other keys')
    .addOption(new Option('--new-key-file <file>', 'encrypt with this key').conflicts('removeEncryption'))
    .addOption(new Option('--remove-encryption', 'keep templates and metadata as they are'))
    .addOption(new Option('--new-transform-key-file <file>', 'transform with this key').conflicts('removeTransform'))
    .addOption(new Option('--remove-transform', 'do not transform'))
    .addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((options: RekeyOptions) => run(options, (session) => changeKeys(options, session)));
}

async function changeKeys(options: RekeyOptions, session: Session): Promise<CommandResult> {
  const { newKeyFile, newTransformKeyFile, removeEncryption = false, removeTransform = false } = options;
  if (newKeyFile === undefined && newTransformKeyFile === undefined && !removeEncryption && !removeTransform) {
    const names = '--new-key-file, --new-transform-key-file, --remove-encryption or --remove-transform';
    throw new FaceError('INVALID_OPTION', `Expected ${names}, got none of them; nothing was changed.`, { option: 'newKeyFile' });
  }
  // Two small files, read again rather than handed through.
  const [current, wanted] = [
    await readKeys(options, session),
    await readKeys({ keyFile: newKeyFile, transformKeyFile: newTransformKeyFile }, session),
  ];
  const keys: GalleryKeys = {
    encryption: removeEncryption ? undefined : (wanted.encryption ?? current.encryption),
    transform: removeTransform ? undefined : (wanted.transform ?? current.transform),
  };
  return withStoredGallery(options, session, 'write', async (gallery) => {
    await gallery.changeKeys(keys);
    const info = await gallery.info();
    session.print(`${info.templates} templates rewritten: ${describe(info)}`);
    return { document: { gallery: toGalleryData(info) } };
  });
}

function describe({ encrypted, transformed }: { readonly encrypted: boolean; readonly transformed: boolean }): string {
  return `${encrypted ? 'encrypted' : 'not encrypted'}, ${transformed ? 'transformed' : 'not transformed'}`;
}
