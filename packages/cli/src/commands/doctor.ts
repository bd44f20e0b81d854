/** `isoface doctor`: what runs on this machine, and what is missing for the rest. */

import { access, constants } from 'node:fs/promises';
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { FaceError } from '@isoface/core';
import { builtinPacks } from '@isoface/models';
import { defaultCacheDirectory, listBundledProviders, type NodeExecutionProvider, onnxruntimeVersion } from '@isoface/runtime-node';
import type { Command } from 'commander';
import sharp from 'sharp';
import packageJson from '../../package.json' with { type: 'json' };
import { addModelPlaceOptions, addOutputOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { type ProviderProbe, probeProvider } from '../engine/probe-provider.ts';
import { listLocalSources, locateModel } from '../models/locate-model.ts';
import { listPackModels } from '../models/select-models.ts';
import { toErrorData } from '../output/describe-error.ts';
import { formatTable } from '../output/text-table.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const PROVIDERS: readonly NodeExecutionProvider[] = ['cpu', 'webgpu', 'cuda'];

const HELP = `
Opens the starter pack on every execution provider by itself and lets it prove its numbers on a drawn face.
Exit codes: 0 the CPU works, 2 it does not.`;

/** Adds the command. */
export function addDoctorCommand(program: Command, run: RunCommand): void {
  const command = program.command('doctor').description('say what runs on this machine and what is missing').addHelpText('after', HELP);
  addOutputOptions(addModelPlaceOptions(command)).action((options: EngineCliOptions) =>
    run(options, (session) => examine(options, session)),
  );
}

async function examine({ modelsDir }: EngineCliOptions, session: Session): Promise<CommandResult> {
  const machine = describeMachine();
  const versions = {
    isoface: packageJson.version,
    node: process.versions.node,
    onnxruntime: await onnxruntimeVersion(),
    sharp: sharp.versions.sharp,
  };
  const providers = await probeAll(session);
  const packs = await findPacks(modelsDir, session);
  const cache = { directory: defaultCacheDirectory(), isWritable: await isWritable(defaultCacheDirectory()) };

  const { print } = session;
  print(formatTable(Object.entries({ ...versions, ...toText(machine) }).map((row) => [...row])));
  print('\nExecution providers');
  print(formatTable(providers.map(({ name, isBundled, ...probe }) => [`  ${name}`, describeProbe(probe, isBundled)])));
  print('\nModel packs');
  print(
    formatTable(
      packs.map(({ id, isPresent, missing }) => [
        `  ${id}`,
        isPresent ? 'ready' : `missing ${missing.join(', ')}: isoface models pull ${id}`,
      ]),
    ),
  );
  const access = cache.isWritable ? 'writable' : 'NOT WRITABLE: set ISOFACE_CACHE to a folder that is';
  print(`\nModel cache  ${cache.directory}  (${access})`);

  const works = providers.some(({ name, works }) => name === 'cpu' && works);
  const document = { versions, machine, providers, packs, cache, ok: works };
  if (works) return { document };
  const error = new FaceError('BACKEND_UNAVAILABLE', 'The CPU provider does not work here; the reason is above.');
  session.note(error.message);
  return { document: { ...document, error: toErrorData(error) }, exitCode: EXIT.error };
}

function describeMachine() {
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
}

function toText({ platform, cpu, cores, memoryBytes, freeMemoryBytes }: ReturnType<typeof describeMachine>): Record<string, string> {
  const toGiB = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  return { platform, cpu: `${cpu}, ${cores} cores`, memory: `${toGiB(memoryBytes)} GiB, ${toGiB(freeMemoryBytes)} GiB free` };
}

/** One after the other: they would disturb each other's times. */
async function probeAll({ signal, progress }: Session) {
  const bundled = new Set((await listBundledProviders()).flatMap(({ name, bundled }) => (bundled ? [name] : [])));
  const providers = [];
  for (const [i, name] of PROVIDERS.entries()) {
    progress.items(`Trying ${name}`, i, PROVIDERS.length);
    providers.push({ name, isBundled: bundled.has(name), ...(await probeProvider(name, signal)) });
  }
  progress.clear();
  return providers;
}

function describeProbe(probe: ProviderProbe, isBundled: boolean): string {
  if (probe.works) return `works: started in ${probe.startMs.toFixed(0)} ms, test face analyzed in ${probe.analysisMs.toFixed(1)} ms`;
  const build = isBundled ? 'in this build, but it does not start' : 'not in this build of ONNX Runtime';
  return `${build}. ${probe.error.message}`;
}

async function findPacks(modelsDir: string | undefined, { resolvePath, signal }: Session) {
  const sources = listLocalSources(modelsDir === undefined ? undefined : resolvePath(modelsDir));
  const packs = [];
  for (const pack of builtinPacks) {
    const missing = [];
    for (const model of listPackModels(pack)) if ((await locateModel(model, sources, signal)) === undefined) missing.push(model.id);
    packs.push({ id: pack.id, isPresent: missing.length === 0, missing });
  }
  return packs;
}

async function isWritable(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK);
    return true;
  } catch (error) {
    // It is made when the first model is kept; until then the folder above it decides.
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isAbsent && dirname(directory) !== directory && isWritable(dirname(directory));
  }
}
