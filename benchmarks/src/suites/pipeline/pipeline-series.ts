/** What two runs of the suite are compared by. */

import type { MeasuredPiece, Series } from '../../run/suite.ts';
import { isBrowserRuntime } from '../../runtimes/runtime-name.ts';
import {
  type ImageSample,
  type ImagesValue,
  type OverheadValue,
  type PipelinePiece,
  type RuntimeSamples,
  STAGES,
} from './pipeline-piece.ts';
import { perImage } from './runtime-summary.ts';

/** The series of a piece. A single sample of something that varies is none: its noise cannot be told. */
export function toSeries({ name, value }: MeasuredPiece<PipelinePiece>): Series[] {
  if (value.kind === 'images') return value.runtimes.flatMap((runtime) => ofRuntime(name, value, runtime));
  if (value.kind === 'overhead') return ofOverhead(name, value);
  const key = `node-cpu/${value.pack}/event-loop`;
  return [{ key: `${key}/lag-p99`, piece: name, unit: 'ms', better: 'lower', samples: value.lagP99 }];
}

function ofRuntime(piece: string, { pack, ids }: ImagesValue, { runtime, samples, stretchCpu }: RuntimeSamples): Series[] {
  if (samples.length === 0) return [];
  const key = `${runtime}/${pack}`;
  const byImage = (read: (sample: ImageSample) => number | undefined): Pick<Series, 'ids' | 'samples'> => {
    const values = perImage(samples, read);
    return { ids: values.map(({ image }) => ids[image] ?? ''), samples: values.map(({ value }) => value) };
  };
  const cost = { piece, unit: 'ms', better: 'lower' } as const;
  const series: Series[] = STAGES.map((stage, i) => ({ ...cost, key: `${key}/${stage}/wall`, ...byImage(({ stages }) => stages[i]) }));
  series.push({ ...cost, key: `${key}/total/wall`, ...byImage(({ total }) => total) });
  const cpu = isBrowserRuntime(runtime) ? { samples: stretchCpu } : byImage((sample) => sample.cpu);
  if (cpu.samples.length > 1) series.push({ ...cost, key: `${key}/total/cpu`, ...cpu });
  const accuracy = byImage(({ isMatch }) => isMatch);
  series.push({ piece, unit: 'ratio', better: 'higher', key: `${key}/match/accuracy`, ...accuracy });
  // A stage that took no time was not there: without a gallery there is no search, without identities no accuracy.
  return series.filter(({ key, samples: all }) => all.length > 0 && (key.endsWith('/accuracy') || all.some((value) => value > 0)));
}

function ofOverhead(piece: string, { pack, pipeline, bare }: OverheadValue): Series[] {
  const cost = { piece, unit: 'ms', better: 'lower' } as const;
  const ratios = pipeline.map((spent, i) => Math.round((spent / (bare[i] ?? Number.NaN) - 1) * 1e4) / 1e4);
  return [
    { ...cost, key: `node-cpu/${pack}/frame/cpu`, samples: pipeline },
    { ...cost, key: `node-cpu/${pack}/bare-models/cpu`, samples: bare },
    { piece, unit: 'ratio', better: 'lower', key: `node-cpu/${pack}/frame/overhead`, samples: ratios },
  ];
}
