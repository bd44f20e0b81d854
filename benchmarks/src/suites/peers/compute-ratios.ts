/** isoface over the best of the peers. */

import { bootstrapInterval } from '../../bootstrap.ts';
import { medianOf } from '../../statistics.ts';
import { FIGURE_NAMES, FIGURES, type FigureName } from './figures.ts';
import type { ContenderFigures } from './peers-piece.ts';

/** One figure of one pack over that of the best peer; below 1 isoface costs less. */
export interface Ratio {
  readonly figure: FigureName;
  readonly pack: string;
  /** Medians. */
  readonly value: number;
  readonly peer: string;
  readonly peerValue: number;
  readonly ratio: number;
  /** 95 %, over the samples; absent where there is but one. */
  readonly interval?: readonly [number, number] | undefined;
  /** The pack's sample over the peer's, pair by pair. */
  readonly pairs: readonly number[];
}

/**
 * Every figure of every pack over the smallest median that any peer has; none where there is no peer.
 *
 * The samples of all contenders were taken in turns, so the interval draws the same places from all of them. The best peer is chosen anew in every
 * draw: what the choice itself adds to the uncertainty is in the interval.
 */
export function computeRatios(contenders: readonly ContenderFigures[]): Ratio[] {
  return FIGURE_NAMES.filter((figure) => FIGURES[figure].isCompared).flatMap((figure) => {
    const peers = contenders.filter(({ isPeer }) => isPeer).flatMap((peer) => sampled(peer, figure));
    if (peers.length === 0) return [];
    return contenders
      .filter(({ isPeer }) => !isPeer)
      .flatMap((pack) => sampled(pack, figure))
      .map((pack) => computeRatio(figure, pack, peers));
  });
}

interface Sampled {
  readonly name: string;
  readonly samples: readonly number[];
}

function sampled({ name, samples }: ContenderFigures, figure: FigureName): Sampled[] {
  const values = samples[figure];
  return values === undefined || values.length === 0 ? [] : [{ name, samples: values }];
}

function computeRatio(figure: FigureName, pack: Sampled, peers: readonly Sampled[]): Ratio {
  const [first, ...others] = peers.map(({ name, samples }) => ({ name, samples, median: medianOf(samples) }));
  if (first === undefined) throw new Error('Expected at least one peer.');
  const best = others.reduce((least, peer) => (peer.median < least.median ? peer : least), first);
  const count = Math.min(pack.samples.length, ...peers.map(({ samples }) => samples.length));
  const value = medianOf(pack.samples);
  const interval =
    count < 2
      ? undefined
      : bootstrapInterval({
          count,
          statistic: (drawn) => {
            const median = (samples: readonly number[]): number => medianOf(drawn.map((i) => samples[i] ?? Number.NaN));
            return median(pack.samples) / Math.min(...peers.map(({ samples }) => median(samples)));
          },
        });
  return {
    figure,
    pack: pack.name,
    value,
    peer: best.name,
    peerValue: best.median,
    ratio: value / best.median,
    interval,
    pairs: Array.from({ length: count }, (_, i) => (pack.samples[i] ?? Number.NaN) / (best.samples[i] ?? Number.NaN)),
  };
}
