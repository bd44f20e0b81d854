/** `isoface gallery show`: one person. */

import type { Identity } from '@isoface/core/gallery';
import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { countOf } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import { formatTable } from '../output/text-table.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const HELP = `
Examples:
  isoface gallery show ada --gallery people.gallery
  isoface gallery show ada --gallery people.gallery --json | jq .identity.metadata

Document of --json: { gallery, identity: { id, metadata, createdAtMs, updatedAtMs, templates: [{ id, createdAtMs, photos, source, quality, … }] } | null }.
Exit codes: 0 shown, 1 nobody of this name is enrolled, 2 error.`;

/** Adds the command. */
export function addGalleryShowCommand(gallery: Command, run: RunCommand): void {
  const command = gallery
    .command('show')
    .description('metadata and templates of a person')
    .argument('<name>', 'as gallery list shows it')
    .addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((name: string, options: GalleryCliOptions) =>
    run(options, (session) => showIdentity(name, options, session)),
  );
}

async function showIdentity(name: string, options: GalleryCliOptions, session: Session): Promise<CommandResult> {
  return withStoredGallery(options, session, 'read', async (gallery, info) => {
    const identity = await gallery.get(name);
    if (identity === undefined) session.note(`Nobody is enrolled as ${printable(name)}.`);
    else report(identity, session);
    return {
      document: { gallery: toGalleryData(info), identity: identity ?? null },
      exitCode: identity === undefined ? EXIT.noMatch : EXIT.ok,
    };
  });
}

function report({ id, metadata, createdAtMs, updatedAtMs, templates }: Identity, { print }: Session): void {
  print(`${printable(id)}  ${countOf(templates.length, 'template')}, enrolled ${toDate(createdAtMs)}, changed ${toDate(updatedAtMs)}`);
  if (Object.keys(metadata).length > 0) print(`  metadata ${printable(JSON.stringify(metadata))}`);
  const rows = templates.map(({ id: template, photos, quality, source, importedFrom, flipAveraging }) => [
    `  ${template}`,
    countOf(photos, 'photo'),
    quality === undefined ? '' : `${Math.round(quality.sizePixels)} px, sharpness ${quality.sharpness.toFixed(0)}`,
    [flipAveraging ? 'flip averaging' : '', importedFrom === undefined ? '' : `from ${printable(importedFrom)}`].filter(Boolean).join(', '),
    source === undefined ? '' : printable(source),
  ]);
  print(formatTable(rows));
}

function toDate(ms: number): string {
  return new Date(ms).toISOString();
}
