/** What a runtime found, as plain numbers, and how two runtimes differ. */

/** One face as numbers. */
export interface FaceNumbers {
  /** x, y, width, height; pixels of the picture. */
  readonly box: readonly number[];
  /** x, y per landmark; pixels of the picture. */
  readonly landmarks: readonly number[];
  readonly embedding: readonly number[];
  /** x, y, z per point of the face mesh; pixels of the picture. */
  readonly mesh: readonly number[];
  /** Score of passive liveness; none for packs without. */
  readonly liveness: readonly number[];
}

/** Faces of one picture, by the name of the picture. */
export type Findings = Readonly<Record<string, readonly FaceNumbers[]>>;

/** The largest differences between two runtimes over all pictures. */
export interface Difference {
  readonly pictures: number;
  readonly faces: number;
  /** Pictures in which not the same number of faces was found. */
  readonly facesMissed: readonly string[];
  readonly boxPixels: number;
  readonly landmarkPixels: number;
  readonly smallestCosine: number;
  readonly meshPixels: number;
  /** Absent for packs without passive liveness. */
  readonly livenessScore: number | undefined;
}

/** Compares what was found with the reference, face by face; faces belong together by their place, for nearly equal scores may change places. */
export function compareFindings(reference: Findings, got: Findings): Difference {
  const names = Object.keys(got);
  const facesMissed = names.filter((name) => got[name]?.length !== reference[name]?.length);
  const pairs = names
    .filter((name) => !facesMissed.includes(name))
    .flatMap((name) => (reference[name] ?? []).map((face) => [face, nearest(face, got[name] ?? [])] as const));
  const largest = (numbersOf: (face: FaceNumbers) => readonly number[]): number =>
    Math.max(0, ...pairs.flatMap(([a, b]) => numbersOf(a).map((value, i) => Math.abs(value - (numbersOf(b)[i] ?? Number.NaN)))));
  return {
    pictures: names.length,
    faces: pairs.length,
    facesMissed,
    boxPixels: largest(({ box }) => box),
    landmarkPixels: largest(({ landmarks }) => landmarks),
    meshPixels: largest(({ mesh }) => mesh),
    livenessScore: pairs.some(([face]) => face.liveness.length > 0) ? largest(({ liveness }) => liveness) : undefined,
    smallestCosine: Math.min(1, ...pairs.map(([a, b]) => cosine(a.embedding, b.embedding))),
  };
}

function nearest(face: FaceNumbers, candidates: readonly FaceNumbers[]): FaceNumbers {
  const distance = ({ box }: FaceNumbers): number => Math.max(...box.map((value, i) => Math.abs(value - (face.box[i] as number))));
  return [...candidates].sort((a, b) => distance(a) - distance(b))[0] as FaceNumbers;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || a.length !== b.length) return Number.NaN;
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
