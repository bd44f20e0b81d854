/** Costs of bare model runs in Node. */

import type { HostTensor, InferenceSession } from '@isoface/core';
import { createOrtNodeBackend, type NodeExecutionProvider } from '@isoface/runtime-node';
import type { PieceContext } from '../../run/suite.ts';
import { cpuNow } from '../../statistics.ts';
import { interleave, type Rounds } from './interleave.ts';
import type { MissingVariant, ModelSpeed, SpeedPiece } from './precision-piece.ts';
import type { PreparedModel, PreparedPack } from './prepared-pack.ts';
import { BASELINE, type VariantName } from './variant-name.ts';

/** Runtimes that are measured in this process. */
export const NODE_PROVIDERS = { 'node-cpu': 'cpu', 'node-webgpu': 'webgpu', 'node-cuda': 'cuda' } as const satisfies Record<
  string,
  NodeExecutionProvider
>;

interface OpenVariant {
  readonly variant: VariantName;
  readonly session: InferenceSession;
}

/**
 * Runs the variants of each model in turns, one thread, all on the same inputs.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if even float32 does not run there.
 */
export async function measureNodeSpeed(
  { pack, models }: PreparedPack,
  runtime: keyof typeof NODE_PROVIDERS,
  rounds: Rounds,
  context: PieceContext,
): Promise<SpeedPiece> {
  const measured: ModelSpeed[] = [];
  let fewest = rounds.atMost;
  for (const [i, model] of models.entries()) {
    const speed = await measureModel(model, runtime, rounds, context.timeLeftMs() / (models.length - i), context.signal);
    fewest = Math.min(fewest, speed.variants[0]?.wallMs.length ?? 0);
    measured.push(speed);
  }
  return { kind: 'speed', pack: pack.manifest.id, runtime, rounds: fewest, warmup: rounds.warmup, models: measured };
}

async function measureModel(
  { manifest, variants, missing, samples }: PreparedModel,
  runtime: keyof typeof NODE_PROVIDERS,
  rounds: Rounds,
  budgetMs: number,
  signal: AbortSignal,
): Promise<ModelSpeed> {
  const input = samples[0]?.input;
  if (input === undefined) throw new Error(`Expected an input for ${manifest.id} from the demo photos, got none: no face was found.`);
  const feeds: Readonly<Record<string, HostTensor>> = { [manifest.input.name]: input };
  const backend = createOrtNodeBackend({ executionProvider: NODE_PROVIDERS[runtime] });
  const failed: MissingVariant[] = [];
  const open: OpenVariant[] = [];
  try {
    for (const { variant, bytes } of variants) {
      try {
        const session = await backend.createSession(bytes, { name: manifest.id, signal });
        open.push({ variant, session });
        await session.run(feeds);
      } catch (error) {
        signal.throwIfAborted();
        if (variant === BASELINE) throw error;
        failed.push({ variant, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    const running = open.filter(({ variant }) => failed.every((fault) => fault.variant !== variant));
    const spent = await interleave(running, rounds, budgetMs, async ({ session }) => {
      signal.throwIfAborted();
      const started = performance.now();
      const cpuStarted = cpuNow();
      await session.run(feeds);
      return { cpuMs: cpuNow() - cpuStarted, wallMs: performance.now() - started };
    });
    return {
      task: manifest.task,
      model: manifest.id,
      variants: running.map(({ variant }, i) => {
        const cpuMs = (spent[i] ?? []).map((sample) => toMicroseconds(sample.cpuMs));
        const wallMs = (spent[i] ?? []).map((sample) => toMicroseconds(sample.wallMs));
        return { variant, wallMs, cpuMs, cpuMeanMs: toMicroseconds(cpuMs.reduce((sum, value) => sum + value, 0) / cpuMs.length) };
      }),
      missing: [...missing, ...failed],
    };
  } finally {
    await Promise.all(open.map(({ session }) => session.dispose()));
  }
}

/** Milliseconds with three decimals: all that the clocks give. */
function toMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
