import { createRandom } from '@isoface/core/evaluation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedPairSet } from '../../src/dataset/open-pair-set.ts';
import { calibrate, withThresholds } from '../../src/protocols/calibrate.ts';
import { evaluateAllPairs, evaluateIdentification, evaluatePairs } from '../../src/protocols/evaluate.ts';
import { toIdentificationPage, toIdentificationRows } from '../../src/protocols/identification-report.ts';
import { planIdentification } from '../../src/protocols/identify.ts';
import { toRateRows, toVerificationPage } from '../../src/protocols/verification-report.ts';
import { renderReportPage } from '../../src/report/report-page.ts';
import { createMadeSource, type MadeImage, type MadeSet, makeSet } from '../support/made-source.ts';

const DIMENSION = 8;
const random = createRandom(7);
const draw = (): number => random() + random() + random() - 1.5;

/** Forty people, the first half with three images each, the others with one; the faces of two images are not found, one file is damaged. */
const made: MadeImage[] = Array.from({ length: 40 }, (_, person) => {
  const centre = Array.from({ length: DIMENSION }, draw);
  const count = person < 20 ? 3 : 1;
  return Array.from({ length: count }, (_, i): MadeImage => {
    const path = `person${String(person).padStart(2, '0')}/${i}`;
    if (path === 'person03/1' || path === 'person30/0') return { path, template: null };
    if (path === 'person04/2') return { path, template: 'damaged' };
    return { path, template: centre.map((value) => value + draw() * 0.8) };
  });
}).flat();

let set: MadeSet;
const source = createMadeSource(DIMENSION);

beforeAll(async () => {
  set = await makeSet(made);
});
afterAll(() => set.remove());

function cosine(a: readonly number[], b: readonly number[]): number {
  const [u, v] = [Float32Array.from(a), Float32Array.from(b)];
  const dot = (p: Float32Array, q: Float32Array): number => p.reduce((sum, value, i) => sum + value * (q[i] as number), 0);
  return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
}

/** Every comparison, in the plainest way. */
function compareAllPlainly(): { genuine: number[]; impostor: number[] } {
  const genuine: number[] = [];
  const impostor: number[] = [];
  const usable = made.filter((image): image is MadeImage & { template: readonly number[] } => Array.isArray(image.template));
  for (const [i, a] of usable.entries()) {
    for (const b of usable.slice(i + 1)) {
      (a.path.slice(0, 8) === b.path.slice(0, 8) ? genuine : impostor).push(cosine(a.template, b.template));
    }
  }
  return { genuine, impostor };
}

describe('evaluateAllPairs', () => {
  it('counts what a plain double loop counts', async () => {
    const { genuine, impostor } = compareAllPlainly();
    const result = await evaluateAllPairs({ name: 'made', images: set.images, problems: [] }, { source, rates: [1e-1, 1e-2], rounds: 50 });
    expect(result).toMatchObject({
      protocol: 'all-vs-all',
      genuinePairs: genuine.length,
      impostorPairs: impostor.length,
      images: 80,
      imagesRead: 79,
      failuresToAcquire: 2,
      pairs: (80 * 79) / 2,
    });
    expect(result.fta).toBeCloseTo(2 / 79, 12);
    for (const { threshold, fmr, tar, ci95, fmrCi95, far, frr } of Object.values(result.tarAtFmr)) {
      // The plain cosine is in doubles, the other in floats: no score lies so near to a threshold.
      const share = (scores: number[]): number => scores.filter((score) => score >= threshold + 1e-7).length / scores.length;
      expect(fmr).toBeCloseTo(share(impostor), 12);
      expect(tar).toBeCloseTo(share(genuine), 12);
      expect(ci95[0]).toBeLessThanOrEqual(tar);
      expect(ci95[1]).toBeGreaterThanOrEqual(tar);
      expect(fmrCi95[1]).toBeGreaterThan(0);
      expect(far).toBeCloseTo(fmr * (1 - result.fta), 12);
      expect(frr).toBeCloseTo(result.fta + (1 - tar) * (1 - result.fta), 12);
    }
    expect(result.tarAtFmr['1e-1']?.fmr).toBeLessThanOrEqual(0.1);
    const auc = genuine.reduce((sum, g) => sum + impostor.reduce((wins, i) => wins + (g > i ? 1 : g === i ? 0.5 : 0), 0), 0);
    // Scores that share one of 200,000 bins count as ties.
    expect(result.auc).toBeCloseTo(auc / (genuine.length * impostor.length), 4);
    const [worst] = result.worstPairs.impostor;
    expect(worst?.similarity).toBeCloseTo(Math.max(...impostor), 6);
    expect(result.worstPairs.genuine[0]?.similarity).toBeCloseTo(Math.min(...genuine), 6);
    expect(result.worstPairs.genuine[0]?.a.slice(0, 8)).toBe(result.worstPairs.genuine[0]?.b.slice(0, 8));
  });

  it('is the same for the same seed', async () => {
    const options = { source, rates: [1e-1], rounds: 50, seed: 3 };
    const identitySet = { name: 'made', images: set.images, problems: [] };
    const [a, b] = [await evaluateAllPairs(identitySet, options), await evaluateAllPairs(identitySet, options)];
    expect(a.tarAtFmr).toEqual(b.tarAtFmr);
  });

  it('refuses a set with one person', async () => {
    const images = set.images.filter(({ identity }) => identity === 'person05');
    await expect(evaluateAllPairs({ name: 'one', images, problems: [] }, { source })).rejects.toMatchObject({
      code: 'SCORES_INVALID',
      message: expect.stringContaining('impostor'),
    });
  });

  it('refuses a set without a face', async () => {
    const images = set.images.filter(({ relativePath }) => relativePath === 'person03/1');
    await expect(evaluateAllPairs({ name: 'none', images, problems: [] }, { source })).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('can be aborted between comparisons', async () => {
    const controller = new AbortController();
    const aborted = evaluateAllPairs(
      { name: 'made', images: set.images, problems: [] },
      { source, signal: controller.signal, onProgress: (_, done, total) => done === total && controller.abort(new Error('enough')) },
    );
    await expect(aborted).rejects.toThrow('enough');
  });
});

describe('evaluatePairs', () => {
  const indexOf = (path: string): number => set.images.findIndex(({ relativePath }) => relativePath === path);

  function listPairs(): NamedPairSet {
    const rows = Array.from({ length: 20 }, (_, person) => {
      const name = (p: number, i: number): string => `person${String(p % 20).padStart(2, '0')}/${i}`;
      return [
        { a: name(person, 0), b: name(person, 1), genuine: 1, fold: person % 4 },
        { a: name(person, 0), b: name(person + 1, 1), genuine: 0, fold: person % 4 },
      ];
    }).flat();
    return {
      name: 'made',
      protocol: 'pairs',
      pairsOfProtocol: rows.length + 3,
      set: {
        images: set.images,
        pairs: {
          first: Uint32Array.from(rows, ({ a }) => indexOf(a)),
          second: Uint32Array.from(rows, ({ b }) => indexOf(b)),
          isGenuine: Uint8Array.from(rows, ({ genuine }) => genuine),
          fold: Uint8Array.from(rows, ({ fold }) => fold),
          count: rows.length,
        },
        missingPairs: [],
        foldCount: 4,
        problems: [{ path: 'pairs.tsv', code: 'bad-line', message: 'made up', line: 3 }],
        isComplete: false,
      },
    };
  }

  it('leaves pairs without a template out of the rates and counts them in the accuracy', async () => {
    const result = await evaluatePairs(listPairs(), { source, rates: [1e-1], rounds: 50 });
    // person03/1 is in one genuine and one impostor pair.
    expect(result).toMatchObject({ protocol: 'pairs', pairs: 43, pairsCovered: 38, genuinePairs: 19, impostorPairs: 19 });
    expect(result.accuracy?.folds).toHaveLength(4);
    expect(result.problems.map(({ code }) => code)).toEqual(['bad-line', 'unreadable']);
    expect(result.accuracy?.mean).toBeLessThan(1);
    const page = renderReportPage(toVerificationPage(result));
    expect(page).toContain('38 compared of 43');
    expect(toRateRows(result).rows[0]?.slice(0, 2)).toEqual([0.1, result.tarAtFmr['1e-1']?.threshold]);
  });

  it('trains anew for each fold, never on the images that it tests', async () => {
    const trained: number[][] = [];
    const trainedSource = createMadeSource(DIMENSION, {
      train(templates, count) {
        trained.push(Array.from({ length: count }, (_, i) => templates[i * DIMENSION] as number));
        return {
          id: 'same',
          contract: 'same',
          dimension: DIMENSION,
          metric: 'cosine',
          crop: { width: 1, height: 1, channels: 'grey', alignment: { template: 'arcface-112-5', landmarks: 'detector-5' } },
          computeTemplates: (crops) => crops.slice(),
        };
      },
    });
    const listed = listPairs();
    const result = await evaluatePairs(listed, { source: trainedSource, rates: [1e-1], rounds: 50 });
    const plain = await evaluatePairs(listed, { source, rates: [1e-1], rounds: 50 });
    expect(result.auc).toBe(plain.auc);
    expect(trained).toHaveLength(4);
    for (const [fold, firsts] of trained.entries()) {
      const { first, second, fold: folds, count } = listed.set.pairs;
      const tested = Array.from({ length: count }, (_, i) => i)
        .filter((i) => folds[i] === fold)
        .flatMap((i) => [first[i] as number, second[i] as number])
        .flatMap((image) => {
          const { template } = made[image] as MadeImage;
          return Array.isArray(template) ? [Math.fround(template[0] as number)] : [];
        });
      expect(firsts.length).toBeGreaterThan(0);
      expect(firsts.filter((value) => tested.includes(value))).toEqual([]);
    }
  });

  it('says how to train where there are no folds', async () => {
    const trainedSource = createMadeSource(DIMENSION, { recognizer: 'eigenfaces', train: () => expect.unreachable() });
    await expect(evaluateAllPairs({ name: 'made', images: set.images, problems: [] }, { source: trainedSource })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('isoface eval train'),
    });
  });
});

describe('evaluateIdentification', () => {
  it('finds the ranks that sorting finds', async () => {
    const identitySet = { name: 'made', images: set.images, problems: [] };
    const result = await evaluateIdentification(identitySet, { source, fpirs: [0.2], seed: 5 });
    const plan = planIdentification(set.images, 5);
    const templateOf = (image: number): readonly number[] | undefined => {
      const { template } = made[image] as MadeImage;
      return Array.isArray(template) ? template : undefined;
    };
    const gallery = plan.gallery.map(templateOf);
    const ranks = plan.mated.map(({ image, mate }) => {
      const probe = templateOf(image);
      const reference = gallery[mate];
      if (probe === undefined || reference === undefined) return 0;
      const own = cosine(probe, reference);
      return gallery.filter((other) => other !== undefined && cosine(probe, other) >= own).length;
    });
    expect(plan.gallery).toHaveLength(20);
    expect(plan.mated).toHaveLength(40);
    expect(plan.nonMated).toHaveLength(20);
    expect(result.closedSet.probes).toBe(40);
    expect(result.closedSet.rank1).toBeCloseTo(ranks.filter((rank) => rank === 1).length / 40, 12);
    expect(result.closedSet.rank5).toBeCloseTo(ranks.filter((rank) => rank >= 1 && rank <= 5).length / 40, 12);
    expect(result.closedSet.failures).toBe(ranks.filter((rank) => rank === 0).length);
    expect(result.openSet.nonMatedProbes).toBe(20);
    expect(result.openSet.atFpir['2e-1']?.fpir).toBeLessThanOrEqual(0.2);
    expect(renderReportPage(toIdentificationPage(result))).toContain('Cumulative match');
    expect(toIdentificationRows(result).rows).toHaveLength(1);
  });

  it('needs somebody to enrol and somebody unknown', () => {
    const singles = set.images.filter(({ identity }) => identity > 'person20');
    expect(() => planIdentification(singles, 1)).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
    const several = set.images.filter(({ identity }) => identity < 'person20');
    expect(() => planIdentification(several, 1)).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
  });
});

describe('calibrate', () => {
  it('finds thresholds that let no more through than asked for, and puts them into the pack', async () => {
    const { impostor } = compareAllPlainly();
    const identitySet = { name: 'made', images: set.images, problems: [] };
    const calibration = await calibrate(identitySet, {
      source,
      datasetName: 'made faces',
      rates: [1e-1, 1e-2, 1e-6],
      fpirs: [0.2],
      rounds: 50,
    });
    // One in a million of some thousand comparisons is none: no threshold can be had.
    expect(calibration.thresholds.map(({ fmr }) => fmr)).toEqual([1e-1, 1e-2]);
    for (const { fmr, threshold, pairs, dataset } of calibration.thresholds) {
      expect(impostor.filter((score) => score >= threshold + 1e-7).length).toBeLessThanOrEqual(fmr * impostor.length);
      expect(pairs).toBe(impostor.length);
      expect(dataset).toContain('made faces');
    }
    const flipped = { fmr: 1e-3, threshold: 0.9, ci95: [0, 1], flipAveraging: true, dataset: 'kept', pairs: 9 } as const;
    const replaced = { ...flipped, flipAveraging: false, dataset: 'replaced' };
    const pack = withThresholds({ thresholds: [replaced, flipped] } as unknown as Parameters<typeof withThresholds>[0], calibration);
    expect(pack.thresholds.map(({ dataset }) => dataset)).not.toContain('replaced');
    expect(pack.thresholds.at(-1)).toEqual(flipped);
    expect(pack.searchThresholds).toMatchObject([{ fpir: 0.2, gallerySize: calibration.identification.gallerySize, probes: 20 }]);
  });
});
