/** `isoface gallery export`: a gallery as one file. */

import { realpath } from 'node:fs/promises';
import { FaceError } from '@isoface/core';
import type { ExportFormat } from '@isoface/core/gallery';
import { type Command, Option } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { STANDARD_STREAM, writeStandardOutput } from '../gallery/standard-streams.ts';
import { showGalleryProgress, toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { writePiecesAtomically } from '../gallery/write-pieces-atomically.ts';
import { describeBytes } from '../models/describe-model.ts';
import { countOf } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface ExportCliOptions extends GalleryCliOptions {
  readonly format: ExportFormat;
  readonly removeProtection?: boolean | undefined;
}

const HELP = `
Examples:
  isoface gallery export backup.gallery --gallery people.gallery
  isoface gallery export people.jsonl --format jsonl --remove-protection --gallery people.gallery --key-file people.key
  isoface gallery export - --gallery people.gallery | gzip > backup.gz

binary is also the format of gallery files: the file can be given to --gallery. Templates of a protected gallery leave it protected, and need its keys
again; --remove-protection writes them in the clear. The file is written whole or not at all, for you alone to read.
Document of --json (not with -): { gallery, out, format, protection, bytes }.
Exit codes: 0 written, 2 error.`;

/** Adds the command. */
export function addGalleryExportCommand(gallery: Command, run: RunCommand): void {
  const command = gallery
    .command('export')
    .description('write a whole gallery to one file, with checksums')
    .argument('<file>', 'file to write, or - for standard output')
    .addOption(new Option('--format <format>', 'binary, or JSON lines').choices(['binary', 'jsonl']).default('binary'))
    .option('--remove-protection', 'write templates decrypted and not transformed')
    .addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((file: string, options: ExportCliOptions) =>
    run(options, (session) => exportGallery(file, options, session)),
  );
}

async function exportGallery(file: string, options: ExportCliOptions, session: Session): Promise<CommandResult> {
  const { format, removeProtection = false } = options;
  const { resolvePath, signal, print, note } = session;
  const isPiped = file === STANDARD_STREAM;
  if (isPiped && options.json === true) {
    const message = 'Expected --json or - for standard output, got both, and it takes one of them; name a file.';
    throw new FaceError('INVALID_OPTION', message, { option: 'json' });
  }
  const out = resolvePath(file);
  return withStoredGallery(options, session, 'read', async (gallery, info) => {
    if (!isPiped) await assertOtherFile(out, info.location);
    if (removeProtection && (info.encrypted || info.transformed)) note('The export holds templates that anybody who has it can use.');
    const protection = removeProtection ? 'remove' : 'keep';
    const pieces = gallery.export({ format, protection, signal, onProgress: showGalleryProgress(session) });
    if (isPiped) {
      await writeStandardOutput(pieces, signal);
      return { document: undefined };
    }
    const bytes = await writePiecesAtomically(out, pieces, signal);
    print(`${printable(file)}: ${info.identities} people, ${countOf(info.templates, 'template')}, ${describeBytes(bytes)}`);
    return { document: { gallery: toGalleryData(info), out, format, protection, bytes } };
  });
}

/** A gallery that is written over by its own export would lose what was changed meanwhile. */
async function assertOtherFile(out: string, location: string): Promise<void> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  if ((await real(out)) !== (await real(location))) return;
  throw new FaceError('INVALID_OPTION', `Expected another file than the gallery itself, got ${printable(out)}; choose another name.`, {
    option: 'file',
    path: out,
  });
}
