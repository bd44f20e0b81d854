/** `isoface enrol`: people into a gallery. */

import { extname } from 'node:path';
import { FaceError } from '@isoface/core';
import {
  ENROL_QUALITY_LIMITS,
  type EnrolOptions,
  type EnrolResult,
  type GalleryInfo,
  type Metadata,
  normalizeIdentityId,
} from '@isoface/core/gallery';
import type { DatasetProblem } from '@isoface/evaluation';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addEngineOptions, type DecisionOptions, type EngineCliOptions, toNumber, toRate } from '../engine/engine-options.ts';
import { isEmbeddingFile, readEmbeddingFile } from '../engine/read-embedding-file.ts';
import { toEngineData } from '../engine/with-engine.ts';
import { enrolPeople, type PersonOutcome } from '../gallery/enrol-people.ts';
import { noteProblems, reportSummary, summarizeOutcomes, writeUnusedPhotos } from '../gallery/enrol-report.ts';
import {
  addGalleryOptions,
  addQualityOptions,
  type GalleryCliOptions,
  type QualityCliOptions,
  toEnrolLimits,
  toFpir,
  toSeveralFaces,
} from '../gallery/gallery-options.ts';
import { type PeopleToEnrol, readPeopleFolder, readPeopleList, toSource } from '../gallery/people-to-enrol.ts';
import { type OpenedGallery, toGalleryData, withGallery } from '../gallery/with-gallery.ts';
import { toErrorData } from '../output/describe-error.ts';
import { toBriefFaceData } from '../output/face-data.ts';
import { countOf, describeFace } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface EnrolCliOptions extends GalleryCliOptions, EngineCliOptions, DecisionOptions, QualityCliOptions {
  readonly from?: string | undefined;
  readonly list?: string | undefined;
  readonly report?: string | undefined;
  readonly metadata?: Metadata | undefined;
  readonly fpir?: number | undefined;
  readonly existing?: EnrolOptions['existing'];
  readonly fused?: boolean | undefined;
  readonly qualityGate?: boolean | undefined;
  readonly severalFaces?: string | undefined;
  readonly duplicates?: EnrolOptions['duplicates'];
  readonly allowOtherPeople?: boolean | undefined;
  readonly descriptorFrom?: string | undefined;
}

const HELP = `
Examples:
  isoface enrol ada ada1.jpg ada2.jpg --gallery people.gallery
  isoface enrol ada ada.json --gallery people.gallery           ada.json is from: isoface embed ada.jpg --json
  isoface enrol --from photos --gallery people.gallery --report rejected.csv
  isoface enrol --list people.tsv --from photos --gallery people.gallery
  isoface enrol --from photos --gallery postgres://me@db/people

A gallery that is not there is made. --from takes a folder with a folder per person, or an index from isoface dataset index; --list takes lines of
NAME, a tab and PATH (- reads them from standard input), with paths that start from --from, else from where you stand. Each person is kept as soon as
they are finished: a run that was interrupted goes on when it is started again, and photos that are enrolled already are not looked at again.

A photo is rejected with a reason: noFace, multipleFaces, lowQuality, otherPerson (not like the other photos), unreadable. A person is refused if no
photo is left, or if the photos look like somebody enrolled under another name (--duplicates).

Document of --json, one person: { status: "enrolled" | "refused", id, isNew, templates, photos: [{ input, status: "used" | "rejected", reason, … }],
duplicates, gallery, engine }; many: { people, enrolled, added, present, refused, photos: { analyzed, used, skipped, unused }, duplicates, problems,
seconds, photosPerSecond, gallery, engine }.
Exit codes: 0 enrolled (many: nobody was refused), 1 refused: nothing of this person was enrolled, 2 error, or no photo could be read.`;

/** Adds the command. */
export function addEnrolCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('enrol')
    .description('add people to a gallery')
    .argument('[name]', 'name or number of the person')
    .argument('[image...]', 'photos of this person, or embedding files (.json)')
    .option('--from <dir|index>', 'enrol many people: a folder per person, or an index from isoface dataset index')
    .option('--list <file>', 'enrol exactly the photos of this list: NAME, a tab, PATH')
    .option('--report <file>', 'with --from or --list: write every photo that was not used, with the reason, as .csv or .json')
    .option('--metadata <json>', 'facts about the person, a JSON object', toMetadata)
    .addOption(
      new Option('--existing <what>', 'somebody of this name is there: add templates, replace them, or refuse')
        .choices(['add', 'replace', 'refuse'])
        .default('add'),
    )
    .option('--fused', 'make one template of all photos of a person instead of one of each')
    .option('--no-quality-gate', 'reject no photo for its quality, but for limits that you name');
  addQualityOptions(command, ENROL_QUALITY_LIMITS)
    .addOption(
      new Option('--several-faces <what>', 'a photo with several faces: take the large and central one, or reject it')
        .choices(['most-prominent', 'refuse'])
        .default('refuse'),
    )
    .addOption(
      new Option('--duplicates <what>', 'the photos look like somebody of another name: refuse, enrol and report, or do not look')
        .choices(['refuse', 'report', 'ignore'])
        .default('refuse'),
    )
    .option('--allow-other-people', 'take photos that do not look like the others of the person')
    .option('--descriptor-from <software>', 'the .json files hold plain numbers that this software computed, e.g. face-api.js')
    .addHelpText('after', HELP);
  command
    .addOption(new Option('--fmr <rate>', 'false match rate at which two photos are of one person (default: 1e-2)').argParser(toRate))
    .addOption(
      new Option('--fpir <rate>', 'how often a new person may be taken for somebody there, for --duplicates (default: 1e-2)').argParser(
        toFpir,
      ),
    )
    .addOption(
      new Option('--threshold <t>', 'similarity threshold of your own instead of both').argParser(toNumber).conflicts(['fmr', 'fpir']),
    );
  addEngineOptions(addGalleryOptions(command)).action((name: string | undefined, inputs: string[], options: EnrolCliOptions) =>
    run(options, (session) => enrol(name, inputs, options, session)),
  );
}

async function enrol(
  name: string | undefined,
  inputs: readonly string[],
  options: EnrolCliOptions,
  session: Session,
): Promise<CommandResult> {
  const { from, list, report, metadata } = options;
  if (from === undefined && list === undefined) {
    if (report !== undefined) throw invalid('report', 'Expected --report with --from or --list only; for one person --json says it all.');
    if (name !== undefined && inputs.length > 0) return enrolOne(normalizeIdentityId(name), inputs, options, session);
    throw invalid('name', 'Expected a name and photos, or --from, or --list; got neither.');
  }
  if (name !== undefined) throw invalid('name', 'Expected names from --from or --list, got one on the command line too; use one of them.');
  if (metadata !== undefined) throw invalid('metadata', 'Expected --metadata with one person only.');
  assertReportName(report);
  return enrolMany(options, session);
}

/** What `enrol` of the gallery is told, by what was typed. */
function toEnrolOptions(options: EnrolCliOptions, { signal }: Session): EnrolOptions & { readonly signal: AbortSignal } {
  const { metadata, existing, fused = false, severalFaces, duplicates, allowOtherPeople = false, fmr, fpir, threshold } = options;
  return {
    metadata,
    existing,
    templates: fused ? 'fused' : 'each',
    qualityLimits: toEnrolLimits(options),
    severalFaces: toSeveralFaces(severalFaces),
    duplicates,
    otherPeople: allowOtherPeople ? 'accept' : 'refuse',
    fmr,
    fpir,
    threshold,
    signal,
  };
}

async function enrolOne(id: string, inputs: readonly string[], options: EnrolCliOptions, session: Session): Promise<CommandResult> {
  return withGallery(options, session, 'create', async ({ gallery, engine }) => {
    const photos = await Promise.all(
      inputs.map(async (input) => ({
        photo: isEmbeddingFile(input)
          ? await readEmbeddingFile(input, engine, session, options.descriptorFrom)
          : session.resolvePath(input),
        source: toSource(input),
      })),
    );
    const result = await gallery.enrol(id, photos, toEnrolOptions(options, session));
    reportOne(result, inputs, session);
    const isUnread =
      result.photos.length > 0 && result.photos.every((photo) => photo.status === 'rejected' && photo.reason === 'unreadable');
    const error = isUnread
      ? toErrorData(new FaceError('IMAGE_INVALID', `Expected photos of ${id}, got none that can be read.`, { id }))
      : undefined;
    const document = {
      ...result,
      photos: result.photos.map(({ face, source: _, ...photo }) => ({
        input: inputs[photo.index],
        ...photo,
        face: face && toBriefFaceData(face),
      })),
      gallery: toGalleryData(await gallery.info()),
      engine: toEngineData(engine.info),
      error,
    };
    return { document, exitCode: error !== undefined ? EXIT.error : result.status === 'enrolled' ? EXIT.ok : EXIT.noMatch };
  });
}

function reportOne(result: EnrolResult, inputs: readonly string[], { print }: Session): void {
  const id = printable(result.id);
  if (result.status === 'enrolled')
    print(`${id} is enrolled${result.isNew ? '' : ' further'}: ${countOf(result.templates.length, 'new template')}`);
  else print(`${id} is NOT enrolled: ${result.reason}: ${printable(result.message)}`);
  for (const photo of result.photos) {
    const input = printable(inputs[photo.index] ?? '');
    const face = photo.face === undefined ? '' : `  ${describeFace(photo.face)}`;
    if (photo.status === 'rejected') print(`  rejected  ${input}  ${photo.reason}: ${printable(photo.message)}`);
    else print(`  ${result.status === 'enrolled' ? `template ${photo.template}` : 'usable'}  ${input}${face}`);
  }
  for (const { id: other, similarity } of result.duplicates) print(`  looks like ${printable(other)}, similarity ${similarity.toFixed(4)}`);
}

async function enrolMany(options: EnrolCliOptions, session: Session): Promise<CommandResult> {
  const { signal, progress, note } = session;
  const { people, problems } = await readPeople(options, session);
  noteProblems(problems, session);
  const total = people.reduce((sum, { photos }) => sum + photos.length, 0);
  return withGallery(options, session, 'create', async ({ gallery, engine }) => {
    const outcomes = new Map<string, PersonOutcome>();
    let done = 0;
    progress.items('Photos', 0, total);
    const started = performance.now();
    try {
      await enrolPeople(gallery, people, {
        ...toEnrolOptions(options, session),
        onOutcome(outcome) {
          outcomes.set(outcome.id, outcome);
          done += outcome.analyzed + outcome.skipped;
          progress.items('Photos', done, total);
        },
      });
    } catch (error) {
      note(`${outcomes.size} of ${people.length} people are done, and what was enrolled is kept; the same command goes on from there.`);
      throw error;
    }
    const seconds = (performance.now() - started) / 1000;
    const summary = summarizeOutcomes(
      outcomes,
      people.map(({ id }) => id),
    );
    reportSummary(summary, options.report !== undefined, session);
    if (options.report !== undefined) await writeUnusedPhotos(options.report, summary.photos.unused, problems, session);
    const info = await gallery.info();
    const photosPerSecond = summary.photos.analyzed === 0 ? undefined : Number((summary.photos.analyzed / seconds).toFixed(2));
    reportEnd(info, seconds, photosPerSecond, session);
    signal.throwIfAborted();
    return toManyResult(summary, problems, { seconds: Number(seconds.toFixed(2)), photosPerSecond }, info, engine);
  });
}

async function readPeople({ from, list }: EnrolCliOptions, session: Session): Promise<PeopleToEnrol> {
  if (list !== undefined) return readPeopleList(list, session.resolvePath(from ?? '.'), session);
  return readPeopleFolder(from ?? '.', session);
}

function reportEnd(info: GalleryInfo, seconds: number, photosPerSecond: number | undefined, { print }: Session): void {
  const speed = photosPerSecond === undefined ? '' : `, ${photosPerSecond.toFixed(1)} photos/s`;
  print(`${printable(info.location)}: ${info.identities} people, ${countOf(info.templates, 'template')}; ${seconds.toFixed(1)} s${speed}`);
}

function toManyResult(
  summary: ReturnType<typeof summarizeOutcomes>,
  problems: readonly DatasetProblem[],
  speed: { readonly seconds: number; readonly photosPerSecond: number | undefined },
  info: GalleryInfo,
  engine: OpenedGallery['engine'],
): CommandResult {
  const document = { ...summary, problems, ...speed, gallery: toGalleryData(info), engine: toEngineData(engine.info) };
  return { document, exitCode: summary.refused.length === 0 ? EXIT.ok : EXIT.noMatch };
}

function toMetadata(text: string): Metadata {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Metadata;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Expected a JSON object, e.g. \'{"department":"B3"}\'.');
}

function assertReportName(report: string | undefined): void {
  if (report === undefined || ['.csv', '.json'].includes(extname(report).toLowerCase())) return;
  throw invalid('report', `Expected --report to end in .csv or .json, got ${printable(report)}.`);
}

function invalid(option: string, message: string): FaceError {
  return new FaceError('INVALID_OPTION', message, { option });
}
