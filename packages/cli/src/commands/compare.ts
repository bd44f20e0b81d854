/** `isoface compare`: every face against every other. */

import { basename } from 'node:path';
import { DEFAULT_FMR, type Embedding, type EngineInfo, FaceError, isFaceError, selectThreshold } from '@isoface/core';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import type { Command } from 'commander';
import { addDecisionOptions, addEngineOptions, type DecisionOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { isEmbeddingFile, readEmbeddingFile } from '../engine/read-embedding-file.ts';
import { toEngineData, withEngine } from '../engine/with-engine.ts';
import { analyzeImages, type ImageOutcome, summarizeFailures } from '../images/analyze-images.ts';
import { type FaceData, toBriefFaceData } from '../output/face-data.ts';
import { countOf, describeFmr } from '../output/face-text.ts';
import { formatTable } from '../output/text-table.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface CompareCliOptions extends EngineCliOptions, DecisionOptions {
  readonly descriptorFrom?: string | undefined;
}

/** A face that takes part in the comparison. */
interface Candidate {
  readonly label: string;
  readonly input: string;
  readonly face?: FaceData | undefined;
  readonly embedding: Embedding;
}

interface Match {
  readonly a: string;
  readonly b: string;
  readonly similarity: number;
  readonly distance: number;
}

const HELP = `
Examples:
  isoface compare *.jpg
  isoface compare ada.json party1.jpg party2.jpg --fmr 1e-4
  isoface compare *.jpg --json | jq '.matches'

Faces are numbered per image, best score first: "party.jpg #2". Matches reach the threshold of the false match rate.
The rate is per pair: the more faces are compared, the stricter it should be (--fmr 1e-4 for a few hundred pairs).
A pack without calibrated thresholds gives the matrix and no matches, unless --threshold is given.
Exit codes: 0 all images were read, 2 some were not (the others are done all the same).`;

/** Adds the command. */
export function addCompareCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('compare')
    .description('similarity matrix of all faces in the images')
    .argument('<image...>', 'images, or embedding files (.json)')
    .option('--descriptor-from <software>', 'the .json files hold plain numbers that this software computed, e.g. face-api.js')
    .addHelpText('after', HELP);
  addEngineOptions(addDecisionOptions(command)).action((inputs: string[], options: CompareCliOptions) =>
    run(options, (session) => compare(inputs, options, session)),
  );
}

async function compare(inputs: readonly string[], options: CompareCliOptions, session: Session): Promise<CommandResult> {
  return withEngine(options, session, async (engine) => {
    const decision = settleDecision(engine.info, options);
    const stored = await readStored(inputs, engine, session, options.descriptorFrom);
    const outcomes: ImageOutcome[] = [];
    const photos = inputs.filter((input) => !isEmbeddingFile(input));
    for await (const outcome of analyzeImages(engine, photos, session, { embeddings: true })) {
      if ('error' in outcome) session.note(`${outcome.input}: ${outcome.error.code}: ${outcome.error.message}`);
      outcomes.push(outcome);
    }
    const candidates = [...stored, ...outcomes.flatMap((outcome) => toCandidates(outcome, inputs))];
    const { similarities, matches } = await compareAll(candidates, engine, decision.threshold, session.signal);
    report(candidates, similarities, matches, decision, session);

    const error = summarizeFailures(outcomes);
    const document = {
      ...toEngineData(engine.info),
      ...decision,
      faces: candidates.map(({ label, input, face }) => ({ label, input, ...face })),
      similarities,
      matches,
      images: outcomes.map(toImageData),
      error,
    };
    return { document, exitCode: error === undefined ? EXIT.ok : EXIT.error };
  });
}

/** The threshold, or none where the pack has no calibration and the user asked for no rate. */
function settleDecision(
  { pack, contract, thresholds, flipAveraging }: EngineInfo,
  { fmr, threshold }: DecisionOptions,
): Partial<Record<'threshold' | 'fmr', number>> {
  if (contract === undefined) {
    throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${pack}"; it can only detect.`, { pack });
  }
  if (threshold !== undefined) return { threshold };
  try {
    return selectThreshold(thresholds, fmr ?? DEFAULT_FMR, flipAveraging);
  } catch (error) {
    if (fmr === undefined && isFaceError(error, 'THRESHOLD_UNAVAILABLE')) return {};
    throw error;
  }
}

async function readStored(
  inputs: readonly string[],
  engine: NodeFaceEngine,
  session: Session,
  from: string | undefined,
): Promise<Candidate[]> {
  const files = inputs.filter(isEmbeddingFile);
  return Promise.all(
    files.map(async (input) => ({
      label: chooseName(input, inputs),
      input,
      embedding: await readEmbeddingFile(input, engine, session, from),
    })),
  );
}

/** The name without its folder, where that tells the inputs apart. */
function chooseName(input: string, inputs: readonly string[]): string {
  const name = basename(input);
  return inputs.filter((other) => basename(other) === name).length === 1 ? name : input;
}

function toCandidates(outcome: ImageOutcome, inputs: readonly string[]): Candidate[] {
  if ('error' in outcome) return [];
  const { input, analysis } = outcome;
  const name = chooseName(input, inputs);
  return analysis.faces.flatMap((face, i) =>
    face.embedding === undefined ? [] : [{ label: `${name} #${i + 1}`, input, face: toBriefFaceData(face), embedding: face.embedding }],
  );
}

function toImageData(outcome: ImageOutcome) {
  if ('error' in outcome) return outcome;
  const { width, height, faces, timings } = outcome.analysis;
  return { input: outcome.input, width, height, faces: faces.length, timings };
}

async function compareAll(
  candidates: readonly Candidate[],
  engine: NodeFaceEngine,
  threshold: number | undefined,
  signal: AbortSignal,
): Promise<{ similarities: number[][]; matches: Match[] }> {
  const similarities = candidates.map(() => new Array<number>(candidates.length).fill(0));
  const matches: Match[] = [];
  for (const [i, a] of candidates.entries()) {
    for (const [j, b] of candidates.entries()) {
      if (j < i) continue;
      // The decision is taken below; any threshold will do to be given the similarity.
      const result = await engine.verify(a.embedding, b.embedding, { threshold: threshold ?? 0, signal });
      if (result.status !== 'compared') continue;
      const { similarity, distance, match } = result;
      (similarities[i] as number[])[j] = similarity;
      (similarities[j] as number[])[i] = similarity;
      if (threshold !== undefined && match && i !== j) matches.push({ a: a.label, b: b.label, similarity, distance });
    }
  }
  return { similarities, matches: matches.sort((x, y) => y.similarity - x.similarity) };
}

function report(
  candidates: readonly Candidate[],
  similarities: readonly (readonly number[])[],
  matches: readonly Match[],
  { threshold, fmr }: Partial<Record<'threshold' | 'fmr', number>>,
  { print, note }: Session,
): void {
  if (candidates.length === 0) {
    note('No face was found.');
    return;
  }
  const head = ['', '', ...candidates.map((_, i) => `[${i + 1}]`)];
  const rows = candidates.map(({ label }, i) => [`[${i + 1}]`, label, ...(similarities[i] ?? []).map((value) => value.toFixed(3))]);
  print(formatTable([head, ...rows], 2));
  if (threshold === undefined) {
    note('This pack has no calibrated threshold; give --threshold to see who matches.');
    return;
  }
  print(`\n${countOf(matches.length, 'pair')} at or above the threshold ${threshold.toFixed(4)} (${describeFmr(fmr)})`);
  if (matches.length > 0) print(formatTable(matches.map(({ a, b, similarity }) => [`  ${a}`, '=', b, similarity.toFixed(4)])));
}
