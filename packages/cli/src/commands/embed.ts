/** `isoface embed`: faces as vectors. */

import type { AnalyzedFace } from '@isoface/core';
import type { Command } from 'commander';
import { addEngineOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { toEngineData, withEngine } from '../engine/with-engine.ts';
import { analyzeImages, type ImageOutcome, summarizeFailures } from '../images/analyze-images.ts';
import { type FaceData, toBriefFaceData, toEmbeddingData } from '../output/face-data.ts';
import { countOf, describeTimings } from '../output/face-text.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const HELP = `
Examples:
  isoface embed ada.jpg --json > ada.json         then: isoface verify ada.json selfie.jpg
  isoface embed *.jpg --pack standard --json

Document of --json: { pack, contract, executionProvider, dimension, images: [{ input, width, height, timings,
faces: [{ box, landmarks, score, quality, embedding: { vector, contract, provenance } }] }] }.
Vectors are comparable exactly when their contracts are equal. They are personal data: keep them accordingly.
Exit codes: 0 all images were read, 2 some were not (the others are done all the same).`;

/** Adds the command. */
export function addEmbedCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('embed')
    .description('turn faces into vectors that can be stored and compared')
    .argument('<image...>', 'image files')
    .addHelpText('after', HELP);
  addEngineOptions(command).action((inputs: string[], options: EngineCliOptions) =>
    run(options, (session) => embed(inputs, options, session)),
  );
}

async function embed(inputs: readonly string[], options: EngineCliOptions, session: Session): Promise<CommandResult> {
  return withEngine(options, session, async (engine) => {
    const images = [];
    for await (const outcome of analyzeImages(engine, inputs, session, { embeddings: true })) {
      report(outcome, session);
      images.push(toImageData(outcome));
    }
    const error = summarizeFailures(images);
    return { document: { ...toEngineData(engine.info), images, error }, exitCode: error === undefined ? EXIT.ok : EXIT.error };
  });
}

function toImageData(outcome: ImageOutcome) {
  if ('error' in outcome) return outcome;
  const { faces, ...rest } = outcome.analysis;
  return { input: outcome.input, ...rest, faces: faces.map(toEmbeddedFace) };
}

function toEmbeddedFace(face: AnalyzedFace): FaceData {
  return { ...toBriefFaceData(face), embedding: face.embedding && toEmbeddingData(face.embedding) };
}

function report(outcome: ImageOutcome, { print, note }: Session): void {
  if ('error' in outcome) {
    note(`${outcome.input}: ${outcome.error.code}: ${outcome.error.message}`);
    return;
  }
  const { faces, timings } = outcome.analysis;
  print(`${outcome.input}  ${countOf(faces.length, 'face')}  (${describeTimings(timings)})`);
  for (const [i, { embedding }] of faces.entries()) {
    if (embedding === undefined) continue;
    const start = Array.from(embedding.vector.subarray(0, 4), (value) => value.toFixed(4)).join(', ');
    print(`  #${i + 1}  [${start}, …]  ${embedding.vector.length} numbers, contract ${embedding.contract.slice(0, 12)}…`);
  }
}
