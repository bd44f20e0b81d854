/** `isoface models show`: one manifest, or what an ONNX file holds. */

import type { ModelManifest, PackManifest } from '@isoface/core';
import { inspectModel, type ModelSummary, type ModelValue } from '@isoface/model-tools';
import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { readNamedFile } from '../engine/read-named-file.ts';
import { describeBytes, describeLicense, describeModel } from '../models/describe-model.ts';
import { findManifest, listOptionalModels, listPackModels } from '../models/select-models.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, OutputOptions, RunCommand, Session } from '../session.ts';

const HELP = `
Examples:
  isoface models show standard                    a pack with its calibrated thresholds
  isoface models show yunet-2023mar --json        the manifest of a model
  isoface models show my-model.onnx               inputs, outputs and operators of a file`;

/** Adds the command. */
export function addModelsShowCommand(models: Command, run: RunCommand): void {
  const command = models
    .command('show')
    .description('show a pack, a model or an ONNX file')
    .argument('<name|file.onnx>', 'name from `isoface models list`, or a file')
    .addHelpText('after', HELP);
  addOutputOptions(command).action((name: string, options: OutputOptions) => run(options, (session) => show(name, session)));
}

async function show(name: string, { resolvePath, signal, print }: Session): Promise<CommandResult> {
  if (name.toLowerCase().endsWith('.onnx')) {
    const summary = inspectModel(await readNamedFile(resolvePath(name), signal));
    print(describeSummary(summary));
    return { document: { file: resolvePath(name), ...summary } };
  }
  const manifest = findManifest(name);
  print('detector' in manifest ? describePack(manifest) : describeManifest(manifest));
  return { document: manifest };
}

function describePack(pack: PackManifest): string {
  const models = formatTable([
    ...listPackModels(pack).map((model) => ['', ...describeModel(model)]),
    ...listOptionalModels(pack).map((model) => ['', ...describeModel(model), 'optional']),
  ]);
  const thresholds = pack.thresholds.map(({ fmr, threshold, ci95, flipAveraging, dataset, pairs }) => [
    '',
    `FMR ${fmr.toExponential()}`,
    `similarity ${threshold.toFixed(4)}`,
    flipAveraging ? 'with --flip' : 'plain',
    `95 % interval ${ci95.map((rate) => rate.toExponential(1)).join(' to ')}`,
    `${pairs} impostor pairs of ${dataset}`,
  ]);
  const searchThresholds = (pack.searchThresholds ?? []).map(({ fpir, threshold, ci95, flipAveraging, dataset, probes, gallerySize }) => [
    '',
    `FPIR ${fpir.toExponential()}`,
    `similarity ${threshold.toFixed(4)}`,
    flipAveraging ? 'with --flip' : 'plain',
    `95 % interval ${ci95.map((rate) => rate.toExponential(1)).join(' to ')}`,
    `${probes} strangers in a gallery of ${gallerySize}, ${dataset}`,
  ]);
  const livenessThresholds = (pack.livenessThresholds ?? []).map(({ kind, rate, threshold, ci95, frames, dataset, presentations }) => [
    '',
    `${kind.toUpperCase()} ${rate.toExponential()}`,
    `score ${threshold.toFixed(4)}`,
    frames === 1 ? 'one frame' : `mean of ${frames} frames`,
    `95 % interval ${ci95.map((bound) => bound.toExponential(1)).join(' to ')}`,
    `${presentations} presentations, ${dataset}`,
  ]);
  const accepts = (pack.accepts ?? []).map(({ from, evidence }) => `\nAccepts vectors of ${from}. ${evidence}`);
  return [
    `${pack.id}: ${pack.title}`,
    '\nModels',
    models,
    '\nThresholds',
    thresholds.length > 0 ? formatTable(thresholds) : '  none',
    ...(searchThresholds.length > 0 ? ['\nThresholds of search (1:N)', formatTable(searchThresholds)] : []),
    ...(livenessThresholds.length > 0 ? ['\nThresholds of passive liveness', formatTable(livenessThresholds)] : []),
    ...accepts,
  ].join('\n');
}

function describeManifest(model: ModelManifest): string {
  const { width, height, layout, channelOrder, sizeMultipleOf } = model.input;
  const size = `${width}x${height}${sizeMultipleOf === undefined ? '' : ` (any multiple of ${sizeMultipleOf})`}`;
  const rows = [
    ['task', model.task],
    ['file', `${model.file.name}, ${describeBytes(model.file.bytes)}`],
    ['sha256', model.file.sha256],
    ['input', `${model.input.name}: ${size}, ${layout}, ${channelOrder}`],
    ...(model.task === 'embed'
      ? [['output', `${model.dimension} numbers, metric ${model.metric}, aligned to ${model.alignment.template}`]]
      : []),
    ...(model.task === 'embed' ? [] : [['decoder', model.decoder]]),
    ['licence', describeLicense(model.license)],
    ['origin', model.origin],
    ...model.file.urls.map((url) => ['from', url]),
    ...(model.importFrom?.files ?? []).flatMap(({ urls }) => urls.map((url) => ['made from', url])),
  ];
  const notice = model.license.notice === undefined ? '' : `\n${model.license.notice}`;
  return `${model.id}: ${model.title}\n${formatTable(rows.map((row) => [`  ${row[0]}`, row[1] ?? '']))}${notice}`;
}

function describeSummary({ inputs, outputs, operators, opsets, irVersion, parameterCount, producer, bytes }: ModelSummary): string {
  const values = (title: string, list: readonly ModelValue[]): string =>
    `${title}\n${formatTable(list.map(({ name, elementType, dims }) => [`  ${name}`, elementType, `[${dims.join(', ')}]`]))}`;
  return [
    `${describeBytes(bytes)}, ${parameterCount} parameters, IR ${irVersion}, ${opsets.map(({ domain, version }) => `${domain} ${version}`).join(', ')}`,
    ...(producer.name === '' ? [] : [`made by ${producer.name} ${producer.version}`.trimEnd()]),
    values('Inputs', inputs),
    values('Outputs', outputs),
    `Operators\n${formatTable(operators.map(({ operator, count }) => [`  ${operator}`, String(count)]))}`,
  ].join('\n');
}
