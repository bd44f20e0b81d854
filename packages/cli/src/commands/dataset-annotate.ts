/** `isoface dataset annotate`: light, pose, occlusion, size and blur of the faces of a data set. */

import { join, parse } from 'node:path';
import { classifySize, type FaceAnnotation } from '@isoface/core/evaluation';
import { type AnnotatedDataset, annotateDataset, openFaceAnnotator, readDatasetIndex } from '@isoface/evaluation';
import type { Command } from 'commander';
import { addEngineOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { toEngineData, withEngine } from '../engine/with-engine.ts';
import { countOf } from '../output/face-text.ts';
import { formatTable } from '../output/text-table.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface DatasetAnnotateCliOptions extends EngineCliOptions {
  readonly out?: string | undefined;
}

const HELP = `
Examples:
  isoface dataset annotate lfw.jsonl --pack standard --models-dir models
  isoface dataset annotate lfw.jsonl --out lfw-annotations.jsonl --json

The most prominent face of each image is described: illumination (low, medium, high), pose (frontal, half-profile, profile; yaw, pitch and roll in
degrees), occlusion (none, partial, heavy; with the probability of that answer and what speaks for it), size and blur. Images without a face are
kept as such. Occlusion is an estimate, often wrong where its confidence is low, and turned faces are taken for covered
ones too often.
An interrupted run goes on where it stopped: finished lines are in <out>.part until all are there. Images that have changed since they were indexed
are reported and left out.

Lines of the file, after a header: { path, sha256, width, height, faces, face?: { box, score, sizePixels, illumination: { class, brightness,
entropy }, pose: { class, yawDegrees, pitchDegrees, rollDegrees }, occlusion: { class, confidence, probabilities, evidence },
blur: { class, sharpness } } }.
Document of --json: { index, out, images, annotated, reused, withoutFace, severalFaces, droppedLines, counts: { axis: { class: n } },
meanOcclusionConfidence, problems: [{ path, code, message }] }.
Exit codes: 0 all images were annotated, 2 some could not be read.`;

/** Adds the command. */
export function addDatasetAnnotateCommand(dataset: Command, run: RunCommand): void {
  const command = dataset
    .command('annotate')
    .description('describe the faces of a data set: light, pose, occlusion, size, blur')
    .argument('<index>', 'index made by `isoface dataset index`')
    .option('--out <file>', 'annotations to write, JSON lines (default: <name>.annotations.jsonl beside the index)')
    .addHelpText('after', HELP);
  addEngineOptions(command).action((index: string, options: DatasetAnnotateCliOptions) =>
    run(options, (session) => annotate(index, options, session)),
  );
}

async function annotate(input: string, options: DatasetAnnotateCliOptions, session: Session): Promise<CommandResult> {
  const { signal, progress, resolvePath } = session;
  const file = resolvePath(input);
  const out = options.out === undefined ? besideIndex(file) : resolvePath(options.out);
  const index = await readDatasetIndex(file, { signal });
  const modelsDir = options.modelsDir === undefined ? undefined : resolvePath(options.modelsDir);
  return withEngine(options, session, async (engine) => {
    const annotator = await openFaceAnnotator({ modelsDir, signal });
    try {
      const result = await annotateDataset(index, out, {
        engine,
        annotator,
        signal,
        onProgress: (done, total) => progress.items('Annotating images', done, total),
      });
      progress.clear();
      const summary = { index: file, out, images: index.entries.length, ...summarize(result) };
      report(summary, result, session);
      const document = { ...toEngineData(engine.info), ...summary, problems: result.problems };
      return { document, exitCode: result.problems.length === 0 ? EXIT.ok : EXIT.error };
    } finally {
      await annotator.dispose();
    }
  });
}

function besideIndex(file: string): string {
  const { dir, name } = parse(file);
  return join(dir, `${name}.annotations.jsonl`);
}

/** The class of a face on each axis. */
const AXES = {
  illumination: ({ illumination }: FaceAnnotation) => illumination.class,
  pose: ({ pose }: FaceAnnotation) => pose.class,
  occlusion: ({ occlusion }: FaceAnnotation) => occlusion.class,
  size: ({ sizePixels }: FaceAnnotation) => classifySize(sizePixels),
  blur: ({ blur }: FaceAnnotation) => blur.class,
} as const;

function summarize({ annotations, reused, droppedLines }: AnnotatedDataset) {
  const faces = annotations.flatMap(({ face }) => face ?? []);
  const counts = Object.fromEntries(Object.entries(AXES).map(([axis, classOf]) => [axis, countBy(faces.map(classOf))]));
  const confidence = faces.reduce((sum, { occlusion }) => sum + occlusion.confidence, 0) / faces.length;
  return {
    annotated: annotations.length,
    reused,
    droppedLines,
    withoutFace: annotations.length - faces.length,
    severalFaces: annotations.filter((annotation) => annotation.faces > 1).length,
    counts,
    meanOcclusionConfidence: faces.length === 0 ? undefined : confidence,
  };
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

interface Summary extends ReturnType<typeof summarize> {
  readonly out: string;
}

function report(summary: Summary, { problems }: AnnotatedDataset, { print, note }: Session): void {
  const { out, annotated, reused, withoutFace, severalFaces, counts, droppedLines, meanOcclusionConfidence } = summary;
  print(
    `${out}\n  ${countOf(annotated, 'image')}, ${withoutFace} without a face, ${severalFaces} with several; ${reused} from an earlier run`,
  );
  const rows = Object.entries(counts).map(([axis, classes]) => [
    `  ${axis}`,
    Object.entries(classes)
      .map(([name, n]) => `${name} ${n}`)
      .join(', '),
  ]);
  print(formatTable(rows));
  if (meanOcclusionConfidence !== undefined) {
    print(`  occlusion is an estimate: mean confidence ${meanOcclusionConfidence.toFixed(2)}`);
  }
  if (droppedLines > 0) note(`${countOf(droppedLines, 'line')} of an earlier run could not be read and were made anew.`);
  if (problems.length === 0) return;
  const listed = problems.slice(0, 10).map(({ path, code, message }) => ['  ', code, `${JSON.stringify(path)}: ${message}`]);
  note(`${countOf(problems.length, 'image')} not annotated${problems.length > 10 ? ' (--json lists all)' : ''}:\n${formatTable(listed)}`);
}
