/** The page on accuracy, made of the result files alone. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Calibration,
  type DetectionResult,
  formatPercent,
  formatRate,
  type Table,
  toMarkdownTable,
  type VerificationResult,
} from '@isoface/evaluation';
import { isWellFounded } from './accuracy.ts';
import type { LivingFaces } from './living-faces.ts';
import { replaceReadmePart } from './readme-part.ts';

interface Results {
  readonly verifications: readonly (readonly [name: string, result: Omit<VerificationResult, 'worstPairs'>])[];
  readonly calibrations: readonly (readonly [name: string, result: Calibration])[];
  readonly detections: readonly (readonly [name: string, result: DetectionResult])[];
  readonly livingFaces: readonly (readonly [name: string, result: LivingFaces])[];
}

/** What the recognizers are called on the page, in its order. */
const NAMES: Readonly<Record<string, string>> = {
  standard: 'standard',
  'standard-flip': 'standard, flip averaging',
  starter: 'starter',
  'starter-flip': 'starter, flip averaging',
  lbph: 'LBPH 9 x 9',
  eigenfaces: 'eigenfaces',
};
const SETS: Readonly<Record<string, string>> = {
  'cmu-mit-faces':
    'CMU+MIT frontal faces (1998): 130 grey scans, 511 faces, many of 20 to 30 pixels, some drawn; 13 pictures without a face',
  'fddb-single-face': 'photos from FDDB (news) with one labelled face each',
  'widerface-train-subset':
    '150 pictures of the **training** split of WIDER FACE: the detectors have probably seen them, so this compares sizes and conditions, not detectors with the world',
};

/** Renders the page from the files in a folder. */
export function renderAccuracyPage(folder: string): string {
  const { verifications, calibrations, detections, livingFaces } = readResults(folder);
  return `${[
    INTRODUCTION,
    toSection('Verification: LFW, view 2', LFW_TEXT, [toLfwTable(verifications), toSpeedTable(verifications)]),
    toSection(
      'By class of image',
      STRATA_TEXT,
      verifications.flatMap(([name, result]) => toStrataTable(name, result)),
    ),
    toSection('Every image against every other', ALL_TEXT, [toAllTable(calibrations)]),
    toSection('Identification', IDENTIFY_TEXT, [toIdentifyTable(calibrations)]),
    toSection('Thresholds of the packs', THRESHOLDS_TEXT, [toThresholdTable(calibrations), toSearchThresholdTable(calibrations)]),
    toSection(
      'Passive liveness',
      LIVENESS_TEXT,
      livingFaces.flatMap(([name, result]) => toLivingFacesTable(name, result)),
    ),
    toSection(
      'Detection',
      DETECT_TEXT,
      detections.flatMap(([name, result]) => [toDetectionTable(name, result)]),
    ),
    LIMITS,
  ].join('\n\n')}\n`;
}

/** Puts the table of the recognizers between its marks in the README. */
export function replaceSummary(readme: string, folder: string): string {
  return replaceReadmePart(readme, 'accuracy', toMarkdownTable(toSummaryTable(readResults(folder))));
}

function toSummaryTable({ verifications, calibrations }: Results): Table {
  const all = new Map(calibrations);
  return {
    caption: 'Summary',
    columns: ['Recognizer', 'Ten-fold accuracy', 'TAR at FMR 1e-3', 'FNMR at FMR 1e-4', 'Rank 1', 'FNIR at FPIR 1e-2'].map((label) => ({
      label,
    })),
    rows: verifications.map(([name, { accuracy, tarAtFmr }]) => {
      const strict = tarAtFmr['1e-3'];
      const calibration = all.get(name);
      const rare = calibration?.verification.tarAtFmr['1e-4'];
      const search = calibration?.identification.openSet.atFpir['1e-2'];
      return [
        NAMES[name] ?? name,
        accuracy && formatPercent(accuracy.mean, accuracy.ci95),
        strict && formatPercent(strict.tar, strict.ci95),
        rare && formatPercent(rare.fnmr, toFnmrInterval(rare.ci95)),
        calibration && formatPercent(calibration.identification.closedSet.rank1, calibration.identification.closedSet.rank1Ci95),
        search && formatPercent(search.fnir, search.fnirCi95),
      ];
    }),
  };
}

function toFnmrInterval([low, high]: readonly [number, number]): readonly [number, number] {
  return [1 - high, 1 - low];
}

const INTRODUCTION = `# Accuracy

Error rates in the terms of ISO/IEC 19795. Brackets hold 95 % confidence intervals. The tables are made from \`benchmarks/results/accuracy\`; with the
data at hand, \`npm run -s bench -- accuracy --data <folder>\` measures anew. [evaluation.md](evaluation.md) says how to measure on data of your own,
which tells more about your use than any table here.`;

const LFW_TEXT = `Labeled Faces in the Wild (Huang et al. 2007), deep-funneled, all 6,000 pairs in ten folds: the threshold is chosen on nine folds and tested on the
tenth. Seven genuine pairs are known to be labelled wrongly, so about 99.88 % is the most that an honest recognizer can reach. TAR at FMR 1e-3 rests on
three false matches out of 3,000 and is a coarse figure; the intervals (bootstrap over people, the threshold found anew in each round) say how coarse.
FTA is the share of images without a found face. LBPH and eigenfaces are measured on the faces that \`standard\` found, cut to 92 x 92 grey pixels;
eigenfaces are trained on 1,000 images of the other nine folds. They show what twenty years of progress are worth.`;

const STRATA_TEXT = `The pairs of LFW again, each counted in the harder class of its two images, at the threshold of FMR 1e-3 over all pairs. Classes come from
\`isoface dataset annotate\`, whose own errors are in [evaluation.md](evaluation.md).`;

const ALL_TEXT = `The 7,701 images of these pairs, each with each: false match rates below 1e-3 need more impostors than the official pairs have. Genuine comparisons
are dominated by people with many photos, so FNMR here is not that of the pairs above. Intervals of FMR and FNMR: bootstrap over people.`;

const IDENTIFY_TEXT = `One image of each of the people with two or more is enrolled; their other images are known probes, the images of people with a single one are
strangers. Rank 1: closed set. FNIR: share of known probes that are missed or taken for somebody else, at the threshold at which the stated share of
strangers (FPIR) is taken for somebody.`;

const THRESHOLDS_TEXT = `What the manifests of the packs carry. They hold for the detection size of the manifest and for pictures like these; they were found on the same
images that the tables above measure, so rates on other data will differ. A threshold for search holds for the size of the gallery.`;

const LIVENESS_TEXT = `BPCER: share of photos of people, no attack among them, that stay below the threshold and would be refused as attacks. One frame each, boxes of the
pack's own detector. These are published photos, compressed and cut by others: cameras may give better scores, and that was not measured. **No
APCER is stated**: the data sets with attacks are bound by licences, so how many prints, screens and masks pass is unknown here. On the three samples
that the authors of the networks publish, the living face scores 0.9999, the two attacks 0.20 and 0.004. Measure your own attacks
([liveness.md](liveness.md)).`;

const DETECT_TEXT = `Average precision over all thresholds (all-point interpolation). Boxes of the sets differ from those of the detectors in what they call a face, so
compare within a table. _At default_: at the detection score that the manifest sets.`;

const LIMITS = `## What these figures do not say

- LFW shows celebrities in news photos, mostly adults, mostly frontal, mostly from before 2007. Nothing here is broken down by age, sex or origin: the
  data has no such labels, and differences between groups are to be expected.
- Networks of this kind are trained on celebrities; some people of LFW may be among them.
- Doorbell cameras, infrared, masks, children: not measured. Measure on your own data before you rely on a threshold.
- The authors of LFW ask that results on it are not taken as a proof that an algorithm is fit for commercial use.`;

function toSection(heading: string, text: string, tables: readonly Table[]): string {
  const blocks = tables.map(
    (table) => `**${table.caption}**\n\n${toMarkdownTable(table).trimEnd()}${table.note === undefined ? '' : `\n\n${table.note}`}`,
  );
  return [`## ${heading}`, text, ...blocks].join('\n\n');
}

function toLfwTable(verifications: Results['verifications']): Table {
  return {
    caption: 'Error rates on the 6,000 pairs',
    columns: ['Recognizer', 'Accuracy', 'sd', 'TAR at FMR 1e-3', 'TAR at FMR 1e-2', 'EER', 'AUC', 'FTA'].map((label) => ({ label })),
    rows: verifications.map(([name, { accuracy, tarAtFmr, eer, eerCi95, auc, fta }]) => [
      NAMES[name] ?? name,
      accuracy && formatPercent(accuracy.mean, accuracy.ci95),
      accuracy && formatPercent(accuracy.sd),
      ...['1e-3', '1e-2'].map((rate) => {
        const at = tarAtFmr[rate];
        return at && formatPercent(at.tar, at.ci95);
      }),
      formatRate(eer, eerCi95),
      auc.toFixed(4),
      formatPercent(fta),
    ]),
  };
}

function toSpeedTable(verifications: Results['verifications']): Table {
  return {
    caption: 'Speed while measuring (two cores, CPU provider; where other work was on the machine, less)',
    columns: ['Recognizer', 'Images per second', 'Comparisons and rates, s'].map((label) => ({ label })),
    rows: verifications.map(([name, { imagesPerSecond, seconds }]) => [
      NAMES[name] ?? name,
      imagesPerSecond?.toFixed(1),
      seconds.comparisons.toFixed(1),
    ]),
  };
}

function toStrataTable(name: string, { strata }: Results['verifications'][number][1]): Table[] {
  if (strata === undefined) return [];
  return [
    {
      caption: NAMES[name] ?? name,
      columns: ['Axis', 'Class', 'Genuine pairs', 'FNMR', 'Impostor pairs', 'FMR'].map((label) => ({ label })),
      rows: strata.map(({ axis, class: stratum, genuinePairs, fnmr, impostorPairs, fmr }) => [
        axis,
        stratum,
        `${genuinePairs}`,
        fnmr && formatPercent(fnmr.value, fnmr.ci95),
        `${impostorPairs}`,
        fmr && formatRate(fmr.value, fmr.ci95),
      ]),
    },
  ];
}

function toAllTable(calibrations: Results['calibrations']): Table {
  const [first] = calibrations;
  const rates = Object.keys(first?.[1].verification.tarAtFmr ?? {});
  return {
    caption: `FNMR at FMR, ${formatCount(first?.[1].verification.impostorPairs)} impostor and ${formatCount(first?.[1].verification.genuinePairs)} genuine comparisons`,
    columns: ['Recognizer', ...rates].map((label) => ({ label })),
    rows: calibrations.map(([name, { verification }]) => [
      NAMES[name] ?? name,
      ...rates.map((rate) => {
        const at = verification.tarAtFmr[rate];
        return at && formatPercent(at.fnmr, toFnmrInterval(at.ci95));
      }),
    ]),
  };
}

function toIdentifyTable(calibrations: Results['calibrations']): Table {
  const of = calibrations[0]?.[1].identification;
  return {
    caption: `Gallery of ${formatCount(of?.gallerySize)}, ${formatCount(of?.closedSet.probes)} known probes, ${formatCount(of?.openSet.nonMatedProbes)} strangers`,
    columns: ['Recognizer', 'Rank 1', 'Rank 5', 'FNIR at FPIR 1e-1', 'FNIR at FPIR 1e-2'].map((label) => ({ label })),
    rows: calibrations.map(
      ([
        name,
        {
          identification: { closedSet, openSet },
        },
      ]) => [
        NAMES[name] ?? name,
        formatPercent(closedSet.rank1, closedSet.rank1Ci95),
        formatPercent(closedSet.rank5),
        ...['1e-1', '1e-2'].map((rate) => {
          const at = openSet.atFpir[rate];
          return at && formatPercent(at.fnir, at.fnirCi95);
        }),
      ],
    ),
  };
}

function toThresholdTable(calibrations: Results['calibrations']): Table {
  return {
    caption: 'Verification: similarity from which on two faces match',
    columns: ['Recognizer', 'FMR', 'Threshold', 'FMR, interval'].map((label) => ({ label })),
    rows: calibrations.flatMap(([name, { thresholds }]) =>
      thresholds
        .filter(isWellFounded)
        .map(({ fmr, threshold, ci95 }) => [NAMES[name] ?? name, fmr.toExponential(), threshold.toFixed(5), formatRate(fmr, ci95)]),
    ),
  };
}

function toSearchThresholdTable(calibrations: Results['calibrations']): Table {
  return {
    caption: 'Search: similarity from which on the best candidate is the person',
    columns: ['Recognizer', 'FPIR', 'Threshold', 'FPIR, interval', 'Gallery'].map((label) => ({ label })),
    rows: calibrations.flatMap(([name, { searchThresholds }]) =>
      searchThresholds.map(({ fpir, threshold, ci95, gallerySize }) => [
        NAMES[name] ?? name,
        fpir.toExponential(),
        threshold.toFixed(5),
        formatRate(fpir, ci95),
        `${gallerySize}`,
      ]),
    ),
  };
}

function toLivingFacesTable(name: string, { sets, thresholds }: LivingFaces): Table[] {
  return [
    {
      caption: `${NAMES[name] ?? name}: living faces refused, at the thresholds of the pack`,
      columns: ['BPCER aimed at', 'Threshold', ...sets.map((set) => `${set.name} (${formatCount(set.photos)})`)].map((label) => ({
        label,
      })),
      rows: thresholds.map(({ rate, threshold }, i) => [
        formatPercent(rate),
        threshold.toFixed(4),
        ...sets.map(({ bpcer }) => {
          const at = bpcer[i];
          return at && formatPercent(at.rate, at.ci95);
        }),
      ]),
    },
  ];
}

function toDetectionTable(name: string, { detectors, minIou, images }: DetectionResult): Table {
  return {
    caption: `${SETS[name] ?? name} (${images} pictures, IoU ${minIou})`,
    columns: ['Detector', 'Average precision', 'Recall at default', 'Precision at default', 'False positives per picture'].map((label) => ({
      label,
    })),
    rows: detectors.map(({ id, averagePrecision, averagePrecisionCi95, atDefaultScore }) => [
      id,
      formatPercent(averagePrecision, averagePrecisionCi95),
      formatPercent(atDefaultScore.recall),
      atDefaultScore.precision === undefined ? undefined : formatPercent(atDefaultScore.precision),
      atDefaultScore.falsePositivesPerImage.toFixed(3),
    ]),
  };
}

function formatCount(count: number | undefined): string {
  return (count ?? 0).toLocaleString('en-US');
}

function readResults(folder: string): Results {
  const files = readdirSync(folder).sort();
  const read = <T>(prefix: string): [string, T][] =>
    files
      .filter((file) => file.startsWith(prefix) && file.endsWith('.json'))
      .map((file): [string, T] => [file.slice(prefix.length, -'.json'.length), JSON.parse(readFileSync(join(folder, file), 'utf8')) as T])
      .sort(([a], [b]) => place(a) - place(b));
  return {
    verifications: read('verify-lfw-'),
    calibrations: read('calibrate-lfw-'),
    detections: read('detect-'),
    livingFaces: read('liveness-'),
  };
}

function place(name: string): number {
  const place = Object.keys(NAMES).indexOf(name);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}
