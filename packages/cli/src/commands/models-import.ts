/** `isoface models import`: a published model of another format becomes ONNX. */

import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { FaceError, type ImportFormat } from '@isoface/core';
import { writeFileAtomically } from '@isoface/evaluation';
import { importModel } from '@isoface/model-tools';
import { type Command, Option } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { readNamedFile } from '../engine/read-named-file.ts';
import { describeBytes } from '../models/describe-model.ts';
import type { CommandResult, OutputOptions, RunCommand, Session } from '../session.ts';

interface ImportCliOptions extends OutputOptions {
  readonly format: ImportFormat;
  readonly out: string;
}

const HELP = `
Examples:
  isoface models import model.xml model.bin --format openvino-ir --out model.onnx
  isoface models import yunet.onnx --format onnx-dynamic-size --out yunet-dynamic.onnx

openvino-ir takes the .xml and the .bin file, onnx-dynamic-size an ONNX detector with a fixed input size.
The same files always give the same bytes.`;

/** Adds the command. */
export function addModelsImportCommand(models: Command, run: RunCommand): void {
  const command = models
    .command('import')
    .description('convert a model to ONNX')
    .argument('<file...>', 'files of the model')
    .addOption(new Option('--format <format>', 'format of the files').choices(['openvino-ir', 'onnx-dynamic-size']).makeOptionMandatory())
    .requiredOption('--out <file>', 'ONNX file to write')
    .addHelpText('after', HELP);
  addOutputOptions(command).action((files: string[], options: ImportCliOptions) =>
    run(options, (session) => importFiles(files, options, session)),
  );
}

async function importFiles(files: readonly string[], { format, out }: ImportCliOptions, session: Session): Promise<CommandResult> {
  const { resolvePath, signal, print } = session;
  const paths = files.map(resolvePath);
  const target = resolvePath(out);
  const contents = await Promise.all(paths.map((path) => readNamedFile(path, signal)));
  await assertNoInput(target, paths);
  const bytes = importModel(format, contents);
  signal.throwIfAborted();
  await writeFileAtomically(target, bytes, signal);
  const file = { name: basename(target), sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  print(`${target}  ${describeBytes(file.bytes)}\n  sha256 ${file.sha256}`);
  return { document: { out: target, format, file } };
}

async function assertNoInput(target: string, inputs: readonly string[]): Promise<void> {
  const real = (path: string): Promise<string> => realpath(path).catch(() => path);
  const [out, ...sources] = await Promise.all([target, ...inputs].map(real));
  if (!sources.includes(out as string)) return;
  throw new FaceError('INVALID_OPTION', `Expected --out to name a new file, got one of the inputs: ${target}.`, {
    option: 'out',
    path: target,
  });
}
