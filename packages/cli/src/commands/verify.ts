/** `isoface verify`: do two photos show the same person? */

import type { Embedding, VerifyResult } from '@isoface/core';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import type { Command } from 'commander';
import { addDecisionOptions, addEngineOptions, type DecisionOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { isEmbeddingFile, readEmbeddingFile } from '../engine/read-embedding-file.ts';
import { toEngineData, withEngine } from '../engine/with-engine.ts';
import { toBriefFaceData } from '../output/face-data.ts';
import { describeFace, describeFmr, describeTimings } from '../output/face-text.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface VerifyCliOptions extends EngineCliOptions, DecisionOptions {
  readonly oneFace?: boolean | undefined;
  readonly descriptorFrom?: string | undefined;
}

const HELP = `
Examples:
  isoface verify passport.jpg selfie.jpg
  isoface verify a.jpg b.jpg --fmr 1e-4 --pack standard
  isoface verify ada.json selfie.jpg              ada.json is from: isoface embed ada.jpg --json
  isoface verify descriptor.json selfie.jpg --descriptor-from face-api.js

Of several faces in a photo the large and central one is compared; --one-face refuses such photos.
Exit codes: 0 match, 1 no match, 2 error or not compared (no face, or several with --one-face).`;

/** Adds the command. */
export function addVerifyCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('verify')
    .description('decide whether two photos show the same person')
    .argument('<a>', 'image, or embedding file (.json)')
    .argument('<b>', 'image, or embedding file (.json)')
    .option('--one-face', 'refuse photos with several faces')
    .option('--descriptor-from <software>', 'the .json files hold plain numbers that this software computed, e.g. face-api.js')
    .addHelpText('after', HELP);
  addEngineOptions(addDecisionOptions(command)).action((a: string, b: string, options: VerifyCliOptions) =>
    run(options, (session) => verify(a, b, options, session)),
  );
}

async function verify(a: string, b: string, options: VerifyCliOptions, session: Session): Promise<CommandResult> {
  const { fmr, threshold, oneFace = false, descriptorFrom } = options;
  return withEngine(options, session, async (engine) => {
    const [sideA, sideB] = await Promise.all([a, b].map((input) => readSide(input, engine, session, descriptorFrom)));
    const result = await engine.verify(sideA as string | Embedding, sideB as string | Embedding, {
      fmr,
      threshold,
      severalFaces: oneFace ? 'refuse' : 'mostProminent',
      signal: session.signal,
    });
    report(result, [a, b], session);
    const { a: _a, b: _b, ...outcome } = result;
    const document = { ...outcome, a: toSideData(a, result.a), b: toSideData(b, result.b), engine: toEngineData(engine.info) };
    return { document, exitCode: toExitCode(result) };
  });
}

async function readSide(input: string, engine: NodeFaceEngine, session: Session, from: string | undefined): Promise<string | Embedding> {
  return isEmbeddingFile(input) ? readEmbeddingFile(input, engine, session, from) : session.resolvePath(input);
}

function toExitCode(result: VerifyResult): number {
  if (result.status === 'notCompared') return EXIT.error;
  return result.match ? EXIT.ok : EXIT.noMatch;
}

function toSideData(input: string, face: VerifyResult['a']) {
  return { input, kind: isEmbeddingFile(input) ? 'embedding' : 'image', ...(face && toBriefFaceData(face)) };
}

function report(result: VerifyResult, inputs: readonly [string, string], { print, note }: Session): void {
  if (result.status === 'notCompared') {
    const input = result.side === 'a' ? inputs[0] : inputs[1];
    note(`Not compared: ${input}: ${result.message}`);
  } else {
    const { match, similarity, threshold, distance, fmr } = result;
    const verdict = match ? 'MATCH' : 'NO MATCH';
    const relation = match ? '>=' : '<';
    print(
      `${verdict}  similarity ${similarity.toFixed(4)} ${relation} threshold ${threshold.toFixed(4)} (${describeFmr(fmr)}), distance ${distance.toFixed(4)}`,
    );
  }
  const sides = [result.a, result.b];
  for (const [i, face] of sides.entries()) if (face !== undefined) print(`  ${'ab'[i]}  ${inputs[i]}  ${describeFace(face)}`);
  print(`  pack ${result.pack} on ${result.executionProvider}: ${describeTimings(result.timings)}`);
}
