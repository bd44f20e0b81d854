/** A detection result as a page and as rows. */

import type { DetectionSubsetName } from '@isoface/core/evaluation';
import type { ChartPoint } from '../report/chart.ts';
import { formatPercent } from '../report/format-rate.ts';
import type { ReportPage } from '../report/report-page.ts';
import type { Cell, Table } from '../report/table.ts';
import type { DetectionResult, SubsetPrecision } from './detect.ts';
import { countProblems } from './provenance-facts.ts';

/** What subsets are called before people. */
export const DETECTION_SUBSET_NAMES: Readonly<Record<DetectionSubsetName, string>> = {
  all: 'all faces',
  small: 'small, 10 to 50 px high',
  medium: 'medium, 50 to 300 px',
  large: 'large, from 300 px',
  easyStyle: 'easy-style: from 50 px, not occluded, not heavily blurred',
  mediumStyle: 'medium-style: from 30 px, not heavily occluded',
  hardStyle: 'hard-style: from 10 px',
};

/** What a reader must know. */
const DETECTION_NOTES = [
  'Faces outside a subset are ignored: finding them is no error. Detections on no face count as false in every subset.',
  'Easy-, medium- and hard-style are defined by isoface in the manner of WIDER FACE; the official lists exist for its validation images only. They are not comparable with published numbers.',
  'Average precision depends on how faces are marked and on the overlap asked for: compare detectors on one set, not sets.',
  '95 % intervals: bootstrap over images.',
] as const;

/** Detectors by subset, one row each, in full precision. */
export function toDetectionRows({ detectors }: DetectionResult): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const columns = ['detector', 'detection size', 'subset', 'faces', 'AP', 'AP low', 'AP high', 'images per second'];
  const rows = detectors.flatMap(({ id, detectionSize, bySubset, imagesPerSecond }) =>
    listSubsets(bySubset).map(([name, { faces, averagePrecision, averagePrecisionCi95 }]) => [
      id,
      detectionSize,
      name,
      faces,
      averagePrecision,
      ...averagePrecisionCi95,
      imagesPerSecond,
    ]),
  );
  return { columns, rows };
}

/** The report. */
export function toDetectionPage(result: DetectionResult): ReportPage {
  const { dataset, format, images, imagesCovered, faces, minIou, boxMatch, minScore, detectors, problems, versions } = result;
  return {
    title: `Detection: ${detectors.map(({ id }) => id).join(', ')} on ${dataset}`,
    facts: [
      { label: 'Images', value: `${imagesCovered} read of ${images}` },
      { label: 'Faces', value: `${faces}` },
      { label: 'Marks', value: format },
      { label: 'A face is found', value: describeMatch({ boxMatch, minIou }) },
      { label: 'Curves reach down to score', value: `${minScore}` },
      {
        label: 'Versions',
        value: Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      },
    ],
    notes: [...DETECTION_NOTES, ...(problems.length === 0 ? [] : [`Problems of the data set: ${countProblems(problems)}.`])],
    sections: [
      {
        heading: 'Precision and recall',
        tables: [toCurveTable(result), toDefaultTable(result)],
        charts: [
          {
            kind: 'line',
            title: 'Precision over recall',
            description: 'Each curve goes through all score thresholds of a detector; nearer to the upper right is better.',
            x: { label: 'Recall', scale: 'linear', format: 'percent', min: 0, max: 1 },
            y: { label: 'Precision', scale: 'linear', format: 'percent', min: 0, max: 1 },
            series: detectors.map(({ id, curve }) => ({
              name: id,
              points: curve.recall.map((recall, i): ChartPoint => [recall, curve.precision[i] as number]),
            })),
          },
          {
            kind: 'line',
            title: 'Recall over false positives',
            description:
              'Share of the faces that are found, by the detections on no face over the whole set; nearer to the upper left is better.',
            x: { label: 'False positives', scale: 'log' },
            y: { label: 'Recall', scale: 'linear', format: 'percent', min: 0, max: 1 },
            series: detectors.map(({ id, curve }) => ({
              name: id,
              points: curve.recall.map((recall, i): ChartPoint => [curve.falsePositives[i] as number, recall]),
            })),
          },
        ],
      },
      {
        heading: 'Subsets',
        tables: detectors.map(({ id, detectionSize, bySubset }) => ({
          caption: `${id} at ${detectionSize} px`,
          columns: [{ label: 'Faces' }, { label: 'Number', align: 'right' }, { label: 'Average precision', align: 'right' }],
          rows: listSubsets(bySubset).map(([name, { faces: count, averagePrecision, averagePrecisionCi95 }]) => [
            DETECTION_SUBSET_NAMES[name],
            count,
            formatPercent(averagePrecision, averagePrecisionCi95),
          ]),
        })),
      },
    ],
  };
}

/** The rule by which a detection finds a face. */
export function describeMatch({ boxMatch, minIou }: Pick<DetectionResult, 'boxMatch' | 'minIou'>): string {
  return boxMatch === 'centre' ? 'by a detection whose centre is in its box' : `by a detection with an overlap (IoU) of ${minIou} or more`;
}

/** Subsets in the order in which they are defined. */
export function listSubsets(bySubset: DetectionResult['detectors'][number]['bySubset']): [DetectionSubsetName, SubsetPrecision][] {
  return (Object.keys(DETECTION_SUBSET_NAMES) as DetectionSubsetName[]).flatMap((name) => {
    const precision = bySubset[name];
    return precision === undefined ? [] : [[name, precision]];
  });
}

function toCurveTable({ detectors, minScore }: DetectionResult): Table {
  const counts = Object.keys(detectors[0]?.recallAtFalsePositives ?? {});
  return {
    caption: `All scores from ${minScore} on`,
    columns: [
      { label: 'Detector' },
      { label: 'Size', align: 'right' },
      { label: 'Average precision', align: 'right' },
      ...counts.map((count) => ({ label: `Recall, ${count} false`, align: 'right' as const })),
      { label: 'Images/s', align: 'right' },
    ],
    rows: detectors.map(({ id, detectionSize, averagePrecision, averagePrecisionCi95, recallAtFalsePositives, imagesPerSecond }) => [
      id,
      detectionSize,
      formatPercent(averagePrecision, averagePrecisionCi95),
      ...counts.map((count) => formatPercent(recallAtFalsePositives[count] ?? Number.NaN)),
      imagesPerSecond.toFixed(1),
    ]),
  };
}

function toDefaultTable({ detectors }: DetectionResult): Table {
  return {
    caption: 'At the default score',
    columns: [
      { label: 'Detector' },
      { label: 'Score', align: 'right' },
      { label: 'Recall', align: 'right' },
      { label: 'Precision', align: 'right' },
      { label: 'False per image', align: 'right' },
    ],
    rows: detectors.map(({ id, atDefaultScore: { minScore, recall, precision = Number.NaN, falsePositivesPerImage } }) => [
      id,
      minScore,
      formatPercent(recall),
      formatPercent(precision),
      falsePositivesPerImage.toFixed(3),
    ]),
    note: 'The engine looks a second time, for a close-up, where it found nobody; the curve has that only where nothing reaches its lowest score.',
  };
}
