/** What happens in a clip: moments, and what lies between them. */

/** What the head does, as it differs from the photo. */
export interface HeadMove {
  /** Positive turns the nose to the right of the image: the person's own left. */
  readonly yawDegrees: number;
  /** Positive lifts the nose. */
  readonly pitchDegrees: number;
  /** Positive lowers the eye at the right of the image. */
  readonly rollDegrees: number;
  /** 0 as in the photo, 1 closed. */
  readonly eyesClosed: number;
  /** 0 as in the photo, 1 a broad smile. */
  readonly smile: number;
  /** Size of the head by its size at rest. */
  readonly scale: number;
  /** Shift of the head to the right, pixels of the frame. */
  readonly x: number;
  /** Shift of the head down, pixels of the frame. */
  readonly y: number;
  /** Factor on all pixels. */
  readonly brightness: number;
}

/** One moment of a clip; what it does not name is as at rest. */
export interface ClipMoment extends Partial<HeadMove> {
  readonly atMs: number;
}

/** The head as in the photo. */
export const AT_REST: HeadMove = {
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  eyesClosed: 0,
  smile: 0,
  scale: 1,
  x: 0,
  y: 0,
  brightness: 1,
};

const NAMES = Object.keys(AT_REST) as (keyof HeadMove)[];

/** The move at a time: starts and stops softly between moments, rests at the first and the last. */
export function moveAt(script: readonly ClipMoment[], timeMs: number): HeadMove {
  const next = script.findIndex(({ atMs }) => atMs > timeMs);
  const to = script[next === -1 ? script.length - 1 : next] ?? { atMs: 0 };
  const from = next > 0 ? (script[next - 1] ?? to) : to;
  const passed = to.atMs === from.atMs ? 1 : (timeMs - from.atMs) / (to.atMs - from.atMs);
  const share = passed * passed * (3 - 2 * passed);
  const between = (name: keyof HeadMove): number => {
    const [a, b] = [from[name] ?? AT_REST[name], to[name] ?? AT_REST[name]];
    return a + (b - a) * share;
  };
  return Object.fromEntries(NAMES.map((name) => [name, between(name)])) as unknown as HeadMove;
}
