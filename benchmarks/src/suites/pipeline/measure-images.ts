/** One pack over a set of pictures, in every runtime. */

import { freemem } from 'node:os';
import type { BenchOptions } from '../../run/bench-options.ts';
import type { ImageSet } from '../../run/image-set.ts';
import type { PieceContext } from '../../run/suite.ts';
import type { BenchImage } from '../../runtimes/bench-engine.ts';
import { openBenchEngine } from '../../runtimes/open-bench-engine.ts';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';
import { chooseImages, fitImages } from './choose-images.ts';
import { compareRuntimes, type RuntimeComparison } from './compare-runtimes.ts';
import { analyzeOrSkip, createLane, enrollFirst, type Lane, measureStretch } from './lane.ts';
import type { ImagesValue, RuntimeSamples } from './pipeline-piece.ts';

/** What is measured. */
export interface MeasureImagesRequest {
  readonly pack: string;
  readonly runtimes: readonly RuntimeName[];
  readonly set: Pick<ImageSet, 'name' | 'images'>;
  readonly options: Pick<BenchOptions, 'modelsDir' | 'rounds' | 'warmup' | 'quick' | 'runtimes'>;
  /** Replaced in tests. */
  readonly open?: typeof openBenchEngine | undefined;
  /** Bytes of memory that are free; replaced in tests. */
  readonly freeMemory?: (() => number) | undefined;
}

/** The pictures of a measurement. */
interface Selection {
  /** Places in the set. */
  readonly indices: readonly number[];
  /** Of those, the first of each identity. */
  readonly gallery: readonly number[];
  /** So many are analyzed before it is the next runtime's turn. */
  readonly stretch: number;
}

/** What is shared by all runtimes of a measurement. */
interface Measurement extends MeasureImagesRequest {
  readonly comparison: RuntimeComparison;
  readonly isInterleaved: boolean;
  readonly failures: { readonly runtime: RuntimeName; readonly reason: string }[];
  readonly context: Pick<PieceContext, 'signal' | 'progress' | 'timeLeftMs'>;
}

/** A browser with its processes and the models, and some room. */
const MEMORY_PER_ENGINE = 900 * 2 ** 20;
/** Pictures that the engines are warmed up with, and their speed is estimated from. */
const WARMUP_IMAGES = { whole: 8, quick: 2 };
/** In a first impression. */
const MAX_QUICK_IMAGES = 16;
/** So many are measured also where the time is over. */
const LEAST_IMAGES = 6;
/** Between two looks at the clock; long enough for the CPU time of a browser, which comes in steps of 10 ms. */
const STRETCH_MS = 4000;
const STRETCH_IMAGES = { least: LEAST_IMAGES, most: 100 };
/** Of the time that is left, what is planned for: speed varies. */
const PLANNED_SHARE = 0.85;
const NAMED_PROBLEMS = 20;

/**
 * Measures every runtime, taking turns round by round where memory allows it. A picture that cannot be read is counted and skipped. A runtime that
 * fails is given up, unless it was named.
 *
 * @throws What opening or analyzing fails with, if a named runtime fails or none is left; `signal.reason`.
 */
export async function measureImages(request: MeasureImagesRequest, context: PieceContext): Promise<ImagesValue> {
  const { pack, runtimes, set, options, freeMemory = freemem } = request;
  const isInterleaved = runtimes.length < 2 || freeMemory() > runtimes.length * MEMORY_PER_ENGINE;
  const groups = isInterleaved ? [runtimes] : runtimes.map((runtime) => [runtime]);
  const failures: Measurement['failures'] = [];
  const comparison = compareRuntimes();
  const lanes: Lane[] = [];
  let selection: Selection | undefined;
  let rounds: number = options.rounds;
  for (const [i, group] of groups.entries()) {
    const ownMs = context.timeLeftMs() / (groups.length - i);
    const othersMs = context.timeLeftMs() - ownMs;
    const timeLeftMs = (): number => context.timeLeftMs() - othersMs;
    const done = await measureGroup(group, selection, {
      ...request,
      comparison,
      isInterleaved,
      failures,
      context: { ...context, timeLeftMs },
    });
    if (done === undefined) continue;
    lanes.push(...done.lanes);
    selection ??= done.selection;
    rounds = Math.min(rounds, done.rounds);
  }
  const images = new Set(selection?.indices);
  for (const { samples, problems } of lanes) {
    const measured = new Set([...samples.map(({ image }) => image), ...problems.keys()]);
    for (const image of images) if (!measured.has(image)) images.delete(image);
  }
  const measured = [...images].filter((image) => lanes.some(({ problems }) => !problems.has(image)));
  return {
    kind: 'images',
    pack,
    set: set.name,
    images: set.images.length,
    ids: measured.map((index) => idOf(set.images, index)),
    rounds,
    isCutShort: rounds < options.rounds || images.size < Math.min(set.images.length, options.quick ? MAX_QUICK_IMAGES : Infinity),
    isInterleaved,
    runtimes: sortLanes(lanes, runtimes).map((lane) => toSamples(lane, measured, set.images)),
    failures,
    parity: comparison.result(),
  };
}

/** Taking turns has changed their order. */
function sortLanes(lanes: readonly Lane[], runtimes: readonly RuntimeName[]): Lane[] {
  return lanes.toSorted((a, b) => runtimes.indexOf(a.runtime) - runtimes.indexOf(b.runtime));
}

function idOf(images: readonly BenchImage[], index: number): string {
  return images[index]?.id ?? '';
}

/** Samples with the places of their pictures among those that were measured. */
function toSamples(lane: Lane, measured: readonly number[], images: readonly BenchImage[]): RuntimeSamples {
  const { runtime, engine, samples, stretchCpu, problems, labels } = lane;
  const { executionProvider, versions, readyMs, firstResultMs } = engine.facts;
  const places = new Map(measured.map((index, place) => [index, place]));
  return {
    runtime,
    facts: { executionProvider, versions, readyMs: Math.round(readyMs), firstResultMs: Math.round(firstResultMs) },
    enrolled: labels.length,
    samples: samples.flatMap((sample) => {
      const image = places.get(sample.image);
      return image === undefined ? [] : [{ ...sample, image }];
    }),
    stretchCpu,
    problems: {
      count: problems.size,
      first: [...problems].slice(0, NAMED_PROBLEMS).map(([index, reason]) => ({ id: idOf(images, index), reason })),
    },
  };
}

interface MeasuredGroup {
  readonly lanes: readonly Lane[];
  readonly selection: Selection;
  /** Made in full. */
  readonly rounds: number;
}

/** Measures runtimes that are open at the same time. `undefined` if all of them failed. */
async function measureGroup(
  runtimes: readonly RuntimeName[],
  known: Selection | undefined,
  measurement: Measurement,
): Promise<MeasuredGroup | undefined> {
  const { set, options, context } = measurement;
  const opened: Lane[] = [];
  try {
    for (const runtime of runtimes) {
      context.progress(`opens ${runtime}`);
      await orGiveUp(runtime, measurement, async () => void opened.push(await openLane(runtime, measurement)));
    }
    let imageMs = 0;
    const warm = await eachLane(opened, measurement, async (lane) => {
      imageMs += await warmUp(lane, measurement);
    });
    if (warm.length === 0) return undefined;
    const selection = known ?? select(set.images, imageMs, { quick: options.quick, timeLeftMs: context.timeLeftMs() });
    context.progress(`enrols ${selection.gallery.length} identities`);
    const ready = await eachLane(warm, measurement, (lane) => enrollFirst(lane, selection.gallery, set.images, context.signal));
    const done = await measureRounds(ready, selection, measurement);
    return done.lanes.length === 0 ? undefined : { ...done, selection };
  } finally {
    await Promise.all(opened.map(({ engine }) => engine.close()));
  }
}

async function openLane(runtime: RuntimeName, { pack, set, options, context, open = openBenchEngine }: Measurement): Promise<Lane> {
  const { modelsDir } = options;
  return createLane(runtime, await open(runtime, { pack, images: set.images, input: 'file', modelsDir, signal: context.signal }));
}

/** Does something in each lane and leaves out those in which it fails. */
async function eachLane(lanes: readonly Lane[], measurement: Measurement, work: (lane: Lane) => Promise<void>): Promise<readonly Lane[]> {
  const left: Lane[] = [];
  for (const lane of lanes) if (await orGiveUp(lane.runtime, measurement, () => work(lane))) left.push(lane);
  return left;
}

/** Whether the work was done. If it fails the runtime is given up, unless it was named or is the last one. */
async function orGiveUp(runtime: RuntimeName, measurement: Measurement, work: () => Promise<void>): Promise<boolean> {
  const { runtimes, options, failures, context } = measurement;
  try {
    await work();
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    if (options.runtimes !== undefined || failures.length === runtimes.length - 1) throw error;
    failures.push({ runtime, reason: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

/** Analyzes the first few pictures again and again, as long as there is time. Returns milliseconds per picture of the last round. */
async function warmUp(lane: Lane, { set, options, context }: Measurement): Promise<number> {
  const count = Math.min(set.images.length, options.quick ? WARMUP_IMAGES.quick : WARMUP_IMAGES.whole);
  let imageMs = 0;
  // At least one picture: the speed must be known.
  for (let round = 0; round < Math.max(1, options.warmup); round++) {
    const started = performance.now();
    for (let index = 0; index < count; index++) {
      if (imageMs > 0 && context.timeLeftMs() <= 0) return imageMs;
      context.signal.throwIfAborted();
      await analyzeOrSkip(lane, index);
      imageMs = (performance.now() - started) / (index + 1);
    }
  }
  return imageMs;
}

/** Chooses as many pictures as can be enrolled and measured once. */
function select(
  images: readonly BenchImage[],
  imageMs: number,
  { quick, timeLeftMs }: { readonly quick: boolean; readonly timeLeftMs: number },
): Selection {
  const identities = new Set(images.flatMap(({ identity }) => identity ?? [])).size;
  const enrolledShare = identities / Math.max(1, images.length);
  const fitting = Math.floor((timeLeftMs * PLANNED_SHARE) / Math.max(0.01, imageMs) / (1 + enrolledShare));
  const all = Math.min(images.length, quick ? MAX_QUICK_IMAGES : images.length);
  const indices = chooseImages(images, fitImages(all, { fitting, least: LEAST_IMAGES }));
  const first = new Map<string, number>();
  for (const index of indices) {
    const identity = images[index]?.identity;
    if (identity !== undefined && !first.has(identity)) first.set(identity, index);
  }
  const stretch = Math.min(STRETCH_IMAGES.most, Math.max(STRETCH_IMAGES.least, Math.floor(STRETCH_MS / Math.max(1, imageMs))));
  return { indices, gallery: [...first.values()], stretch };
}

/** Rounds until all are made or the time is over; the first one covers at least a few pictures. */
async function measureRounds(
  ready: readonly Lane[],
  { indices, gallery, stretch }: Selection,
  measurement: Measurement,
): Promise<{ readonly lanes: readonly Lane[]; readonly rounds: number }> {
  const { set, options, comparison, isInterleaved, context } = measurement;
  const enrolled = new Set(gallery);
  let lanes = ready;
  let turn = 0;
  for (let round = 0; round < options.rounds; round++) {
    for (let from = 0; from < indices.length; from += stretch) {
      const isOver = context.timeLeftMs() <= 0 && (round > 0 || from >= LEAST_IMAGES);
      if (isOver || lanes.length === 0) return { lanes, rounds: round };
      const part = indices.slice(from, from + stretch);
      context.progress(`round ${round + 1} of ${options.rounds}, pictures ${from + 1} to ${from + part.length} of ${indices.length}`);
      // Whoever begins has the coldest processor: they take turns at that, too.
      const order = lanes.map((_, i) => lanes[(i + turn) % lanes.length] as Lane);
      turn++;
      lanes = await eachLane(order, measurement, (lane) =>
        measureStretch(lane, {
          round,
          indices: part,
          enrolled,
          images: set.images,
          signal: context.signal,
          ...(round === 0 && { onEmbedding: (index, embedding) => comparison.add(lane.runtime, idOf(set.images, index), embedding) }),
        }),
      );
      if (isInterleaved) comparison.forget();
    }
  }
  return { lanes, rounds: options.rounds };
}
