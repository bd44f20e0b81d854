/** Suite `pipeline`: what each stage of an analysis costs in every runtime, and what comes out of it. */

import type { BenchOptions } from '../../run/bench-options.ts';
import { choosePacks } from '../../run/choose-packs.ts';
import { type ImageSet, openImageSet } from '../../run/image-set.ts';
import type { NotMeasured, Piece, Suite } from '../../run/suite.ts';
import { chooseRuntimes } from '../../runtimes/choose-runtimes.ts';
import { RUNTIME_NAMES, type RuntimeName } from '../../runtimes/runtime-name.ts';
import { measureEventLoop } from './measure-event-loop.ts';
import { measureImages } from './measure-images.ts';
import { measureOverhead } from './measure-overhead.ts';
import type { PipelinePiece } from './pipeline-piece.ts';
import { reportPipeline } from './pipeline-report.ts';

/** Pictures of the set that are named as not measured; of more only the number. */
const NAMED_PROBLEMS = 20;
/** Of the time: most of it for the pictures. */
const WEIGHTS = { images: 6, overhead: 1, eventLoop: 1 };

/** Pictures through every stage, in every runtime, with every pack. */
export const pipelineSuite: Suite<PipelinePiece> = {
  name: 'pipeline',
  title: 'Pipeline',
  description: 'time of each stage, CPU time, start and match accuracy in every runtime; overhead over the bare models; event-loop lag',
  minutes: { whole: 5.5, quick: 0.5 },
  async plan(options, signal) {
    const packs = await choosePacks(options);
    const runtimes = await chooseRuntimes(options, RUNTIME_NAMES, signal);
    const set = await openImageSet(options, signal);
    return {
      pieces: packs.packs.flatMap((pack) => planPack(pack, runtimes.runtimes, set, options)),
      notMeasured: [...packs.notMeasured, ...runtimes.notMeasured, ...nameProblems(set)],
      dispose: () => set.dispose(),
    };
  },
  report: reportPipeline,
};

function planPack(pack: string, runtimes: readonly RuntimeName[], set: ImageSet, options: BenchOptions): Piece<PipelinePiece>[] {
  const pieces: Piece<PipelinePiece>[] = [
    {
      name: `images-${pack}`,
      weight: WEIGHTS.images,
      measure: (context) => measureImages({ pack, runtimes, set, options }, context),
    },
  ];
  if (!runtimes.includes('node-cpu')) return pieces;
  return [
    ...pieces,
    { name: `overhead-${pack}`, weight: WEIGHTS.overhead, measure: (context) => measureOverhead(pack, options, context) },
    { name: `event-loop-${pack}`, weight: WEIGHTS.eventLoop, measure: (context) => measureEventLoop(pack, options, context) },
  ];
}

function nameProblems({ problems }: ImageSet): NotMeasured[] {
  const more = problems.length - NAMED_PROBLEMS;
  const named = problems.slice(0, NAMED_PROBLEMS);
  return more > 0 ? [...named, { name: `${more} more pictures`, reason: 'They cannot be read either.' }] : named;
}
