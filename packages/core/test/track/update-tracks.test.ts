import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Embedding } from '../../src/embed/embedding.ts';
import type { Box } from '../../src/geometry/box.ts';
import { matchBoxes } from '../../src/track/match-boxes.ts';
import type { Track } from '../../src/track/track-state.ts';
import {
  expireTracks,
  predictBox,
  type Sighting,
  toSmoothedFace,
  type UpdatedTracks,
  updateTracks,
} from '../../src/track/update-tracks.ts';

const FRAME_MS = 40;
const QUALITY = { sizePixels: 100, sharpness: 200, brightness: 0.5, contrast: 0.2 };
const EMBEDDING: Embedding = { vector: Float32Array.of(1), contract: 'c', provenance: { executionProvider: 'cpu', flipAveraging: false } };

const at = (x: number, y = 0, side = 40): Box => ({ x, y, width: side, height: side });
const sight = (box: Box, id?: number, changes: Partial<Sighting> = {}): Sighting => ({
  id,
  face: { box, score: 0.9 },
  quality: QUALITY,
  isDetected: true,
  ...changes,
});

const LIMITS = { maxFaces: Number.POSITIVE_INFINITY, maxMissedFrames: 3, hasLandmarker: false };

/** A session without pictures: what is detected is matched and taken in. */
class Session {
  tracks: readonly Track[] = [];
  nextId = 1;
  elapsedMs = 0;
  readonly limits: typeof LIMITS;
  constructor(limits: Partial<typeof LIMITS> = {}) {
    this.limits = { ...LIMITS, ...limits };
  }

  see(...boxes: readonly Box[]): UpdatedTracks {
    this.elapsedMs += FRAME_MS;
    const expected = this.tracks.map((track) => predictBox(track, this.elapsedMs));
    const matches = matchBoxes(expected, boxes, 0.15);
    const sightings = boxes.map((box, i) => sight(box, this.tracks[matches.indexOf(i)]?.id));
    const updated = updateTracks(this.tracks, sightings, { ...this.limits, nextId: this.nextId, elapsedMs: this.elapsedMs });
    this.tracks = updated.tracks;
    this.nextId = updated.nextId;
    return updated;
  }

  get ids(): number[] {
    return this.tracks.map(({ id }) => id);
  }
}

const times = (count: number, work: (i: number) => void): void => {
  for (let i = 0; i < count; i++) work(i);
};

describe('ids', () => {
  it('stay with faces that move, and count from 1', () => {
    const session = new Session();
    times(30, (i) => session.see(at(i * 5), at(400 - i * 5, 100)));
    expect(session.ids).toEqual([1, 2]);
    expect(session.tracks.map(({ ageFrames }) => ageFrames)).toEqual([29, 29]);
  });

  it('stay with faces that pass each other', () => {
    const session = new Session();
    // They overlap by up to 60 %, one above the other.
    times(41, (i) => session.see(at(i * 5), at(200 - i * 5, 10)));
    expect(session.tracks.map(({ id, face }) => [id, face.box.x])).toEqual([
      [1, 200],
      [2, 0],
    ]);
  });

  it('outlive a face that is missed, but not for longer than agreed', () => {
    const session = new Session();
    times(5, () => session.see(at(0)));
    times(3, (i) => expect(session.see().tracks.map(({ missedFrames }) => missedFrames)).toEqual([i + 1]));
    session.see(at(3));
    expect(session.ids).toEqual([1]);
    expect(session.tracks[0]).toMatchObject({ missedFrames: 0, ageFrames: 8 });
    times(3, () => session.see());
    expect(session.see()).toMatchObject({ tracks: [], ended: [1] });
    session.see(at(3));
    expect(session.ids).toEqual([2]);
  });

  it('are given up soon for what was seen for a moment only', () => {
    const session = new Session({ maxMissedFrames: 10 });
    session.see(at(0));
    expect(session.see().ended).toEqual([]);
    expect(session.see().ended).toEqual([1]);
  });

  it('are never used again, and never shared, whatever is detected', () => {
    const box = fc.record({ x: fc.integer({ min: 0, max: 200 }), side: fc.integer({ min: 5, max: 80 }) });
    const video = fc.array(fc.array(box, { maxLength: 4 }), { maxLength: 25 });
    const limits = fc.record({ maxFaces: fc.integer({ min: 1, max: 4 }), maxMissedFrames: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(video, limits, (frames, { maxFaces, maxMissedFrames }) => {
        const session = new Session({ maxFaces, maxMissedFrames });
        const gone = new Set<number>();
        let before: readonly number[] = [];
        for (const boxes of frames) {
          const { ended } = session.see(...boxes.map(({ x, side }) => at(x, 0, side)));
          expect(new Set(session.ids).size).toBe(session.ids.length);
          expect(session.ids.length).toBeLessThanOrEqual(maxFaces);
          // What is here now was here before or is new; what is not here any more was said to have ended.
          expect(session.ids.filter((id) => gone.has(id))).toEqual([]);
          expect(before.filter((id) => !session.ids.includes(id))).toEqual([...ended]);
          for (const id of ended) gone.add(id);
          before = session.ids;
          const numbers = session.tracks.flatMap((track) => Object.values(toSmoothedFace(track).box));
          expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
        }
      }),
    );
  });

  it('are the same for the same boxes', () => {
    const column = fc.array(fc.integer({ min: 10, max: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(column, fc.integer({ min: 2, max: 12 }), (sides, frames) => {
        const session = new Session();
        const boxes = sides.map((side, i) => at(i * 50, 0, side));
        times(frames, () => session.see(...boxes));
        expect(session.ids).toEqual(sides.map((_, i) => i + 1));
      }),
    );
  });
});

describe('maxFaces', () => {
  it('keeps the known faces and takes the first of the new ones', () => {
    const session = new Session({ maxFaces: 2 });
    session.see(at(0));
    session.see(at(100), at(200), at(0));
    expect(session.tracks.map(({ face }) => face.box.x)).toEqual([0, 100]);
  });

  it('gives up a missed face for one that is here', () => {
    const session = new Session({ maxFaces: 1 });
    times(5, () => session.see(at(0)));
    expect(session.see(at(300))).toMatchObject({ ended: [1] });
    expect(session.ids).toEqual([2]);
  });
});

describe('time', () => {
  it('ends faces that were not seen for too long, also when nothing was looked at in between', () => {
    const tracks = [{ id: 1, seenMs: 1000 } as Track, { id: 2, seenMs: 1900 } as Track];
    expect(expireTracks(tracks, 2000, 1000)).toMatchObject({ kept: tracks, ended: [] });
    expect(expireTracks(tracks, 2001, 1000)).toMatchObject({ kept: [{ id: 2 }], ended: [1] });
  });

  it('predicts a face that moves, by no more than half of it, and not one that was missed', () => {
    const session = new Session();
    times(40, (i) => session.see(at(i * 8)));
    const [track] = session.tracks;
    if (track === undefined) throw new Error('One face was seen.');
    // The speed has settled: 8 pixels per frame.
    expect(predictBox(track, session.elapsedMs + FRAME_MS).x).toBeCloseTo(320, 0);
    expect(predictBox(track, session.elapsedMs + 10_000).x).toBe(312 + 20);
    session.see();
    expect(session.tracks.map((missed) => predictBox(missed, session.elapsedMs + FRAME_MS).x)).toEqual([312]);
  });
});

describe('embeddings', () => {
  const embed = (session: Session): void => {
    session.tracks = session.tracks.map((track) => ({ ...track, embedding: EMBEDDING, embeddedUsability: track.usability }));
  };
  const areEmbedded = (session: Session): boolean[] => session.tracks.map(({ embedding }) => embedding !== undefined);

  it('stay while a face is seen', () => {
    const session = new Session();
    session.see(at(0));
    embed(session);
    times(20, (i) => session.see(at(i * 4)));
    expect(areEmbedded(session)).toEqual([true]);
  });

  it('are forgotten when a face comes back: it may be another one', () => {
    const session = new Session();
    times(3, () => session.see(at(0)));
    embed(session);
    session.see();
    expect(areEmbedded(session)).toEqual([true]);
    session.see(at(0));
    expect(areEmbedded(session)).toEqual([false]);
    expect(session.tracks[0]?.embeddedUsability).toBeUndefined();
  });

  it('are forgotten once two faces have crossed: they may have been taken for each other', () => {
    const session = new Session();
    const seen: boolean[][] = [];
    times(41, (i) => {
      session.see(at(i * 5), at(200 - i * 5, 10));
      if (i === 0) embed(session);
      seen.push(areEmbedded(session));
    });
    const lost = seen.findIndex(([first]) => first === false);
    expect(lost).toBeGreaterThan(20);
    expect(seen.slice(0, lost).flat()).not.toContain(false);
    expect(seen.at(-1)).toEqual([false, false]);
  });

  it('are forgotten when a face suddenly looks different', () => {
    const patch = Float32Array.of(1, 0);
    const track = { ...new Session().see(at(0)).tracks[0], patch, embedding: EMBEDDING, embeddedUsability: 0.5 } as Track;
    const update = (next: Float32Array): Track | undefined =>
      updateTracks([track], [sight(at(0), 1, { patch: next })], { ...LIMITS, nextId: 2, elapsedMs: 80 }).tracks[0];
    expect(update(Float32Array.of(0.8, 0.6))?.embedding).toBe(EMBEDDING);
    expect(update(Float32Array.of(0.4, 0.917))).toMatchObject({ id: 1, embedding: undefined, embeddedUsability: undefined });
  });
});

describe('smoothing', () => {
  it('keeps box and landmarks together', () => {
    const landmarks = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    const landmarks68 = Float32Array.from({ length: 136 }, (_, i) => i);
    const face = { box: at(5), score: 0.7, landmarks, landmarks68 };
    const { tracks } = updateTracks([], [sight(at(0), undefined, { face })], { ...LIMITS, nextId: 1, elapsedMs: 0 });
    expect(tracks.map(toSmoothedFace)).toEqual([face]);
  });

  it('starts anew where a face comes back', () => {
    const session = new Session();
    times(10, () => session.see(at(0)));
    session.see();
    session.see(at(15));
    expect(session.tracks.map((track) => toSmoothedFace(track).box.x)).toEqual([15]);
  });

  it('changes nothing that it is given', () => {
    const session = new Session();
    session.see(at(0));
    const before = structuredClone(session.tracks);
    const kept = session.tracks;
    session.see(at(10));
    expect(kept).toEqual(before);
  });
});
