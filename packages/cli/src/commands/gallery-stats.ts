/** `isoface gallery stats`: what a gallery is and how large. */

import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { addGalleryOptions, type GalleryCliOptions } from '../gallery/gallery-options.ts';
import { toGalleryData, withStoredGallery } from '../gallery/with-gallery.ts';
import { describeBytes } from '../models/describe-model.ts';
import { printable } from '../output/printable.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

const HELP = `
Document of --json: { gallery: { location, galleryId, pack, contract, dimension, metric, createdAtMs, encrypted, transformed, identities, templates,
damagedParts }, stats: { identities, templates, bytes, reclaimableBytes } }.
Exit codes: 0 done, 2 error.`;

/** Adds the command. */
export function addGalleryStatsCommand(gallery: Command, run: RunCommand): void {
  const command = gallery.command('stats').description('people, templates, bytes, pack, protection').addHelpText('after', HELP);
  addOutputOptions(addGalleryOptions(command)).action((options: GalleryCliOptions) =>
    run(options, (session) => describeGallery(options, session)),
  );
}

async function describeGallery(options: GalleryCliOptions, session: Session): Promise<CommandResult> {
  return withStoredGallery(options, session, 'read', async (gallery, info) => {
    const stats = await gallery.stats();
    const protections = [info.encrypted ? 'encrypted (AES-GCM-256)' : '', info.transformed ? 'transformed' : ''].filter(Boolean);
    const size = stats.bytes === undefined ? 'not known' : describeBytes(stats.bytes);
    const unused = stats.reclaimableBytes === undefined ? '' : `, of which compaction gives back ${describeBytes(stats.reclaimableBytes)}`;
    session.print(
      formatTable([
        ['gallery', printable(info.location)],
        ['people', `${stats.identities}`],
        ['templates', `${stats.templates} of ${info.dimension} numbers, compared by ${info.metric}`],
        ['size', `${size}${unused}`],
        ['pack', `${printable(info.pack)}, contract ${info.contract.slice(0, 40)}`],
        ['protection', protections.join(', ') || 'none'],
        ['created', new Date(info.createdAtMs).toISOString()],
        ...(info.damage.length === 0 ? [] : [['damage', `${info.damage.length} parts; isoface gallery verify says which`]]),
      ]),
    );
    return { document: { gallery: toGalleryData(info), stats } };
  });
}
