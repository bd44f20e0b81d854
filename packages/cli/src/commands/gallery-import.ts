/** `isoface gallery import`: people out of an export, or out of a file of face-api.js. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FaceError } from '@isoface/core';
import type { ImportOptions, ImportReport } from '@isoface/core/gallery';
import { type Command, Option } from 'commander';
import { addEngineOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { peekPieces } from '../gallery/peek-pieces.ts';
import { readKeys } from '../gallery/read-key-file.ts';
import { readStandardInput, STANDARD_STREAM } from '../gallery/standard-streams.ts';
import { isExistingGallery, showGalleryProgress, toGalleryData, withGallery, withStoredGallery } from '../gallery/with-gallery.ts';
import { countOf } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface ImportCliOptions extends GalleryCliOptions, EngineCliOptions {
  readonly existing?: ImportOptions['existing'];
  readonly exportKeyFile?: string | undefined;
  readonly exportTransformKeyFile?: string | undefined;
}

const HELP = `
Examples:
  isoface gallery import backup.gallery --gallery people.gallery --existing skip
  isoface gallery import descriptors.json --gallery people.gallery --pack face-api     what face-api.js stored
  gunzip -c backup.gz | isoface gallery import - --gallery new.gallery

All or nothing: after an error the gallery is as it was. The format is recognised. Models are loaded only if the gallery is new, or the file is one of
face-api.js (the JSON of LabeledFaceDescriptors, a list of them, or a FaceMatcher).
Document of --json: { gallery, added, replaced, extended, skipped, templates }.
Exit codes: 0 imported, 2 error.`;

/** Adds the command. */
export function addGalleryImportCommand(gallery: Command, run: RunCommand): void {
  const command = gallery
    .command('import')
    .description('take in an export, all or nothing')
    .argument('<file>', 'export to read, or - for standard input')
    .addOption(
      new Option(
        '--existing <what>',
        'people who are enrolled already: nothing is imported, or they are skipped, replaced or get more templates',
      )
        .choices(['refuse', 'skip', 'replace', 'add'])
        .default('refuse'),
    )
    .option('--export-key-file <file>', 'encryption key of the export (default: that of the gallery)')
    .option('--export-transform-key-file <file>', 'transform key of the export (default: that of the gallery)')
    .addHelpText('after', HELP);
  addEngineOptions(addGalleryOptions(command)).action((file: string, options: ImportCliOptions) =>
    run(options, (session) => importGallery(file, options, session)),
  );
}

async function importGallery(file: string, options: ImportCliOptions, session: Session): Promise<CommandResult> {
  const { signal } = session;
  const { first, pieces } = await peekPieces(file === STANDARD_STREAM ? readStandardInput() : await openFile(file, session));
  const ofExport = await readKeys({ keyFile: options.exportKeyFile, transformKeyFile: options.exportTransformKeyFile }, session);
  const hasOwnKeys = ofExport.encryption !== undefined || ofExport.transform !== undefined;
  const settings: ImportOptions = {
    existing: options.existing,
    keys: hasOwnKeys ? ofExport : undefined,
    signal,
    onProgress: showGalleryProgress(session),
  };
  // What other software stored has to be fitted to the embedder of a pack.
  if (isPlainJson(first) || !(await isExistingGallery(options, session)))
    return withGallery(options, session, 'create', async ({ gallery }) => {
      const report = await gallery.import(pieces, settings);
      return toResult(report, toGalleryData(await gallery.info()), session);
    });
  return withStoredGallery(options, session, 'write', async (gallery) => {
    const report = await gallery.import(pieces, settings);
    return toResult(report, toGalleryData(await gallery.info()), session);
  });
}

function toResult(report: ImportReport, gallery: ReturnType<typeof toGalleryData>, { print }: Session): CommandResult {
  const { added, replaced, extended, skipped, templates } = report;
  print(
    `${added} people added, ${replaced} replaced, ${extended} extended, ${skipped} skipped; ${countOf(templates, 'template')} imported`,
  );
  print(`${printable(gallery.location)}: ${gallery.identities} people, ${countOf(gallery.templates, 'template')}`);
  return { document: { gallery, ...report } };
}

async function openFile(file: string, { resolvePath, signal }: Session): Promise<AsyncIterable<Uint8Array>> {
  const path = resolvePath(file);
  const why = await stat(path).then(
    (stats) => (stats.isDirectory() ? 'it is a directory' : undefined),
    ({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' ? 'there is no such file' : `${code}`),
  );
  if (why === undefined) return createReadStream(path, { signal, highWaterMark: 1 << 20 });
  throw new FaceError('IO_FAILED', `Cannot read ${printable(path)}: ${why}.`, { path });
}

/** A JSON document that is not the first line of an export. */
function isPlainJson(first: Uint8Array): boolean {
  const text = Buffer.from(first).toString('latin1').trimStart();
  return text.startsWith('[') || (text.startsWith('{') && !/^\{"isoface/.test(text));
}
