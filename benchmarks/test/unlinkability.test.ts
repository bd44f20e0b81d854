import { createRandom } from '@isoface/core/evaluation';
import { describe, expect, it } from 'vitest';
import { alignPopulations } from '../src/unlinkability/align-populations.ts';
import { measureUnlinkability, type PairedTemplates } from '../src/unlinkability/measure-unlinkability.ts';

const PEOPLE = 60;
const DIMENSION = 32;

/** People who are directions, and photos of them that are a little off. */
function drawTemplates({ isUnit }: { readonly isUnit: boolean }): PairedTemplates {
  const random = createRandom(17);
  const photograph = (person: readonly number[]): Float32Array => {
    const photo = person.map((number) => number + 0.2 * (random() - 0.5));
    const length = isUnit ? Math.hypot(...photo) : 1;
    return Float32Array.from(photo, (number) => number / length);
  };
  const people = Array.from({ length: PEOPLE }, () => Array.from({ length: DIMENSION }, () => random() - 0.5));
  return { first: people.map(photograph), second: people.map(photograph) };
}

describe('the measurement of unlinkability', async () => {
  const options = { furtherKeys: 2, rounds: 40 };
  const unit = await measureUnlinkability(drawTemplates({ isUnit: true }), options);
  const free = await measureUnlinkability(drawTemplates({ isUnit: false }), options);

  it('finds the scores of one key as they were', () => {
    expect(unit.sameKey.largestScoreChange).toBeLessThan(1.2e-7);
    expect(unit.sameKey.genuine).toEqual(unit.unprotected.genuine);
    expect(unit.sameKey.impostor).toEqual(unit.unprotected.impostor);
    expect(unit.unprotected.equalErrorRate).toBe(0);
    expect(unit.unprotectedSystem).toBe(1);
  });

  it.each(['acrossKeys', 'samePhotoAcrossKeys', 'acrossGalleries'] as const)('finds nothing that links %s', (name) => {
    const { system, floor, excessCi95, equalErrorRate, genuine } = unit[name];
    expect(system).toBeLessThan(0.3);
    expect(floor).toBeLessThan(0.3);
    expect(excessCi95[0]).toBeLessThanOrEqual(0);
    // 60 genuine scores: half of them, give or take three standard errors.
    expect(Math.abs(equalErrorRate - 0.5)).toBeLessThan(0.2);
    expect(Math.abs(genuine.mean)).toBeLessThan(3 / Math.sqrt(DIMENSION));
  });

  it('finds what links without keys: lengths, and the others in the gallery', () => {
    expect(unit.byLength).toBeUndefined();
    expect(free.byLength?.samePhoto.equalErrorRate).toBeLessThan(0.02);
    expect(unit.byNeighbours.samePhoto).toMatchObject({ equalErrorRate: 0 });
    // Below 1: the bins are as wide as 60 genuine scores allow.
    expect(unit.byNeighbours.samePhoto.system).toBeGreaterThan(0.9);
    expect(unit.byNeighbours.twoPhotos.system).toBeGreaterThan(unit.byNeighbours.twoPhotos.floor + 0.3);
  });

  it('finds a rotated population by its shape', () => {
    const random = createRandom(5);
    // Spreads of 4, 3, 2 and 1, all of them skewed.
    const draw = (): Float32Array => Float32Array.from({ length: 4 }, (_, axis) => (4 - axis) * (random() ** 3 - 0.1));
    const rotate = (vector: Float32Array): Float32Array => vector.map((number) => vector.reduce((sum, x) => sum + x, 0) / 2 - number);
    const gallery = Array.from({ length: 4000 }, draw);
    const { ofRotated, ofPlain } = alignPopulations(gallery.map(rotate), Array.from({ length: 4000 }, draw));
    for (const vector of gallery.slice(0, 50)) {
      const [guess, truth] = [ofPlain(vector), ofRotated(rotate(vector))];
      const length = Math.hypot(...truth);
      // The axes of two samples of 4,000 differ by a few hundredths.
      expect(Math.hypot(...guess.map((number, axis) => number - (truth[axis] ?? 0))) / length).toBeLessThan(0.2);
    }
  });

  it('gives the same figures again, and no template', async () => {
    expect(await measureUnlinkability(drawTemplates({ isUnit: true }), options)).toEqual(unit);
    expect(JSON.stringify(unit).length).toBeLessThan(4000);
    expect(unit.people).toBe(PEOPLE);
  });
});
