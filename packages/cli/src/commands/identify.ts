/** `isoface identify`: who is on a photo? */

import { FaceError } from '@isoface/core';
import type { IdentifyResult } from '@isoface/core/gallery';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addEngineOptions, type EngineCliOptions, toNumber } from '../engine/engine-options.ts';
import { isEmbeddingFile, readEmbeddingFile } from '../engine/read-embedding-file.ts';
import { toEngineData } from '../engine/with-engine.ts';
import {
  addGalleryOptions,
  addQualityOptions,
  type GalleryCliOptions,
  type QualityCliOptions,
  toFpir,
  toQualityLimits,
} from '../gallery/gallery-options.ts';
import { identifyProbes, type ProbeOutcome } from '../gallery/identify-probes.ts';
import { readLines } from '../gallery/people-to-enrol.ts';
import { toGalleryData, withGallery } from '../gallery/with-gallery.ts';
import { summarizeFailures } from '../images/analyze-images.ts';
import { type FaceData, toBriefFaceData } from '../output/face-data.ts';
import { countOf, describeFace } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface IdentifyCliOptions extends GalleryCliOptions, EngineCliOptions, QualityCliOptions {
  readonly fpir?: number | undefined;
  readonly threshold?: number | undefined;
  readonly limit?: number | undefined;
  readonly oneFace?: boolean | undefined;
  readonly list?: string | undefined;
  readonly descriptorFrom?: string | undefined;
}

const MAX_CANDIDATES = 1000;

const HELP = `
Examples:
  isoface identify door.jpg --gallery people.gallery
  isoface identify *.jpg --gallery people.gallery --fpir 1e-3
  isoface identify ada.json --gallery people.gallery --limit 20
  isoface identify --list probes.txt --gallery people.gallery --json > found.json

The threshold follows from --fpir (how often strangers may be found), the calibration of the pack and the size of the gallery; "basis" says what it
rests on: calibrated (measured for about this size), scaled (to this size), comparisons (from thresholds of verification), extrapolated, own.
Of several faces in a photo the large and central one is searched for; --one-face refuses such photos. --list reads one path per line (- from standard
input).

Document of --json: { gallery, images: [{ input, kind, status: "searched", candidates: [{ id, similarity, template }],
decision: { id, threshold, fpir, gallerySize, basis, margin }, face, timings } | { input, kind, status: "notSearched", reason, message, … } |
{ input, kind, error }], engine, error }. "decision.id" is who it is; without it, nobody in the gallery.
Exit codes: 0 everybody was identified, 1 somebody was not: nobody in the gallery is similar enough, 2 an image could not be read or searched for
(no face, or several with --one-face), or another error. The others are done all the same.`;

/** Adds the command. */
export function addIdentifyCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('identify')
    .description('find out who is on a photo')
    .argument('[image...]', 'images, or embedding files (.json)')
    .option('--list <file>', 'read the names of the images from a file, one per line')
    .addOption(new Option('--fpir <rate>', 'how often strangers may be taken for somebody (default: 1e-2)').argParser(toFpir))
    .addOption(new Option('--threshold <t>', 'similarity threshold of your own').argParser(toNumber).conflicts('fpir'))
    .addOption(new Option('--limit <n>', 'candidates wanted (default: 5)').argParser(toLimit))
    .option('--one-face', 'refuse photos with several faces');
  addQualityOptions(command, {})
    .option('--descriptor-from <software>', 'the .json files hold plain numbers that this software computed, e.g. face-api.js')
    .addHelpText('after', HELP);
  addEngineOptions(addGalleryOptions(command)).action((inputs: string[], options: IdentifyCliOptions) =>
    run(options, (session) => identify(inputs, options, session)),
  );
}

async function identify(typed: readonly string[], options: IdentifyCliOptions, session: Session): Promise<CommandResult> {
  const { fpir, threshold, limit, oneFace = false, list, descriptorFrom } = options;
  const { signal, progress, resolvePath } = session;
  const listed = list === undefined ? [] : (await readLines(list, session)).map(({ text }) => text);
  const inputs = [...typed, ...listed];
  if (inputs.length === 0) throw new FaceError('INVALID_OPTION', 'Expected images, or --list with some, got none.', { option: 'image' });

  return withGallery(options, session, 'read', async ({ gallery, engine, info }) => {
    const outcomes = identifyProbes(gallery, inputs, {
      fpir,
      threshold,
      limit,
      severalFaces: oneFace ? 'refuse' : 'mostProminent',
      qualityLimits: toQualityLimits(options, {}),
      signal,
      readProbe: async (input) => (isEmbeddingFile(input) ? readEmbeddingFile(input, engine, session, descriptorFrom) : resolvePath(input)),
    });
    const images: ReturnType<typeof toImageData>[] = [];
    progress.items('Photos', 0, inputs.length);
    for await (const outcome of outcomes) {
      signal.throwIfAborted();
      report(outcome, list === undefined, session);
      images.push(toImageData(outcome));
      progress.items('Photos', images.length, inputs.length);
    }
    const document = { gallery: toGalleryData(info), images, engine: toEngineData(engine.info), error: summarizeFailures(images) };
    if (inputs.length > 1) session.print(summarize(images));
    return { document, exitCode: toExitCode(images) };
  });
}

type ImageData = { readonly input: string; readonly kind: 'embedding' | 'image' } & (
  | { readonly error: Extract<ProbeOutcome, { readonly error: unknown }>['error'] }
  | (Omit<IdentifyResult, 'face'> & { readonly face?: FaceData | undefined })
);

function toImageData(outcome: ProbeOutcome): ImageData {
  const { input } = outcome;
  const kind = isEmbeddingFile(input) ? 'embedding' : 'image';
  if ('error' in outcome) return { input, kind, error: outcome.error };
  const { face, ...result } = outcome.result;
  return { input, kind, ...result, face: face && toBriefFaceData(face) };
}

function toExitCode(images: readonly ImageData[]): number {
  if (images.some((image) => 'error' in image || image.status === 'notSearched')) return EXIT.error;
  return images.every(isIdentified) ? EXIT.ok : EXIT.noMatch;
}

function isIdentified(image: ImageData): boolean {
  return 'decision' in image && (image.decision as { readonly id?: string }).id !== undefined;
}

function summarize(images: readonly ImageData[]): string {
  const identified = images.filter(isIdentified).length;
  const unsearched = images.filter((image) => 'error' in image || image.status === 'notSearched').length;
  return `${identified} of ${countOf(images.length, 'image')} identified, ${images.length - identified - unsearched} nobody, ${unsearched} not searched for`;
}

function report(outcome: ProbeOutcome, listsCandidates: boolean, { print, note }: Session): void {
  const input = printable(outcome.input);
  if ('error' in outcome) {
    note(`${input}: ${outcome.error.code}: ${printable(outcome.error.message)}`);
    return;
  }
  const { result } = outcome;
  if (result.status === 'notSearched') {
    note(`${input}: not searched for: ${printable(result.message)}`);
    return;
  }
  const { candidates, decision, face } = result;
  const { id, margin, threshold } = decision;
  const [best] = candidates;
  const wanted = decision.fpir === undefined ? '' : `FPIR ${decision.fpir.toExponential()}, `;
  const basis = `threshold ${threshold.toFixed(4)} (${wanted}${countOf(decision.gallerySize, 'template')}, ${decision.basis})`;
  const similarity =
    best === undefined ? 'nobody is enrolled' : `similarity ${best.similarity.toFixed(4)} ${id === undefined ? '<' : '>='} ${basis}`;
  const lead = margin === undefined ? '' : `, margin ${margin.toFixed(4)}`;
  print(`${input}  ${id === undefined ? 'NOBODY' : printable(id)}  ${similarity}${lead}`);
  if (!listsCandidates) return;
  for (const [i, candidate] of candidates.entries())
    print(`  ${i + 1}  ${candidate.similarity.toFixed(4)}  ${printable(candidate.id)} (template ${candidate.template})`);
  if (face !== undefined) print(`  face  ${describeFace(face)}`);
}

function toLimit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_CANDIDATES) return value;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_CANDIDATES}.`);
}
