import { createFaceEngine, type Embedding, type FaceEngine, FaceError, type PackManifest } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { createMemoryStore, type EnrolResult, type Gallery, type GalleryOptions, type GalleryStore } from '@isoface/core/gallery';
import { brokenImage, createFakeParts, drawFakeFaces, FAKE_IMPORT_SOURCE, type FakeImage, fakePack } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const DIMENSION = 12;
const BOX = { x: 24, y: 16, width: 80, height: 96 };
/** Two people whom the fake embedder tells apart. */
const ADA = drawFakeFaces(128, 128, [{ box: BOX, person: [255, 0] }]);
const BOB = drawFakeFaces(128, 128, [{ box: BOX, person: [0, 255] }]);
const SMALL = drawFakeFaces(128, 128, [{ box: { x: 40, y: 30, width: 42, height: 50 }, person: [255, 0] }]);
const BLANK = drawFakeFaces(128, 128, []);
const CROWD = drawFakeFaces(256, 128, [
  { box: BOX, person: [255, 0] },
  { box: { ...BOX, x: 150 }, person: [0, 255] },
]);
/** Drawn faces are plain areas: nothing on them is sharp, and what lies beside them is dark. */
const ANY_QUALITY = { qualityLimits: {} };
const SEARCH: PackManifest['searchThresholds'] = [
  { fpir: 0.1, threshold: 0.93, ci95: [0.09, 0.11], gallerySize: 100, flipAveraging: false, dataset: 'none', probes: 1_000 },
  { fpir: 0.01, threshold: 0.96, ci95: [0.009, 0.011], gallerySize: 100, flipAveraging: false, dataset: 'none', probes: 1_000 },
];
const PACK: PackManifest = { ...fakePack, searchThresholds: SEARCH };

interface Setup {
  readonly engine: FaceEngine<FakeImage>;
  readonly gallery: Gallery<FakeImage>;
  readonly store: GalleryStore;
  /** An embedding of the engine's contract. */
  embed(...values: readonly number[]): Embedding;
}

async function setUp(options: GalleryOptions = {}, pack: PackManifest = PACK): Promise<Setup> {
  const engine = await createFaceEngine(createFakeParts({ pack }));
  const { store = createMemoryStore() } = options;
  const gallery = await engine.openGallery({ ...options, store });
  const contract = engine.info.contract as string;
  const embed = (...values: readonly number[]): Embedding => {
    const vector = Float32Array.from({ length: DIMENSION }, (_, i) => values[i] ?? 0);
    const length = Math.hypot(...vector);
    return { vector: vector.map((value) => value / length), contract, provenance: { flipAveraging: false } };
  };
  return { engine, gallery, store, embed };
}

const random = createRandom(11);
const drawVector = (): number[] => Array.from({ length: DIMENSION }, () => random() - 0.5);

describe('enrolment', () => {
  it('finds again who was enrolled from photos', async () => {
    const { gallery } = await setUp();
    expect(await gallery.enrol('ada', ADA, ANY_QUALITY)).toMatchObject({ status: 'enrolled', id: 'ada', isNew: true, templates: [1] });
    expect(await gallery.enrol('bob', { photo: BOB, source: 'bob.jpg' }, ANY_QUALITY)).toMatchObject({
      status: 'enrolled',
      photos: [{ index: 0, status: 'used', template: 1, source: 'bob.jpg' }],
    });
    const result = await gallery.identify(BOB);
    expect(result).toMatchObject({ status: 'searched', decision: { id: 'bob', gallerySize: 2, fpir: 1e-2 } });
    if (result.status !== 'searched') return;
    expect(result.candidates.map(({ id }) => id)).toEqual(['bob', 'ada']);
    expect(result.candidates[0]?.similarity).toBeCloseTo(1, 6);
    expect(result.decision.margin).toBeCloseTo((result.candidates[0]?.similarity ?? 0) - (result.candidates[1]?.similarity ?? 0), 12);
    expect(result.timings.detectMs).toBeGreaterThan(0);
    expect(result.face?.box.width).toBeCloseTo(BOX.width, 3);
    expect(await gallery.get('bob')).toMatchObject({ id: 'bob', templates: [{ id: 1, photos: 1, source: 'bob.jpg' }] });
  });

  it.each([
    ['no face', BLANK, {}, 'noFace'],
    ['several faces', CROWD, {}, 'multipleFaces'],
    ['a face that is too small', ADA, { qualityLimits: { minSizePixels: 500 } }, 'lowQuality'],
    ['a small face, by default', SMALL, { qualityLimits: undefined }, 'lowQuality'],
    ['something that does not decode', brokenImage, {}, 'unreadable'],
  ] as const)('rejects a photo with %s', async (_, photo, options, reason) => {
    const { gallery } = await setUp();
    const result = await gallery.enrol('ada', photo, { ...ANY_QUALITY, ...options });
    expect(result).toMatchObject({ status: 'refused', reason: 'noUsablePhoto', photos: [{ index: 0, status: 'rejected', reason }] });
    expect(await gallery.get('ada')).toBeUndefined();
    expect(
      await gallery.enrol('ada', [BLANK, photo, ADA], { ...ANY_QUALITY, ...options, ...(reason === 'lowQuality' && ANY_QUALITY) }),
    ).toMatchObject({
      status: 'enrolled',
      templates: reason === 'lowQuality' ? [1, 2] : [1],
    });
  });

  it('takes the large and central face of several if it is told to', async () => {
    const { gallery } = await setUp();
    expect(await gallery.enrol('ada', CROWD, { ...ANY_QUALITY, severalFaces: 'mostProminent' })).toMatchObject({ status: 'enrolled' });
  });

  it('rejects the photo of somebody else among several, wherever it comes', async () => {
    const { gallery, embed } = await setUp();
    for (const odd of [0, 1, 2]) {
      const photos = [0, 1, 2].map((i) => (i === odd ? embed(0, 1) : embed(1, 0.1 * i)));
      const result = await gallery.enrol(`person ${odd}`, photos, { duplicates: 'ignore' });
      expect(result.photos[odd]).toMatchObject({ status: 'rejected', reason: 'otherPerson' });
      expect(result).toMatchObject({ status: 'enrolled', templates: [1, 2] });
    }
    expect(await gallery.enrol('all', [embed(1), embed(0, 1)], { otherPeople: 'accept', duplicates: 'ignore' })).toMatchObject({
      templates: [1, 2],
    });
  });

  it('rejects a further photo that is not of the person', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', embed(1));
    expect(await gallery.enrol('ada', embed(0, 1))).toMatchObject({ status: 'refused', photos: [{ reason: 'otherPerson' }] });
    expect(await gallery.enrol('ada', embed(1, 0.2))).toMatchObject({ status: 'enrolled', isNew: false, templates: [2] });
  });

  it('refuses somebody who is enrolled under another id', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', embed(1));
    const refused = await gallery.enrol('eve', embed(1, 0.05));
    expect(refused).toMatchObject({ status: 'refused', reason: 'duplicate', duplicates: [{ id: 'ada' }] });
    expect(await gallery.get('eve')).toBeUndefined();
    expect(await gallery.enrol('eve', embed(1, 0.05), { duplicates: 'report' })).toMatchObject({
      status: 'enrolled',
      duplicates: [{ id: 'ada' }],
    });
    expect(await gallery.enrol('mallory', embed(1, 0.05), { duplicates: 'ignore' })).toMatchObject({ status: 'enrolled', duplicates: [] });
    // The person themselves is no duplicate.
    expect(await gallery.enrol('bob', embed(0, 1))).toMatchObject({ status: 'enrolled', duplicates: [] });
    expect(await gallery.enrol('bob', embed(0, 1, 0.1))).toMatchObject({ status: 'enrolled', duplicates: [] });
  });

  it.each([
    ['add', [1, 2], { n: 1 }],
    ['replace', [2], { n: 1 }],
  ] as const)('can %s what is there', async (existing, templates, metadata) => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', embed(1), { metadata: { n: 1 } });
    expect(await gallery.enrol('ada', embed(1, 0.1), { existing })).toMatchObject({ isNew: false, templates: [2] });
    const identity = await gallery.get('ada');
    expect(identity?.templates.map(({ id }) => id)).toEqual(templates);
    expect(identity?.metadata).toEqual(metadata);
    expect(await gallery.enrol('ada', embed(1, 0.1), { existing: 'refuse' })).toMatchObject({ status: 'refused', reason: 'exists' });
  });

  it('makes one template of several photos', async () => {
    const { gallery, embed } = await setUp();
    const photos = [embed(1, 0.3), embed(1, -0.3), embed(1, 0, 0.3)];
    expect(await gallery.enrol('ada', photos, { templates: 'fused' })).toMatchObject({
      templates: [1],
      photos: [{ template: 1 }, { template: 1 }, { template: 1 }],
    });
    expect((await gallery.get('ada'))?.templates).toMatchObject([{ id: 1, photos: 3 }]);
    const [fused] = await gallery.embeddings('ada');
    const mean = photos.reduce((sum, { vector }) => sum.map((value, i) => value + (vector[i] as number) / 3), new Float64Array(DIMENSION));
    const length = Math.hypot(...mean);
    mean.forEach((value, i) => {
      expect(fused?.vector[i]).toBeCloseTo(value / length, 6);
    });
  });

  it('keeps the vector as the network gave it, whatever its length', async () => {
    const pack: PackManifest = { ...PACK, embedder: { ...(PACK.embedder as NonNullable<typeof PACK.embedder>), normalization: 'none' } };
    const { gallery, embed } = await setUp({}, pack);
    const long = { ...embed(1, 0.3), vector: embed(1, 0.3).vector.map((value) => value * 1.7) };
    await gallery.enrol('ada', long);
    expect((await gallery.embeddings('ada'))[0]?.vector).toEqual(long.vector);
    const result = await gallery.identify(embed(1, 0.3));
    // Of vectors rounded to float32.
    expect(result).toMatchObject({ candidates: [{ similarity: expect.closeTo(1, 6) }] });
  });

  it('does not use the id of a removed template again', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', [embed(1), embed(1, 0.1)]);
    await gallery.removeTemplate('ada', 2);
    expect(await gallery.enrol('ada', embed(1, 0.2))).toMatchObject({ templates: [3] });
  });

  it('keeps what is enrolled at the same time', async () => {
    const { gallery, embed } = await setUp();
    const photoOf = (person: number, photo: number): Embedding =>
      embed(...Array.from({ length: DIMENSION }, (_, i) => (i === person ? 1 : i === 11 ? photo / 100 : 0)));
    const enrolments = Array.from({ length: 30 }, (_, i) =>
      gallery.enrol(`person ${i % 10}`, photoOf(i % 10, i), { duplicates: 'ignore' }),
    );
    const results = await Promise.all(enrolments);
    expect(results.every(({ status }) => status === 'enrolled')).toBe(true);
    expect(await gallery.stats()).toMatchObject({ identities: 10, templates: 30 });
    expect((await gallery.get('person 3'))?.templates.map(({ id }) => id)).toEqual([1, 2, 3]);
  });
});

describe('identification', () => {
  it('says that nobody is enough alike', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', embed(1));
    const result = await gallery.identify(embed(1, 1));
    expect(result).toMatchObject({ status: 'searched', candidates: [{ id: 'ada' }] });
    if (result.status === 'searched') expect(result.decision).not.toHaveProperty('id');
  });

  it('finds nobody in an empty gallery', async () => {
    const { gallery, embed } = await setUp();
    const result = await gallery.identify(embed(1));
    expect(result).toMatchObject({ status: 'searched', candidates: [], decision: { gallerySize: 0 } });
  });

  it.each([
    ['no face', BLANK, {}, 'noFace'],
    ['several faces, if they are refused', CROWD, { severalFaces: 'refuse' }, 'multipleFaces'],
    ['a bad photo, if there are limits', ADA, { qualityLimits: { minSizePixels: 500 } }, 'lowQuality'],
  ] as const)('does not search for %s', async (_, photo, options, reason) => {
    const { gallery } = await setUp();
    expect(await gallery.identify(photo, options)).toMatchObject({ status: 'notSearched', reason });
  });

  it('gives for many probes what it gives for each', async () => {
    const { gallery, embed } = await setUp();
    for (let i = 0; i < 40; i++) await gallery.enrol(`person ${i}`, embed(...drawVector()), { duplicates: 'ignore' });
    const probes = [...Array.from({ length: 20 }, () => embed(...drawVector())), ADA, BLANK];
    const many = await gallery.identifyMany(probes, { limit: 3 });
    for (const [i, probe] of probes.entries()) {
      const one = await gallery.identify(probe, { limit: 3 });
      expect({ ...many[i], timings: undefined }).toEqual({ ...one, timings: undefined });
    }
  });

  it('breaks ties by id', async () => {
    const { gallery, embed } = await setUp();
    for (const id of ['d', 'b', 'e', 'a', 'c']) await gallery.enrol(id, embed(1), { duplicates: 'ignore' });
    const result = await gallery.identify(embed(1), { limit: 3 });
    expect(result).toMatchObject({ candidates: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], decision: { id: 'a', margin: 0 } });
  });

  it('counts a person once, by the best template', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', [embed(1), embed(1, 0.2), embed(1, 0.4)]);
    await gallery.enrol('bob', embed(0, 1));
    expect(await gallery.identify(embed(1, 0.4), { limit: 2 })).toMatchObject({
      candidates: [
        { id: 'ada', template: 3 },
        { id: 'bob', template: 1 },
      ],
    });
  });

  it('takes a threshold of the caller', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', embed(1));
    expect(await gallery.identify(embed(1, 1), { threshold: 0.5 })).toMatchObject({
      decision: { id: 'ada', threshold: 0.5, basis: 'own' },
    });
  });

  it('forgets at once who was removed', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', [embed(1), embed(1, 0.1)]);
    await gallery.enrol('bob', embed(0, 1));
    await gallery.removeTemplate('ada', 1);
    expect(await gallery.identify(embed(1))).toMatchObject({ candidates: [{ id: 'ada', template: 2 }, { id: 'bob' }] });
    expect(await gallery.remove('ada')).toBe(true);
    expect(await gallery.remove('ada')).toBe(false);
    expect(await gallery.identify(embed(1))).toMatchObject({ candidates: [{ id: 'bob' }] });
    await gallery.enrol('carol', embed(1));
    expect(await gallery.identify(embed(1))).toMatchObject({ candidates: [{ id: 'carol' }, { id: 'bob' }] });
  });

  it('finds the same after the gallery was opened anew', async () => {
    const { gallery, embed, engine, store } = await setUp();
    // A store in memory ends with its gallery: the export goes over to the next one.
    for (let i = 0; i < 20; i++) await gallery.enrol(`person ${i}`, [embed(...drawVector())], { duplicates: 'ignore' });
    const probe = embed(...drawVector());
    const before = await gallery.identify(probe);
    const second = await engine.openGallery({ store: { ...store, close: async () => {} } });
    expect({ ...(await second.identify(probe)), timings: undefined }).toEqual({ ...before, timings: undefined });
    await second.close();
  });
});

describe('protection', () => {
  const KEYS = { encryption: new Uint8Array(32).fill(7), transform: new Uint8Array(32).fill(9) };

  it.each([
    ['encrypted', { encryption: KEYS.encryption }],
    ['transformed', { transform: KEYS.transform }],
    ['both', KEYS],
  ])('finds the same people, %s', async (_, keys) => {
    const open = await setUp();
    const sealed = await setUp({ keys });
    for (let i = 0; i < 15; i++) {
      const vector = drawVector();
      for (const { gallery, embed } of [open, sealed])
        await gallery.enrol(`person ${i}`, embed(...vector), { duplicates: 'ignore', metadata: { i } });
    }
    for (let i = 0; i < 5; i++) {
      const vector = drawVector();
      const [plain, hidden] = [await open.gallery.identify(open.embed(...vector)), await sealed.gallery.identify(sealed.embed(...vector))];
      if (plain.status !== 'searched' || hidden.status !== 'searched') throw new Error('Expected two searches.');
      expect(hidden.candidates.map(({ id }) => id)).toEqual(plain.candidates.map(({ id }) => id));
      // A turn in float32: a few units in the last place of each number.
      for (const [place, { similarity }] of plain.candidates.entries())
        expect(Math.abs((hidden.candidates[place]?.similarity ?? 0) - similarity)).toBeLessThan(1e-6);
    }
    expect(await sealed.gallery.get('person 3')).toMatchObject({ metadata: { i: 3 } });
    expect((await sealed.gallery.verify()).damage).toEqual([]);
    const [own] = await open.gallery.embeddings('person 2');
    const [restored] = await sealed.gallery.embeddings('person 2');
    for (const [i, value] of (own?.vector ?? []).entries()) expect(Math.abs((restored?.vector[i] ?? 0) - value)).toBeLessThan(1e-6);
  });

  it('opens with its own keys alone', async () => {
    const { engine, store } = await setUp({ keys: KEYS });
    for (const keys of [
      undefined,
      {},
      { encryption: KEYS.encryption },
      { transform: KEYS.transform },
      { ...KEYS, encryption: KEYS.transform },
      { ...KEYS, transform: KEYS.encryption },
    ]) {
      await expect(engine.openGallery({ store: { ...store, close: async () => {} }, keys })).rejects.toMatchObject({ code: 'KEY_WRONG' });
    }
    const again = await engine.openGallery({ store: { ...store, close: async () => {} }, keys: KEYS });
    await again.close();
  });

  it('changes keys, and finds the same people', async () => {
    const { gallery, embed, engine, store } = await setUp();
    for (let i = 0; i < 10; i++) await gallery.enrol(`person ${i}`, embed(...drawVector()), { duplicates: 'ignore' });
    const probe = embed(...drawVector());
    const idsOf = async (): Promise<readonly string[]> => {
      const result = await gallery.identify(probe);
      return result.status === 'searched' ? result.candidates.map(({ id }) => id) : [];
    };
    const before = await idsOf();
    for (const keys of [KEYS, { ...KEYS, transform: new Uint8Array(32).fill(1) }, { encryption: KEYS.encryption }, {}]) {
      await gallery.changeKeys(keys);
      expect(await idsOf()).toEqual(before);
      const again = await engine.openGallery({ store: { ...store, close: async () => {} }, keys });
      expect((await again.verify()).damage).toEqual([]);
      await again.close();
    }
  });
});

describe('exports', () => {
  it.each(['binary', 'jsonl'] as const)('takes in its own %s export', async (format) => {
    const { gallery, embed } = await setUp();
    for (let i = 0; i < 12; i++)
      await gallery.enrol(`person ${i}`, [embed(...drawVector())], { duplicates: 'ignore', metadata: { i, name: 'Ünï' } });
    const bytes = await collect(gallery.export({ format }));
    const other = await setUp();
    expect(await other.gallery.import(bytes)).toEqual({ added: 12, replaced: 0, extended: 0, skipped: 0, templates: 12 });
    expect(await other.gallery.get('person 5')).toEqual(await gallery.get('person 5'));
    const probe = embed(...drawVector());
    expect({ ...(await other.gallery.identify(probe)), timings: undefined }).toEqual({
      ...(await gallery.identify(probe)),
      timings: undefined,
    });
  });

  it('keeps the protection of an export, and opens it with the key alone', async () => {
    const keys = { encryption: new Uint8Array(32).fill(3) };
    const { gallery, embed } = await setUp({ keys });
    await gallery.enrol('ada', embed(1), { metadata: { secret: 'here' } });
    for (const format of ['binary', 'jsonl'] as const) {
      const bytes = await collect(gallery.export({ format }));
      const other = await setUp();
      await expect(other.gallery.import(bytes)).rejects.toMatchObject({ code: 'KEY_WRONG' });
      await expect(other.gallery.import(bytes, { keys: { encryption: new Uint8Array(32) } })).rejects.toMatchObject({ code: 'KEY_WRONG' });
      expect(await other.gallery.stats()).toMatchObject({ identities: 0 });
      expect(await other.gallery.import(bytes, { keys })).toMatchObject({ added: 1 });
      expect(await other.gallery.get('ada')).toMatchObject({ metadata: { secret: 'here' } });
      const open = await collect(gallery.export({ format, protection: 'remove' }));
      const third = await setUp();
      expect(await third.gallery.import(open)).toMatchObject({ added: 1 });
    }
  });

  it.each(['binary', 'jsonl'] as const)('holds no byte of somebody who was removed, as %s', async (format) => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('stays', embed(...drawVector()), { duplicates: 'ignore' });
    const gone = embed(...drawVector());
    await gallery.enrol('gone', [gone], { duplicates: 'ignore', metadata: { secret: 'only of the one who goes' } });
    const readExport = async (): Promise<string> => String.fromCharCode(...(await collect(gallery.export({ format }))));
    const traces = ['only of the one', toText(gone.vector, format)];
    for (const trace of traces) expect((await readExport()).includes(trace)).toBe(true);
    await gallery.remove('gone');
    for (const trace of [...traces, 'gone']) expect((await readExport()).includes(trace)).toBe(false);
  });

  it('decides about ids that are there, and changes nothing if it refuses', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('ada', [embed(1), embed(1, 0.1)]);
    await gallery.enrol('bob', embed(0, 1));
    const bytes = await collect(gallery.export());
    const other = await setUp();
    await other.gallery.enrol('bob', embed(0, 0, 1));
    await expect(other.gallery.import(bytes)).rejects.toMatchObject({ code: 'IDENTITY_EXISTS', details: { id: 'bob' } });
    expect(await other.gallery.stats()).toMatchObject({ identities: 1, templates: 1 });
    expect(await other.gallery.import(bytes, { existing: 'skip' })).toEqual({
      added: 1,
      replaced: 0,
      extended: 0,
      skipped: 1,
      templates: 2,
    });
    expect(await other.gallery.import(bytes, { existing: 'add' })).toEqual({
      added: 0,
      replaced: 0,
      extended: 2,
      skipped: 0,
      templates: 3,
    });
    expect((await other.gallery.get('bob'))?.templates.map(({ id }) => id)).toEqual([1, 2]);
    expect(await other.gallery.import(bytes, { existing: 'replace' })).toEqual({
      added: 0,
      replaced: 2,
      extended: 0,
      skipped: 0,
      templates: 3,
    });
    expect(await other.gallery.identify(embed(0, 0, 1))).toMatchObject({ decision: { gallerySize: 3 } });
  });

  it('takes in galleries that are larger than one change', async () => {
    const { gallery, embed } = await setUp();
    const contract = embed(1).contract;
    const people = 5_000;
    const vectors = Array.from({ length: people }, drawVector);
    const batch = vectors.map((values, i) => ({ label: `person ${i}`, descriptors: [values] }));
    const accepting = await setUp({}, { ...PACK, accepts: [{ from: 'face-api.js', evidence: 'none' }] });
    expect(await accepting.gallery.import(new TextEncoder().encode(JSON.stringify(batch)))).toMatchObject({ added: people });
    await gallery.enrol('already here', embed(1), { duplicates: 'ignore' });
    expect(await gallery.import(accepting.gallery.export())).toMatchObject({ added: people });
    const probe: Embedding = { ...embed(...(vectors[4_321] as number[])), contract };
    expect(await gallery.identify(probe)).toMatchObject({
      candidates: [{ id: 'person 4321' }, {}, {}, {}, {}],
      decision: { gallerySize: people + 1 },
    });
    expect(await gallery.get('already here')).toBeDefined();
  });

  it('refuses descriptors of software that the pack does not accept', async () => {
    const { gallery } = await setUp();
    const json = JSON.stringify([{ label: 'ada', descriptors: [drawVector()] }]);
    await expect(gallery.import(new TextEncoder().encode(json))).rejects.toMatchObject({ code: 'CONTRACT_MISMATCH' });
  });

  it('refuses an export of another pack', async () => {
    const other: PackManifest = {
      ...PACK,
      embedder: {
        ...(PACK.embedder as NonNullable<typeof PACK.embedder>),
        file: { name: 'x.onnx', sha256: '9'.repeat(64), bytes: 3, urls: [] },
      },
    };
    const { gallery, embed, store } = await setUp();
    await gallery.enrol('ada', embed(1));
    const bytes = await collect(gallery.export());
    const foreign = await setUp({}, other);
    await expect(foreign.gallery.import(bytes)).rejects.toMatchObject({ code: 'CONTRACT_MISMATCH' });
    await expect(foreign.engine.openGallery({ store: { ...store, close: async () => {} } })).rejects.toMatchObject({
      code: 'CONTRACT_MISMATCH',
    });
  });
});

describe('bad input', () => {
  const cases: readonly [string, (setup: Setup) => Promise<unknown>, string][] = [
    ['an empty id', ({ gallery, embed }) => gallery.enrol('', embed(1)), 'INVALID_OPTION'],
    ['a huge id', ({ gallery, embed }) => gallery.enrol('x'.repeat(1e6), embed(1)), 'INVALID_OPTION'],
    ['an id with a control character', ({ gallery, embed }) => gallery.enrol('a\u0000b', embed(1)), 'INVALID_OPTION'],
    ['an id that turns the writing around', ({ gallery, embed }) => gallery.enrol('a\u202eb', embed(1)), 'INVALID_OPTION'],
    ['half a character', ({ gallery, embed }) => gallery.enrol('a\ud83d', embed(1)), 'INVALID_OPTION'],
    ['an id that is no text', ({ gallery, embed }) => gallery.enrol(7 as unknown as string, embed(1)), 'INVALID_OPTION'],
    ['no photo', ({ gallery }) => gallery.enrol('ada', []), 'INVALID_OPTION'],
    ['a foreign embedding', ({ gallery, embed }) => gallery.enrol('ada', { ...embed(1), contract: 'f'.repeat(64) }), 'CONTRACT_MISMATCH'],
    ['a foreign probe', ({ gallery, embed }) => gallery.identify({ ...embed(1), contract: 'f'.repeat(64) }), 'CONTRACT_MISMATCH'],
    ['a short embedding', ({ gallery, embed }) => gallery.enrol('ada', { ...embed(1), vector: Float32Array.of(1, 0) }), 'SHAPE_MISMATCH'],
    [
      'NaN',
      ({ gallery, embed }) => gallery.enrol('ada', { ...embed(1), vector: new Float32Array(DIMENSION).fill(Number.NaN) }),
      'INVALID_EMBEDDING',
    ],
    ['zeros', ({ gallery, embed }) => gallery.identify({ ...embed(1), vector: new Float32Array(DIMENSION) }), 'INVALID_EMBEDDING'],
    [
      'metadata that JSON would change',
      ({ gallery, embed }) => gallery.enrol('ada', embed(1), { metadata: { at: new Date() as never } }),
      'INVALID_OPTION',
    ],
    [
      'metadata without an end',
      ({ gallery, embed }) => gallery.enrol('ada', embed(1), { metadata: { long: 'x'.repeat(70_000) } }),
      'INVALID_OPTION',
    ],
    ['a long note', ({ gallery, embed }) => gallery.enrol('ada', { photo: embed(1), source: 'x'.repeat(2_000) }), 'INVALID_OPTION'],
    ['an unknown way', ({ gallery, embed }) => gallery.enrol('ada', embed(1), { existing: 'merge' as never }), 'INVALID_OPTION'],
    ['a limit of 0', ({ gallery, embed }) => gallery.identify(embed(1), { limit: 0 }), 'INVALID_OPTION'],
    ['a rate of 1', ({ gallery, embed }) => gallery.identify(embed(1), { fpir: 1 }), 'INVALID_OPTION'],
    ['a threshold that is no number', ({ gallery, embed }) => gallery.identify(embed(1), { threshold: Number.NaN }), 'INVALID_OPTION'],
    ['a template that is not there', ({ gallery }) => gallery.removeTemplate('bob', 9), 'IDENTITY_UNKNOWN'],
    ['a person who is not there', ({ gallery }) => gallery.update('nobody', {}), 'IDENTITY_UNKNOWN'],
    ['an import that is none', ({ gallery }) => gallery.import(new TextEncoder().encode('<html>')), 'GALLERY_DAMAGED'],
    ['a key of 31 bytes', ({ gallery }) => gallery.changeKeys({ encryption: new Uint8Array(31) }), 'INVALID_OPTION'],
  ];

  it.each(cases)('refuses %s, and changes nothing', async (_, call, code) => {
    const setup = await setUp();
    await setup.gallery.enrol('bob', setup.embed(0, 0, 1));
    const before = await collect(setup.gallery.export({ format: 'jsonl' }));
    await expect(call(setup)).rejects.toSatisfy((error) => error instanceof FaceError && error.code === code);
    expect(await collect(setup.gallery.export({ format: 'jsonl' }))).toEqual(before);
    expect(await setup.gallery.identify(setup.embed(0, 0, 1))).toMatchObject({ decision: { id: 'bob', gallerySize: 1 } });
  });

  it('takes one name in two spellings of Unicode for one', async () => {
    const { gallery, embed } = await setUp();
    await gallery.enrol('Ame\u0301lie', embed(1));
    expect(await gallery.enrol('Am\u00e9lie', embed(1, 0.1))).toMatchObject({ isNew: false });
    expect(await gallery.remove('Ame\u0301lie')).toBe(true);
  });

  it('is closed for good', async () => {
    const { gallery, embed } = await setUp();
    await Promise.all([gallery.close(), gallery.close()]);
    for (const call of [
      () => gallery.identify(embed(1)),
      () => gallery.enrol('ada', embed(1)),
      () => gallery.get('ada'),
      () => gallery.remove('ada'),
      () => gallery.stats(),
      () => gallery.info(),
      () => collect(gallery.export()),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'DISPOSED' });
    }
  });

  it('is not opened for a pack that can only detect', async () => {
    const { embedder: _embedder, ...detecting } = PACK;
    const engine = await createFaceEngine(createFakeParts({ pack: detecting }));
    await expect(engine.openGallery()).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('imports vectors of accepted software one at a time too', async () => {
    const { gallery, engine } = await setUp();
    const embedding = engine.importEmbedding(drawVector(), FAKE_IMPORT_SOURCE);
    const result: EnrolResult = await gallery.enrol('ada', embedding);
    expect(result.status).toBe('enrolled');
    expect((await gallery.get('ada'))?.templates).toMatchObject([{ importedFrom: FAKE_IMPORT_SOURCE }]);
  });
});

/** Twelve bytes from the middle of a vector, as an export writes them. */
function toText(vector: Float32Array, format: 'binary' | 'jsonl'): string {
  const bytes = String.fromCharCode(...new Uint8Array(vector.buffer).subarray(12, 24));
  return format === 'binary' ? bytes : btoa(bytes);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: number[] = [];
  for await (const chunk of chunks) for (const byte of chunk) all.push(byte);
  return Uint8Array.from(all);
}
