/** The computing part: all faces of all photos, each compared with every other. */

import { type Analysis, type AnalyzedFace, type Embedding, type EngineInfo, type FaceEngine, isFaceError, selectThreshold } from 'isoface';
import type { Photo } from './find-photos.ts';

/** A photo with everything that was found in it. */
export interface AnalyzedPhoto extends Photo {
  readonly analysis: Analysis;
  /** Comparing its faces with those of the photos after it, milliseconds. */
  readonly matchMs: number;
}

/** A face with a name to call it by. */
export interface LabelledFace {
  /** E.g. `sample1 #2`: faces are numbered per photo, best score first. */
  readonly label: string;
  readonly number: number;
  readonly photo: Photo;
  readonly face: AnalyzedFace;
  readonly embedding: Embedding;
  /** Faces that match, directly or through others, carry the same number, from 0; faces without a match carry none. */
  readonly person?: number | undefined;
}

/** Two faces and how alike they are; `a` and `b` are indexes of faces. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

/** Similarity from which on two faces match, and what it stands for; `threshold` is absent for a pack without calibration. */
export interface Decision {
  readonly threshold?: number | undefined;
  readonly fmr?: number | undefined;
}

/** All there is to show. */
export interface ComparedPhotos {
  readonly info: EngineInfo;
  readonly photos: readonly AnalyzedPhoto[];
  readonly faces: readonly LabelledFace[];
  /** Most alike first. */
  readonly pairs: readonly Pair[];
  /** The pairs that reach the threshold. */
  readonly matches: readonly Pair[];
  readonly decision: Decision;
}

/**
 * The false match rate of the demo. Hundreds of pairs are compared, of people who look alike in age and sex: stricter than the 1e-3 that
 * suits a single pair.
 */
const FMR = 1e-4;

/** Options of {@link comparePhotos}. */
export interface CompareOptions extends Decision {
  readonly signal?: AbortSignal | undefined;
  readonly onPhoto?: ((name: string) => void) | undefined;
}

/** Analyzes the photos one after the other and compares all faces. */
export async function comparePhotos(
  engine: FaceEngine<string>,
  photos: readonly Photo[],
  options: CompareOptions,
): Promise<ComparedPhotos> {
  const { signal, onPhoto } = options;
  const decision = settleDecision(engine.info, options);
  const analyses: Analysis[] = [];
  for (const { name, path } of photos) {
    onPhoto?.(name);
    analyses.push(await engine.analyze(path, { signal }));
  }
  const faces = photos.flatMap((photo, i) => labelFaces(photo, analyses[i] as Analysis));

  const matchMs = new Map<string, number>();
  const pairs: Pair[] = [];
  for (const [a, first] of faces.entries()) {
    for (const [b, second] of faces.entries()) {
      if (b <= a) continue;
      // Without a calibrated threshold the similarity is still worth knowing; any threshold will do to be told.
      const result = await engine.verify(first.embedding, second.embedding, { threshold: decision.threshold ?? 0, signal });
      if (result.status !== 'compared') continue;
      pairs.push({ a, b, similarity: result.similarity });
      matchMs.set(first.photo.name, (matchMs.get(first.photo.name) ?? 0) + result.timings.matchMs);
    }
  }
  pairs.sort((x, y) => y.similarity - x.similarity);
  const { threshold } = decision;
  const matches = threshold === undefined ? [] : pairs.filter(({ similarity }) => similarity >= threshold);
  const persons = groupPersons(faces.length, matches);
  return {
    info: engine.info,
    photos: photos.map((photo, i) => ({ ...photo, analysis: analyses[i] as Analysis, matchMs: matchMs.get(photo.name) ?? 0 })),
    faces: faces.map((face, i) => ({ ...face, person: persons[i] })),
    pairs,
    matches,
    decision,
  };
}

function settleDecision({ thresholds, flipAveraging }: EngineInfo, { fmr, threshold }: Decision): Decision {
  if (threshold !== undefined) return { threshold };
  try {
    return selectThreshold(thresholds, fmr ?? FMR, flipAveraging);
  } catch (error) {
    if (fmr === undefined && isFaceError(error, 'THRESHOLD_UNAVAILABLE')) return {};
    throw error;
  }
}

function labelFaces(photo: Photo, { faces }: Analysis): LabelledFace[] {
  return faces.flatMap((face, i) =>
    face.embedding === undefined ? [] : [{ label: `${photo.name} #${i + 1}`, number: i + 1, photo, face, embedding: face.embedding }],
  );
}

/** The person of every face: the connected parts of the graph of matches, numbered by their best match. */
function groupPersons(count: number, matches: readonly Pair[]): (number | undefined)[] {
  const group = Array.from({ length: count }, (_, i) => i);
  for (const { a, b } of matches) {
    const [from, to] = [group[b], group[a]] as [number, number];
    for (const [i, value] of group.entries()) if (value === from) group[i] = to;
  }
  const numbers = new Map<number, number>();
  for (const { a } of matches) if (!numbers.has(group[a] as number)) numbers.set(group[a] as number, numbers.size);
  return group.map((value) => numbers.get(value));
}
