/** Costs of bare model runs in a browser. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Chromium, openChromium } from '../../browser/open-chromium.ts';
import { findPageFolder } from '../../browser/page-folder.ts';
import { totalCpu } from '../../browser/process-tree.ts';
import { findPackage } from '../../find-package.ts';
import { toThousandths } from '../../rounded.ts';
import type { PieceContext } from '../../run/suite.ts';
import { startRuntimeServer } from '../../runtimes/runtime-server.ts';
import { medianOf } from '../../statistics.ts';
import { interleave, type Rounds } from './interleave.ts';
import type { ModelVariant } from './make-variants.ts';
import type { MissingVariant, ModelSpeed, SpeedPiece } from './precision-piece.ts';
import type { PreparedModel, PreparedPack } from './prepared-pack.ts';
import { BASELINE } from './variant-name.ts';

/** Runtimes that are measured in a browser. */
export const WEB_PROVIDERS = { 'web-wasm': 'wasm', 'web-webgpu': 'webgpu' } as const;

/** A turn lasts about so long, so that what asking the page costs is small beside it. */
const TURN_MS = 30;
const MAX_REPEATS = 10;
const NO_HALF_PRECISION = 'The GPU has no arithmetic in half precision: its adapter lacks the feature shader-f16.';

/**
 * Runs the variants of each model in turns, one thread, all on the same inputs. CPU time of a browser is counted in steps of 10 ms, so that it is
 * stated for all rounds together.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if the browser does not start; an error of ONNX Runtime if even float32 does not run there.
 */
export async function measureWebSpeed(
  { pack, models }: PreparedPack,
  runtime: keyof typeof WEB_PROVIDERS,
  rounds: Rounds,
  context: PieceContext,
): Promise<SpeedPiece> {
  const measured: ModelSpeed[] = [];
  let fewest = rounds.atMost;
  for (const [i, model] of models.entries()) {
    context.progress(model.manifest.id);
    const speed = await measureModel(model, runtime, rounds, context.timeLeftMs() / (models.length - i), context.signal);
    fewest = Math.min(fewest, speed.variants[0]?.wallMs.length ?? 0);
    measured.push(speed);
  }
  return { kind: 'speed', pack: pack.manifest.id, runtime, rounds: fewest, warmup: rounds.warmup, models: measured };
}

/** A page of its own for each model: the memory of one does not grow into that of the next. */
async function measureModel(
  model: PreparedModel,
  runtime: keyof typeof WEB_PROVIDERS,
  rounds: Rounds,
  budgetMs: number,
  signal: AbortSignal,
): Promise<ModelSpeed> {
  const { manifest, variants, samples } = model;
  const started = performance.now();
  const input = samples[0]?.input;
  if (input === undefined) throw new Error(`Expected an input for ${manifest.id} from the demo photos, got none: no face was found.`);
  const inputBytes = new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.byteLength);
  const files = new Map<string, Uint8Array>([['input.bin', inputBytes], ...variants.map(({ bytes }, i) => [`${i}.onnx`, bytes] as const)]);
  const server = await startRuntimeServer({ folders: { page: findPageFolder(), ort: findOrtFolder() }, files, pictures: [] });
  try {
    const browser = await openChromium({ gpu: runtime === 'web-webgpu' }, signal);
    try {
      await browser.open(`${server.origin}/page/precision-page.html`);
      const can = await callPage<{ readonly hasHalfPrecision: boolean }>(browser, 'start', WEB_PROVIDERS[runtime]);
      const lacksHalf = runtime === 'web-webgpu' && !can.hasHalfPrecision;
      const reasons = await callPage<readonly (string | null)[]>(browser, 'open', manifest.input.name, input.dims, variants.length);
      // Starting took its part.
      return await runTurns(browser, model, { reasons, lacksHalf }, rounds, budgetMs - (performance.now() - started), signal);
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

async function runTurns(
  browser: Chromium,
  { manifest, variants, missing }: PreparedModel,
  { reasons, lacksHalf }: { readonly reasons: readonly (string | null)[]; readonly lacksHalf: boolean },
  rounds: Rounds,
  budgetMs: number,
  signal: AbortSignal,
): Promise<ModelSpeed> {
  const failed: MissingVariant[] = [];
  const running: { readonly index: number; readonly variant: ModelVariant['variant'] }[] = [];
  for (const [index, { variant }] of variants.entries()) {
    const reason = variant === 'float16' && lacksHalf ? NO_HALF_PRECISION : (reasons[index] ?? undefined);
    if (reason === undefined) running.push({ index, variant });
    else if (variant === BASELINE) throw new Error(`${manifest.id} does not run: ${reason}`);
    else failed.push({ variant, reason });
  }
  const repeats = new Map<number, number>();
  const spent = await interleave(running, rounds, budgetMs, async ({ index }) => {
    signal.throwIfAborted();
    const count = repeats.get(index) ?? 1;
    const cpuStarted = totalCpu(browser.cpu());
    const wallMs = await callPage<readonly number[]>(browser, 'run', index, count);
    const cpuMs = totalCpu(browser.cpu()) - cpuStarted;
    // The first runs of all are slow: the browser compiles better code meanwhile. So each turn says how many runs make the next.
    repeats.set(index, Math.max(1, Math.min(MAX_REPEATS, Math.round(TURN_MS / medianOf(wallMs)))));
    return { wallMs: wallMs.reduce((sum, value) => sum + value, 0) / count, cpuMs, count };
  });
  return {
    task: manifest.task,
    model: manifest.id,
    variants: running.map(({ variant }, i) => {
      const turns = spent[i] ?? [];
      const runs = turns.reduce((sum, { count }) => sum + count, 0);
      const cpuMeanMs = turns.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / runs;
      return { variant, wallMs: turns.map(({ wallMs }) => toThousandths(wallMs)), cpuMs: [], cpuMeanMs: toThousandths(cpuMeanMs) };
    }),
    missing: [...missing, ...failed],
  };
}

function callPage<T>(browser: Chromium, name: string, ...values: readonly unknown[]): Promise<T> {
  return browser.evaluate<T>(`window.precision.${name}(${values.map((value) => JSON.stringify(value)).join(', ')})`);
}

/** ONNX Runtime Web as the browser's runtime package is built with it. */
function findOrtFolder(): string {
  const folder = join(findPackage('@isoface/runtime-web'), 'node_modules/onnxruntime-web/dist');
  if (existsSync(folder)) return folder;
  throw new Error('Expected onnxruntime-web among the development dependencies of @isoface/runtime-web, found none. Install them.');
}
