/** `isoface detect`: where the faces are. */

import type { Command } from 'commander';
import { addEngineOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { toEngineData, withEngine } from '../engine/with-engine.ts';
import { analyzeImages, type ImageOutcome, summarizeFailures } from '../images/analyze-images.ts';
import { chooseAnnotatedPaths } from '../images/annotated-names.ts';
import { writeAnnotatedCopy } from '../images/write-annotated-copy.ts';
import { toErrorData } from '../output/describe-error.ts';
import { toFaceData } from '../output/face-data.ts';
import { countOf, describeFace, describeTimings } from '../output/face-text.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface DetectCliOptions extends EngineCliOptions {
  readonly draw?: string | undefined;
}

const HELP = `
Examples:
  isoface detect party.jpg
  isoface detect *.jpg --draw out                 writes out/<name>.faces.jpg
  isoface detect party.jpg --json | jq '.images[0].faces[].box'

Boxes and landmarks are pixels of the upright image, origin at the top left. An image without a face is no error.
Exit codes: 0 all images were read, 2 some were not (the others are done all the same).`;

/** Adds the command. */
export function addDetectCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('detect')
    .description('find faces: boxes, landmarks, scores, quality')
    .argument('<image...>', 'image files (JPEG, PNG, WebP, GIF, TIFF, AVIF)')
    .option('--draw <dir>', 'write copies with the faces drawn in to this folder')
    .addHelpText('after', HELP);
  addEngineOptions(command).action((inputs: string[], options: DetectCliOptions) =>
    run(options, (session) => detect(inputs, options, session)),
  );
}

async function detect(inputs: readonly string[], options: DetectCliOptions, session: Session): Promise<CommandResult> {
  const paths = inputs.map(session.resolvePath);
  const targets = options.draw === undefined ? [] : chooseAnnotatedPaths(paths, session.resolvePath(options.draw));

  return withEngine(options, session, async (engine) => {
    const images = [];
    for await (const outcome of analyzeImages(engine, inputs, session, { embeddings: false })) {
      const image = await draw(outcome, paths[images.length], targets[images.length], session.signal);
      report(image, outcome, session);
      images.push(image);
    }
    const error = summarizeFailures(images);
    return { document: { ...toEngineData(engine.info), images, error }, exitCode: error === undefined ? EXIT.ok : EXIT.error };
  });
}

/** The part of the document about one image; draws it where that is wanted. */
async function draw(outcome: ImageOutcome, source: string | undefined, target: string | undefined, signal: AbortSignal) {
  if ('error' in outcome) return outcome;
  const { input, analysis } = outcome;
  const { width, height, timings } = analysis;
  const image = { input, width, height, faces: analysis.faces.map(toFaceData), timings };
  if (source === undefined || target === undefined) return image;
  try {
    await writeAnnotatedCopy(source, target, analysis, signal);
    return { ...image, drawing: target };
  } catch (error) {
    signal.throwIfAborted();
    return { ...image, error: toErrorData(error) };
  }
}

function report(image: Awaited<ReturnType<typeof draw>>, outcome: ImageOutcome, { print, note }: Session): void {
  if ('analysis' in outcome) {
    const { faces, width, height, timings } = outcome.analysis;
    print(`${image.input}  ${width}x${height}  ${countOf(faces.length, 'face')}  (${describeTimings(timings)})`);
    for (const [i, face] of faces.entries()) print(`  #${i + 1}  ${describeFace(face)}`);
  }
  if ('drawing' in image) print(`  drawn in ${image.drawing}`);
  if ('error' in image) note(`${image.input}: ${image.error.code}: ${image.error.message}`);
}
