/**
 * Error rates of the packs and of the classical recognizers on the labelled photos, the thresholds that follow from them, and the page that
 * states them. Each measurement is a file of its own under benchmarks/results/accuracy; the page and the thresholds are made of those files alone.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DetectorManifest, PackManifest } from '@isoface/core';
import {
  type Calibration,
  calibrate,
  chooseRecognizer,
  evaluateDetection,
  evaluatePairs,
  openIdentitySet,
  openLfwPairs,
  openTemplateCache,
  openTemplateSource,
  STRATUM_AXES,
  type TemplateCache,
  type TemplateSource,
  type VerificationResult,
} from '@isoface/evaluation';
import { blazeface, getPack, scrfd500mKps, ultrafaceRfb320, yunet2023mar } from '@isoface/models';
import { createFaceEngine } from '@isoface/runtime-node';
import { type LivingFaces, measureLivingFaces } from './living-faces.ts';

/** Options of {@link measureAccuracy}. */
export interface MeasureAccuracyOptions {
  /** Folder with the folders `lfw`, `cmu-mit-faces`, `fddb-single-face` and `widerface-train-subset`. */
  readonly data: string;
  readonly modelsDir: string | undefined;
  /** Folder of the result files. */
  readonly results: string;
  /** Only these measurements: names, or their first words `verify`, `calibrate`, `liveness`, `detect`. */
  readonly only: readonly string[] | undefined;
  /** Templates are kept here between measurements. */
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

interface Subject {
  readonly name: string;
  readonly pack: string;
  readonly flip: boolean;
  readonly recognizer?: string | undefined;
  /** Whether rates are stated by class of image too: the annotator takes longer than the recognizer. */
  readonly hasStrata?: boolean | undefined;
}

const PACKS: readonly Subject[] = [
  { name: 'starter', pack: 'starter', flip: false },
  { name: 'starter-flip', pack: 'starter', flip: true, hasStrata: true },
  { name: 'standard', pack: 'standard', flip: false, hasStrata: true },
  { name: 'standard-flip', pack: 'standard', flip: true },
];
/** Faces are found by the better detector, so that the recognizers alone are compared. */
const CLASSICAL: readonly Subject[] = [
  { name: 'lbph', pack: 'standard', flip: false, recognizer: 'lbph' },
  { name: 'eigenfaces', pack: 'standard', flip: false, recognizer: 'eigenfaces' },
];
/** Packs with passive liveness models. */
const LIVENESS_PACKS: readonly string[] = ['standard'];
const DETECTORS: readonly DetectorManifest[] = [blazeface, yunet2023mar, scrfd500mKps, ultrafaceRfb320];
const DETECTION_SETS = ['cmu-mit-faces', 'fddb-single-face', 'widerface-train-subset'];
/** In the manifests of the packs: which pictures, so that nobody takes the rates for those of their own. */
const LFW_NAME = 'LFW view 2, deep-funneled, 7,701 images';

/** Runs the measurements and writes a file for each. Those that are done stay when a later one fails. */
export async function measureAccuracy(options: MeasureAccuracyOptions): Promise<void> {
  const { data, results, only, signal, modelsDir } = options;
  await mkdir(results, { recursive: true });
  const isWanted = (name: string): boolean => only === undefined || only.some((wanted) => wanted === name || wanted === name.split('-')[0]);
  const write = (name: string, result: unknown): Promise<void> =>
    writeFile(join(results, `${name}.json`), `${JSON.stringify(result, undefined, 1)}\n`);
  const lfw = join(data, 'lfw');

  for (const subject of [...PACKS, ...CLASSICAL]) {
    const name = `verify-lfw-${subject.name}`;
    if (!isWanted(name)) continue;
    await withSubject(subject, options, name, async (source, cache, report) => {
      const strata = subject.hasStrata === true ? STRATUM_AXES : undefined;
      const result = await evaluatePairs(await openLfwPairs(lfw, false, signal), {
        source,
        cache,
        strata,
        modelsDir,
        signal,
        onProgress: report,
      });
      await write(name, withoutPeople(result));
    });
  }
  for (const subject of PACKS) {
    const name = `calibrate-lfw-${subject.name}`;
    if (!isWanted(name)) continue;
    await withSubject(subject, options, name, async (source, cache, report) => {
      const set = await openIdentitySet(lfw, signal);
      const rates = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
      const result = await calibrate(set, { source, cache, datasetName: LFW_NAME, rates, signal, onProgress: report });
      await write(name, { ...result, verification: withoutPeople(result.verification) });
    });
  }
  for (const id of LIVENESS_PACKS) {
    const name = `liveness-${id}`;
    if (!isWanted(name)) continue;
    const report = (message: string): void => options.onProgress(`${name}: ${message}`);
    await write(name, await measureLivingFaces({ data, pack: getPack(id), modelsDir, signal, onProgress: report }));
  }
  for (const set of DETECTION_SETS) {
    const name = `detect-${set}`;
    if (!isWanted(name)) continue;
    options.onProgress(name);
    await write(name, await evaluateDetection({ data: join(data, set), detectors: DETECTORS, engine: { modelsDir }, signal }));
  }
}

async function withSubject(
  { pack: packId, flip, recognizer }: Subject,
  { cache: folder, modelsDir, signal, onProgress }: MeasureAccuracyOptions,
  name: string,
  use: (source: TemplateSource, cache: TemplateCache, report: (step: string, done: number, total: number) => void) => Promise<void>,
): Promise<void> {
  onProgress(name);
  const pack = getPack(packId);
  const engine = await createFaceEngine({ pack, flipAveraging: flip, executionProviders: 'cpu', modelsDir, signal });
  const source = await openTemplateSource(engine, pack, await chooseRecognizer(recognizer ?? 'pack', resolve));
  try {
    const cache = await openTemplateCache(folder, source.fingerprint);
    try {
      await use(source, cache, (step, done, total) => {
        if (step === 'comparisons' ? done === total : done % 500 === 0) onProgress(`${name}: ${step} ${done}/${total}`);
      });
    } finally {
      await cache.close();
    }
  } finally {
    await source.dispose();
  }
}

/** Names of people and of their photos have no place in a repository. */
function withoutPeople(result: VerificationResult): Omit<VerificationResult, 'worstPairs'> {
  const { worstPairs: _, ...kept } = result;
  return kept;
}

/** What the shipped packs say about their thresholds. */
export type StoredThresholds = Readonly<Record<string, Pick<PackManifest, 'thresholds' | 'searchThresholds' | 'livenessThresholds'>>>;

/** Whether a threshold rests on enough to be shipped: a hundred false matches. */
export function isWellFounded({ fmr, pairs }: Calibration['thresholds'][number]): boolean {
  return fmr * pairs >= 100;
}

/** Collects the thresholds of the built-in packs from the result files, without and with flip averaging. */
export async function collectThresholds(results: string): Promise<StoredThresholds> {
  const stored: Record<string, StoredThresholds[string]> = {};
  for (const { name, pack } of PACKS) {
    const { thresholds, searchThresholds } = JSON.parse(await readFile(join(results, `calibrate-lfw-${name}.json`), 'utf8')) as Calibration;
    const before = stored[pack];
    stored[pack] = {
      thresholds: [...(before?.thresholds ?? []), ...thresholds.filter(isWellFounded)],
      searchThresholds: [...(before?.searchThresholds ?? []), ...searchThresholds],
    };
  }
  for (const id of LIVENESS_PACKS) {
    const { thresholds } = JSON.parse(await readFile(join(results, `liveness-${id}.json`), 'utf8')) as LivingFaces;
    const before = stored[id];
    if (before !== undefined) stored[id] = { ...before, livenessThresholds: thresholds };
  }
  return stored;
}
