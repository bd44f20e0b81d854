/** The kinds of attack that are known, so that a measurement can say which of them it is not about. */

import { normalizeName } from '../dataset/parse-table.ts';

/** A kind of attack (ISO/IEC 30107-3: presentation attack instrument species), as the literature knows it. */
export interface KnownAttackKind {
  readonly id: 'cutout' | 'print' | 'screen' | 'mask' | 'makeup' | 'injection' | 'occlusion';
  readonly description: string;
}

/** Which kinds a measurement is about. */
export interface AttackCoverage {
  /** By the label of the data. */
  readonly measured: readonly { readonly kind: string; readonly knownAs?: KnownAttackKind['id'] | undefined }[];
  /** Known kinds of which the data has none: the result says nothing about them. */
  readonly notMeasured: readonly KnownAttackKind[];
}

interface KindPattern extends KnownAttackKind {
  /** Told by a part of the normalised label. The first kind that fits counts. */
  readonly label: RegExp;
}

const KINDS: readonly KindPattern[] = [
  {
    id: 'injection',
    description: 'injected or edited video, deepfakes: pictures that never were in front of the camera',
    label: /inject|deepfake|faceswap|virtual|synthetic|morph/,
  },
  { id: 'cutout', description: 'a print with holes for eyes or mouth, or bent round a face', label: /cut|eyehole|warp|bent|papermask/ },
  {
    id: 'occlusion',
    description: 'a living face that is partly covered, by glasses, a medical mask or part of a print',
    label: /occlu|partial|glasses|scarf|medical|surgical/,
  },
  {
    id: 'mask',
    description: 'three-dimensional masks and heads, of paper, resin, latex or silicone',
    label: /mask|3d|latex|silicone|resin|mannequin/,
  },
  {
    id: 'screen',
    description: 'photos and videos on a phone, tablet or monitor',
    label: /screen|replay|display|monitor|phone|tablet|ipad|video|digital/,
  },
  { id: 'print', description: 'a printed photo', label: /print|photo|paper|poster/ },
  { id: 'makeup', description: 'make-up, wigs and the like, to look like somebody', label: /makeup|cosmetic|impersonat/ },
];

/** The known kind that a label names, if any. */
function recognizeKind(label: string): KnownAttackKind['id'] | undefined {
  const name = normalizeName(label);
  return KINDS.find((kind) => kind.label.test(name))?.id;
}

/**
 * Which known kinds of attack are among the labels.
 *
 * @param kinds - Labels of attacks as the data has them, e.g. `print_a4`. Labels of no known kind are measured, too, under their own name.
 */
export function describeCoverage(kinds: readonly string[]): AttackCoverage {
  const measured = kinds.map((kind) => ({ kind, knownAs: recognizeKind(kind) }));
  return {
    measured,
    notMeasured: KINDS.filter(({ id }) => !measured.some(({ knownAs }) => knownAs === id)).map(({ id, description }) => ({
      id,
      description,
    })),
  };
}

/** Coverage as sentences: what was measured, and what nothing is known about. */
export function listCoverageNotes({ measured, notMeasured }: AttackCoverage): string[] {
  const named = measured.map(({ kind, knownAs }) => (knownAs === undefined ? `${kind} (no kind that isoface knows)` : kind));
  return [
    `Attack kinds measured: ${named.join(', ')}.`,
    ...(notMeasured.length === 0
      ? []
      : [
          `Not measured, so these rates say nothing about: ${notMeasured.map(({ id, description }) => `${id} (${description})`).join('; ')}.`,
        ]),
  ];
}
