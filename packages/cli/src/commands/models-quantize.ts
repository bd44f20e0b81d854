/** `isoface models quantize`: a model becomes smaller, and what that costs is measured. */

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { FaceError, type HostTensor, type InferenceBackend } from '@isoface/core';
import { writeFileAtomically } from '@isoface/evaluation';
import {
  collectActivationRanges,
  findSensitiveNodes,
  type QuantizedModel,
  quantizeToInt8,
  type RangeMethod,
  toFloat16,
  toFloat16Stored,
} from '@isoface/model-tools';
import { createNodeModelSource, createOrtNodeBackend } from '@isoface/runtime-node';
import { type Command, Option } from 'commander';
import { addModelPlaceOptions, addOutputOptions, toWholeNumber } from '../engine/engine-options.ts';
import { describeBytes } from '../models/describe-model.ts';
import { countOf } from '../output/face-text.ts';
import { formatTable } from '../output/text-table.ts';
import { type CpuTimes, measureCpu } from '../quantize/measure-cpu.ts';
import { createOutputComparison, type OutputDifferences } from '../quantize/output-comparison.ts';
import { openQuantizationImages, type QuantizationImages } from '../quantize/quantization-images.ts';
import { openQuantizationTarget, type QuantizationTarget, ROLES, type Role } from '../quantize/quantization-target.ts';
import { judge, TARGET_FORMS, type TargetForm, type Verdict } from '../quantize/quantization-verdict.ts';
import { type InputRecorder, openInputRecorder } from '../quantize/record-inputs.ts';
import type { CommandResult, OutputOptions, RunCommand, Session } from '../session.ts';

interface QuantizeCliOptions extends OutputOptions {
  readonly to: TargetForm;
  readonly images: string;
  readonly out: string;
  readonly pack?: string | undefined;
  readonly role?: Role | undefined;
  readonly method: RangeMethod;
  readonly skip?: readonly string[] | undefined;
  readonly perTensor?: boolean | undefined;
  readonly weightBits: '7' | '8';
  readonly count: number;
  readonly modelsDir?: string | undefined;
  readonly offline?: boolean | undefined;
}

const HELP = `
Examples:
  isoface models quantize face-recognition --to int8 --images photos --out face-recognition-int8.onnx
  isoface models quantize face-reidentification-retail-0095 --to int8 --skip auto --images lfw.jsonl --out retail-int8.onnx
  isoface models quantize yunet-2023mar --to float16-stored --images photos --out yunet-half.onnx
  isoface models quantize mine.onnx --pack standard --role embedder --to int8 --images photos --out mine-int8.onnx

--images is a folder of photos or an index of \`isoface dataset index\`; a few dozen photos with faces are enough. Every fourth one is held out: the
others calibrate the 8-bit ranges, the held-out ones are what the errors are measured on. The model is fed as in use: a detector whole photos, the
others the faces that the models of its pack find.
int8            8-bit weights and arithmetic on the CPU; quicker on some machines, slower on others
float16-stored  half the bytes, the same arithmetic
float16         half-precision arithmetic, for accelerators that have it
--skip auto quantizes the layers one at a time and leaves the worst alone, at most a quarter of them; it often saves a model that int8 spoils.
The file is written whatever the verdict is.

Document of --json: { model, to, out, pack, images: { name, calibration, heldOut }, inputs: { calibration, heldOut }, file: { name, sha256, bytes },
bytesBefore, quantizedNodes, leftAlone: [{ node, operator, reason }], differences: { inputs, allFinite, outputs: [{ name, maxAbsolute, relative }],
cosine?, landmarks?, detection? }, cpuMs: { before, after, runs }, verdict: { isWorthIt, reasons }, problems: [{ path, code, message }] }.
Exit codes: 0 the file was written, 2 it was not.`;

/** Inputs that the search for sensitive layers compares. */
const SENSITIVITY_INPUTS = 4;

/** Adds the command. */
export function addModelsQuantizeCommand(models: Command, run: RunCommand): void {
  const command = models
    .command('quantize')
    .description('make a model smaller and measure what that costs')
    .argument('<model|file.onnx>', 'id from `isoface models list`, or a file')
    .addOption(new Option('--to <form>', 'form of the new model').choices(TARGET_FORMS).makeOptionMandatory())
    .requiredOption('--images <dir|index>', 'photos with faces: a folder, or an index (.jsonl)')
    .requiredOption('--out <file>', 'ONNX file to write')
    .addOption(
      new Option('--method <method>', 'how ranges are chosen: all values, without the rarest, or with the smallest error')
        .choices(['minMax', 'percentile', 'mse'])
        .default('mse'),
    )
    .addOption(new Option('--skip <node...>', 'nodes to leave alone (int8), or auto'))
    .addOption(new Option('--per-tensor', 'one weight scale per layer instead of one per channel (int8)'))
    .addOption(
      new Option('--weight-bits <n>', '7 never overflows, 8 is finer and does on x64 processors without VNNI (int8)')
        .choices(['7', '8'])
        .default('7'),
    )
    .addOption(new Option('--count <n>', 'use at most n photos').argParser(toWholeNumber).default(100))
    .addOption(new Option('--pack <name|file.json>', 'pack in which the model works (default: the built-in one that has it)'))
    .addOption(new Option('--role <role>', 'part of --pack that an unknown file stands for').choices(ROLES))
    .addHelpText('after', HELP);
  addOutputOptions(addModelPlaceOptions(command)).action((name: string, options: QuantizeCliOptions) =>
    run(options, (session) => quantize(name, options, session)),
  );
}

async function quantize(name: string, options: QuantizeCliOptions, session: Session): Promise<CommandResult> {
  const { resolvePath, signal, progress } = session;
  assertInt8Options(options);
  const out = resolvePath(options.out);
  await assertNotInput(out, resolvePath(name));
  const modelsDir = options.modelsDir === undefined ? undefined : resolvePath(options.modelsDir);
  const modelSource = createNodeModelSource({ modelsDir, offline: options.offline });
  const backend = createOrtNodeBackend({ executionProvider: 'cpu' });
  const target = await openQuantizationTarget(name, options, modelSource, session);
  const images = await openQuantizationImages(resolvePath(options.images), options.count, signal);
  const recorder = await openInputRecorder({ pack: target.pack, model: target.manifest, backend, modelSource, signal });
  try {
    const feed = createFeed(recorder, target, images, session);
    const model = await convert(target, options, { backend, feed, session });
    const measured = await compare(target, model.bytes, { backend, feed, session });
    progress.clear();
    const { input } = target.manifest;
    const verdict = judge({ form: options.to, ...model.report, ...measured }, Math.max(input.width, input.height));
    await writeFileAtomically(out, model.bytes, signal);
    const document = {
      model: target.name,
      to: options.to,
      out,
      pack: target.pack.id,
      images: { name: images.name, calibration: images.calibration.length, heldOut: images.heldOut.length },
      inputs: feed.counts,
      file: { name: basename(out), sha256: createHash('sha256').update(model.bytes).digest('hex'), bytes: model.bytes.length },
      bytesBefore: model.report.bytesBefore,
      quantizedNodes: model.report.quantizedNodes,
      leftAlone: model.report.leftAlone,
      ...measured,
      verdict,
      problems: [...images.problems, ...feed.problems],
    };
    report(document, session);
    return { document };
  } finally {
    await recorder.dispose();
  }
}

/** The inputs of the model, made photo by photo. */
interface Feed {
  /** Inputs of the photos of one group; each photo is read when its turn comes. */
  inputs(group: 'calibration' | 'heldOut', label: string): AsyncIterable<HostTensor>;
  /** Inputs seen so far. */
  readonly counts: { calibration: number; heldOut: number };
  readonly problems: { readonly path: string; readonly code: 'unreadable'; readonly message: string }[];
}

function createFeed(recorder: InputRecorder, { manifest }: QuantizationTarget, images: QuantizationImages, session: Session): Feed {
  const { signal, progress } = session;
  const counts = { calibration: 0, heldOut: 0 };
  const problems: Feed['problems'] = [];
  return {
    counts,
    problems,
    async *inputs(group, label) {
      const paths = images[group];
      counts[group] = 0;
      for (const [index, path] of paths.entries()) {
        signal.throwIfAborted();
        const inputs = await recorder.record(path);
        if (inputs === undefined && !problems.some((problem) => problem.path === basename(path))) {
          problems.push({ path: basename(path), code: 'unreadable', message: 'The photo cannot be decoded; it was left out.' });
        }
        counts[group] += inputs?.length ?? 0;
        yield* inputs ?? [];
        progress.items(label, index + 1, paths.length);
      }
      if (counts[group] > 0) return;
      const what = manifest.task === 'detect' ? 'a photo that can be read' : 'a face';
      throw new FaceError(
        'DATASET_INVALID',
        `Expected ${what} in the ${paths.length} photos ${group === 'heldOut' ? 'held out to judge by' : 'to calibrate on'}, found none; give more photos with faces.`,
        { images: images.name, photos: paths.length },
      );
    },
  };
}

interface Tools {
  readonly backend: InferenceBackend;
  readonly feed: Feed;
  readonly session: Session;
}

async function convert(
  target: QuantizationTarget,
  options: QuantizeCliOptions,
  { backend, feed, session }: Tools,
): Promise<QuantizedModel> {
  const { signal, progress } = session;
  const { to, method, perTensor = false, skip = [] } = options;
  if (to === 'float16-stored') return toFloat16Stored(target.bytes);
  const inputs = feed.inputs('calibration', 'Calibrating');
  const ranges = await collectActivationRanges(target.bytes, { backend, inputs, method: to === 'int8' ? method : 'minMax', signal });
  // Values beyond half precision would be seen on an accelerator only; the ranges show them here.
  if (to === 'float16') return toFloat16(target.bytes, { ranges });
  const settings = { perChannel: !perTensor, weightBits: options.weightBits === '7' ? 7 : 8 } as const;
  if (!skip.includes('auto')) return quantizeToInt8(target.bytes, ranges, { ...settings, skip });
  const sensitive = await findSensitiveNodes(target.bytes, ranges, {
    ...settings,
    backend,
    inputs: await takeFirst(feed.inputs('calibration', 'Reading photos'), SENSITIVITY_INPUTS),
    signal,
    onProgress: (done, total) => progress.items('Trying layers', done, total),
  });
  return quantizeToInt8(target.bytes, ranges, { ...settings, skip: sensitive });
}

async function takeFirst(inputs: AsyncIterable<HostTensor>, count: number): Promise<HostTensor[]> {
  const taken: HostTensor[] = [];
  for await (const input of inputs) {
    taken.push(input);
    if (taken.length === count) break;
  }
  return taken;
}

async function compare(
  { bytes, manifest, name }: QuantizationTarget,
  smaller: Uint8Array,
  { backend, feed, session }: Tools,
): Promise<{ differences: OutputDifferences; cpuMs: CpuTimes }> {
  const { signal } = session;
  const before = await backend.createSession(bytes, { name, signal });
  try {
    const after = await backend.createSession(smaller, { name: `${name}, made smaller`, signal });
    try {
      const comparison = createOutputComparison(manifest);
      const inputName = before.inputs[0]?.name ?? manifest.input.name;
      let first: HostTensor | undefined;
      for await (const input of feed.inputs('heldOut', 'Comparing')) {
        first ??= input;
        const feeds = { [inputName]: input };
        comparison.add(await before.run(feeds), await after.run(feeds), input.dims);
      }
      return {
        differences: comparison.finish(),
        cpuMs: await measureCpu(before, after, { [inputName]: first as HostTensor }, signal),
      };
    } finally {
      await after.dispose();
    }
  } finally {
    await before.dispose();
  }
}

interface Report {
  readonly out: string;
  readonly images: { readonly name: string; readonly heldOut: number };
  readonly file: { readonly sha256: string; readonly bytes: number };
  readonly bytesBefore: number;
  readonly quantizedNodes: number;
  readonly leftAlone: readonly { readonly operator: string; readonly reason: string; readonly node: string }[];
  readonly differences: OutputDifferences;
  readonly cpuMs: CpuTimes;
  readonly verdict: Verdict;
  readonly problems: readonly unknown[];
}

function report(
  { out, images, file, bytesBefore, quantizedNodes, leftAlone, differences, cpuMs, verdict, problems }: Report,
  session: Session,
): void {
  const { print, note } = session;
  print(`${out}  ${describeBytes(file.bytes)}, was ${describeBytes(bytesBefore)}\n  sha256 ${file.sha256}`);
  const rows = [
    ['  nodes', `${quantizedNodes} converted, ${leftAlone.length} left alone`],
    ...describeLeftAlone(leftAlone).map((line) => ['', line]),
    ['  held out', `${differences.inputs} inputs from ${images.heldOut} photos`],
    ...describeDifferences(differences).map((line) => ['', line]),
    ['  CPU', `${cpuMs.before.toPrecision(3)} ms before, ${cpuMs.after.toPrecision(3)} ms after; medians of ${cpuMs.runs} runs in turns`],
  ];
  print(formatTable(rows));
  print(`${verdict.isWorthIt ? 'Worth it here.' : 'Not worth it here.'} ${verdict.reasons.join(' ')}`);
  if (problems.length > 0)
    note(`${countOf(problems.length, 'file')} of ${images.name} left out: no photos, or unreadable (--json lists them).`);
}

/** One line per operator and reason. */
function describeLeftAlone(nodes: Report['leftAlone']): string[] {
  const groups = new Map<string, string[]>();
  for (const { node, operator, reason } of nodes) {
    const key = `${operator}: ${reason}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return Array.from(groups, ([key, names]) => `${names.length} × ${key} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`);
}

function describeDifferences({ allFinite, outputs, cosine, landmarks, detection }: OutputDifferences): string[] {
  if (!allFinite) return ['some outputs are not finite numbers'];
  const lines: string[] = [];
  if (cosine !== undefined)
    lines.push(`cosine to the original embedding: ${cosine.mean.toFixed(5)} on average, ${cosine.min.toFixed(5)} at worst`);
  if (landmarks !== undefined) {
    lines.push(
      `landmarks moved by ${landmarks.meanPixels.toFixed(2)} pixels of the input on average, ${landmarks.maxPixels.toFixed(2)} at worst`,
    );
  }
  if (detection !== undefined) {
    const { faces, foundAgain, additional, meanIou, maxScoreDifference, meanLandmarkPixels } = detection;
    lines.push(
      `${foundAgain} of ${faces} faces found again, ${additional} more; mean overlap ${meanIou.toFixed(3)}, scores within ${maxScoreDifference.toFixed(3)}`,
    );
    if (meanLandmarkPixels !== undefined) lines.push(`landmarks moved by ${meanLandmarkPixels.toFixed(2)} pixels of the input on average`);
  }
  const worst = outputs.reduce((largest, { maxAbsolute }) => Math.max(largest, maxAbsolute), 0);
  return [...lines, `largest difference of any output: ${worst.toPrecision(2)}`];
}

function assertInt8Options({ to, skip, perTensor }: QuantizeCliOptions): void {
  const option = skip !== undefined ? 'skip' : perTensor === true ? 'per-tensor' : undefined;
  if (to === 'int8' || option === undefined) return;
  throw new FaceError('INVALID_OPTION', `Expected --${option} with --to int8, got --to ${to}, which has nothing to choose there.`, {
    option,
  });
}

async function assertNotInput(out: string, input: string): Promise<void> {
  const [target, source] = await Promise.all([out, input].map((path) => realpath(path).catch(() => path)));
  if (target !== source) return;
  throw new FaceError('INVALID_OPTION', `Expected --out to name a new file, got the input: ${out}.`, { option: 'out', path: out });
}
