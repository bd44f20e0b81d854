/** Plain decoder of the BlazeFace "back camera" network. */

/** A face in picture pixels. */
export interface BlazefaceFace {
  readonly score: number;
  /** x, y, width, height */
  readonly box: readonly [number, number, number, number];
  /** Image-left eye, image-right eye, nose tip, mouth centre, image-left ear, image-right ear. */
  readonly keypoints: readonly (readonly [number, number])[];
}

const INPUT_SIZE = 256;
const VALUES_PER_ROW = 16;
const MIN_SCORE = 0.5;
const MAX_OVERLAP = 0.3;

/** Centres of the 896 anchors, in pixels of the input. */
const ANCHORS = [anchorsOf(16, 2), anchorsOf(32, 6)].flat();

/** Faces of one picture that was padded to a centred square, best first. */
export function decodeBlazeface(
  { scores, regressors }: { readonly scores: Float32Array; readonly regressors: Float32Array },
  { width, height }: { readonly width: number; readonly height: number },
): BlazefaceFace[] {
  const side = Math.max(width, height);
  const toPicture = { scale: side / INPUT_SIZE, padX: (side - width) / 2, padY: (side - height) / 2 };
  const faces = ANCHORS.flatMap((anchor, row) => {
    const score = 1 / (1 + Math.exp(-(scores[row] ?? 0)));
    if (score < MIN_SCORE) return [];
    return [decodeRow(regressors.subarray(row * VALUES_PER_ROW, (row + 1) * VALUES_PER_ROW), { score, anchor, toPicture })];
  });
  return suppressOverlaps(faces.sort((a, b) => b.score - a.score));
}

function anchorsOf(stride: number, perCell: number): (readonly [number, number])[] {
  const cells = INPUT_SIZE / stride;
  return Array.from({ length: cells * cells * perCell }, (_, index) => {
    const cell = Math.floor(index / perCell);
    return [stride * ((cell % cells) + 0.5), stride * (Math.floor(cell / cells) + 0.5)] as const;
  });
}

function decodeRow(
  row: Float32Array,
  {
    score,
    anchor: [anchorX, anchorY],
    toPicture: { scale, padX, padY },
  }: {
    score: number;
    anchor: readonly [number, number];
    toPicture: { scale: number; padX: number; padY: number };
  },
): BlazefaceFace {
  const at = (index: number): number => row[index] ?? 0;
  const [width, height] = [at(2), at(3)];
  const [left, top] = [at(0) + anchorX - width / 2, at(1) + anchorY - height / 2];
  const keypoints = Array.from(
    { length: 6 },
    (_, k) => [(at(4 + 2 * k) + anchorX) * scale - padX, (at(5 + 2 * k) + anchorY) * scale - padY] as const,
  );
  return { score, box: [left * scale - padX, top * scale - padY, width * scale, height * scale], keypoints };
}

function suppressOverlaps(sorted: readonly BlazefaceFace[]): BlazefaceFace[] {
  const kept: BlazefaceFace[] = [];
  for (const face of sorted) {
    if (kept.every((better) => overlap(better.box, face.box) <= MAX_OVERLAP)) kept.push(face);
  }
  return kept;
}

/** Intersection over union. */
function overlap(a: BlazefaceFace['box'], b: BlazefaceFace['box']): number {
  const width = Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]));
  const shared = width * height;
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}
