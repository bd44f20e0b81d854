import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPhoto } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
const run = (...argv: string[]): Promise<CliRun> => runInProcess(argv, { cwd: folder });
/** Commands that must not need an engine: no engine option is given, and none would be understood. */
const gallery = (name: string, command: string, ...argv: string[]): Promise<CliRun> =>
  run('gallery', command, ...argv, '--gallery', name, '--json');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-gallery-'));
  const [first, second] = [demoPhoto('sample1.jpg'), demoPhoto('sample3.jpg')];
  const crop = (photo: string, left: number, top: number, name: string) =>
    sharp(photo).extract({ left, top, width: 420, height: 420 }).jpeg({ quality: 95 }).toFile(at(name));
  await Promise.all([
    crop(first, 1360, 120, 'ada1.jpg'),
    crop(second, 970, 120, 'ada2.jpg'),
    crop(second, 480, 280, 'bea.jpg'),
    copyFile(first, at('three.jpg')),
    writeFile(at('text.jpg'), 'This is no picture.'),
    sharp({ create: { width: 320, height: 240, channels: 3, background: '#808080' } }).toFile(at('grey.png')),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('one person', () => {
  it('is enrolled, and found again', async () => {
    const enrolled = await run('enrol', 'ada', 'ada1.jpg', '--gallery', 'people.gallery', '--metadata', '{"room":7}', ...ENGINE, '--json');
    expect(enrolled.exitCode, enrolled.stderr + enrolled.stdout).toBe(0);
    expect(enrolled.stderr).toContain(`New gallery: ${at('people.gallery')}`);
    expect(parseDocument(enrolled)).toMatchObject({
      status: 'enrolled',
      id: 'ada',
      isNew: true,
      templates: [1],
      photos: [{ input: 'ada1.jpg', index: 0, status: 'used', template: 1, face: { box: expect.anything() } }],
      duplicates: [],
      gallery: { location: at('people.gallery'), pack: 'starter', identities: 1, templates: 1, encrypted: false, damagedParts: 0 },
      engine: { pack: 'starter' },
    });
    // An embedding is personal data: it is in the gallery, and nowhere else.
    expect(enrolled.stdout).not.toContain('"vector"');

    const found = await run('identify', 'ada2.jpg', '--gallery', 'people.gallery', ...ENGINE, '--json');
    expect(found.exitCode, found.stderr + found.stdout).toBe(0);
    expect(parseDocument(found)).toMatchObject({
      gallery: { readOnly: true },
      images: [
        {
          input: 'ada2.jpg',
          kind: 'image',
          status: 'searched',
          candidates: [{ id: 'ada', similarity: expect.any(Number), template: 1 }],
          decision: { id: 'ada', threshold: expect.any(Number), fpir: 0.01, gallerySize: 1, basis: expect.any(String) },
          face: { box: expect.anything() },
          timings: { detectMs: expect.any(Number) },
        },
      ],
      engine: { executionProvider: 'cpu' },
    });
  });

  it('is refused with reasons, and says what becomes of each photo', async () => {
    const photos = ['bea.jpg', 'ada2.jpg', 'grey.png', 'three.jpg', 'text.jpg', 'missing.jpg'];
    const run1 = await run('enrol', 'bea', ...photos, '--gallery', 'people.gallery', '--threshold', '0.95', ...ENGINE);
    expect(run1.exitCode, run1.stderr + run1.stdout).toBe(0);
    const lines = run1.stdout.split('\n');
    expect(lines[0]).toBe('bea is enrolled: 1 new template');
    const line = (name: string): string => lines.find((text) => text.includes(name)) ?? '';
    expect(line('bea.jpg')).toMatch(/template 1 +bea\.jpg +score/);
    expect(line('grey.png')).toMatch(/rejected +grey\.png +noFace: /);
    expect(line('three.jpg')).toMatch(/rejected +three\.jpg +multipleFaces: /);
    expect(line('text.jpg')).toMatch(/rejected +text\.jpg +unreadable: /);
    expect(line('missing.jpg')).toMatch(/rejected +missing\.jpg +unreadable: /);
    expect(line('ada2.jpg')).toMatch(/rejected +ada2\.jpg +otherPerson: /);
  });

  it.each([
    [
      'somebody who is there under another name',
      ['eve', 'ada2.jpg', '--threshold', '0.95'],
      1,
      { reason: 'duplicate', duplicates: [{ id: 'ada' }] },
    ],
    ['a name that is taken', ['ada', 'ada2.jpg', '--existing', 'refuse'], 1, { reason: 'exists' }],
    [
      'a photo that is too small',
      ['eve', 'bea.jpg', '--min-size', '5000'],
      1,
      { reason: 'noUsablePhoto', photos: [{ reason: 'lowQuality' }] },
    ],
    ['nothing that can be read', ['eve', 'missing.jpg'], 2, { error: { code: 'IMAGE_INVALID' }, photos: [{ reason: 'unreadable' }] }],
  ])('refuses %s', async (_, argv, exitCode, expected) => {
    const refused = await run('enrol', ...argv, '--gallery', 'people.gallery', ...ENGINE, '--json');
    expect(refused.exitCode, refused.stderr + refused.stdout).toBe(exitCode);
    expect(parseDocument(refused)).toMatchObject({ status: 'refused', id: argv[0], ...expected, gallery: { identities: 2 } });
  });

  it('is nobody if nobody is similar enough, and several probes go on after a bad one', async () => {
    await writeFile(at('probes.txt'), 'grey.png\r\n\nmissing.jpg\n');
    const argv = ['ada2.jpg', 'three.jpg', '--list', 'probes.txt', '--threshold', '0.9999', '--limit', '1', '--one-face'];
    const found = await run('identify', ...argv, '--gallery', 'people.gallery', ...ENGINE, '--json');
    expect(found.exitCode, found.stderr + found.stdout).toBe(2);
    const { images, error } = parseDocument<{ images: readonly Record<string, unknown>[]; error: unknown }>(found);
    expect(images).toMatchObject([
      { input: 'ada2.jpg', status: 'searched', candidates: [{ id: 'ada' }], decision: { threshold: 0.9999, basis: 'own' } },
      { input: 'three.jpg', status: 'notSearched', reason: 'multipleFaces' },
      { input: 'grey.png', status: 'notSearched', reason: 'noFace' },
      { input: 'missing.jpg', error: { code: 'IO_FAILED' } },
    ]);
    expect(images[0]).not.toHaveProperty('decision.id');
    expect(error).toMatchObject({ code: 'IO_FAILED' });

    const nobody = await run('identify', 'ada2.jpg', '--gallery', 'people.gallery', '--threshold', '0.9999', ...ENGINE);
    expect(nobody.exitCode).toBe(1);
    expect(nobody.stdout).toMatch(
      /^ada2\.jpg {2}NOBODY {2}similarity 0\.\d{4} < threshold 0\.9999 \(2 templates, own\), margin 0\.\d{4}\n/,
    );
  });

  it('is searched for by an embedding too', async () => {
    const embedded = await run('embed', 'ada1.jpg', ...ENGINE, '--json');
    await writeFile(at('ada.json'), embedded.stdout);
    const [image] = parseDocument<{ images: readonly { faces: readonly { embedding: { vector: number[]; contract: string } }[] }[] }>(
      embedded,
    ).images;
    const face = image?.faces[0];
    if (face === undefined) throw new Error('The test photo shows a face.');
    const { vector, contract } = face.embedding;
    await writeFile(at('other.json'), JSON.stringify({ vector, contract: 'f'.repeat(64) }));
    await writeFile(at('nan.json'), JSON.stringify({ vector, contract }).replace(`${vector[0]}`, '1e999'));
    await writeFile(at('short.json'), JSON.stringify({ vector: vector.slice(1), contract }));
    const files = ['ada.json', 'other.json', 'nan.json', 'short.json'];
    const found = await run('identify', ...files, '--gallery', 'people.gallery', ...ENGINE, '--json');
    expect(found.exitCode, found.stderr + found.stdout).toBe(2);
    expect(parseDocument(found)).toMatchObject({
      images: [
        { input: 'ada.json', kind: 'embedding', candidates: [{ id: 'ada' }, { id: 'bea' }], decision: { id: 'ada' } },
        { input: 'other.json', error: { code: 'CONTRACT_MISMATCH' } },
        { input: 'nan.json', error: { code: 'INVALID_EMBEDDING' } },
        { input: 'short.json', error: { code: 'SHAPE_MISMATCH' } },
      ],
    });
    const similarity = (parseDocument(found) as { images: { candidates: { similarity: number }[] }[] }).images[0]?.candidates[0]
      ?.similarity;
    expect(similarity).toBeCloseTo(1, 6);
    const refused = await run('enrol', 'eve', 'nan.json', '--gallery', 'people.gallery', ...ENGINE, '--json');
    expect(refused.exitCode).toBe(2);
    expect(parseDocument(refused)).toMatchObject({ error: { code: 'INVALID_EMBEDDING' } });
  });
});

describe('without models', () => {
  beforeAll(() => copyFile(at('people.gallery'), at('copy.gallery')));

  it('is listed, shown, counted and checked', async () => {
    expect(parseDocument(await gallery('copy.gallery', 'list'))).toMatchObject({
      gallery: { identities: 2, readOnly: true },
      identities: [
        { id: 'ada', templates: 1 },
        { id: 'bea', templates: 1 },
      ],
    });
    expect((await run('gallery', 'list', '--gallery', 'copy.gallery')).stdout).toBe('1\tada\n1\tbea\n');
    expect(parseDocument(await gallery('copy.gallery', 'show', 'ada'))).toMatchObject({
      identity: {
        id: 'ada',
        metadata: { room: 7 },
        templates: [{ id: 1, photos: 1, source: 'ada1.jpg', quality: { sizePixels: expect.any(Number) } }],
      },
    });
    const shown = await run('gallery', 'show', 'ada', '--gallery', 'copy.gallery');
    expect(shown.stdout).toMatch(/^ada {2}1 template, enrolled 20\d\d-.*\n {2}metadata \{"room":7\}\n {2}1 .* ada1\.jpg\n$/);
    expect(parseDocument(await gallery('copy.gallery', 'show', 'nobody'))).toMatchObject({ identity: null });
    expect((await gallery('copy.gallery', 'show', 'nobody')).exitCode).toBe(1);
    expect(parseDocument(await gallery('copy.gallery', 'stats'))).toMatchObject({
      stats: { identities: 2, templates: 2, bytes: expect.any(Number) },
    });
    const checked = await gallery('copy.gallery', 'verify');
    expect(checked.exitCode).toBe(0);
    expect(parseDocument(checked)).toMatchObject({ identities: 2, templates: 2, damage: [] });
  });

  it('goes out and comes in again, in both formats', async () => {
    for (const format of ['binary', 'jsonl']) {
      const exported = await gallery('copy.gallery', 'export', `out/people.${format}`, '--format', format);
      expect(exported.exitCode, exported.stdout).toBe(0);
      const { bytes } = parseDocument<{ bytes: number }>(exported);
      const stats = await stat(at('out', `people.${format}`));
      expect(stats.size).toBe(bytes);
      expect(stats.mode & 0o077).toBe(0);
      await copyFile(at('people.gallery'), at('target.gallery'));
      await gallery('target.gallery', 'remove', 'ada');
      const refused = await gallery('target.gallery', 'import', `out/people.${format}`);
      expect(refused.exitCode).toBe(2);
      expect(parseDocument(refused)).toMatchObject({ error: { code: 'IDENTITY_EXISTS' } });
      const imported = await gallery('target.gallery', 'import', `out/people.${format}`, '--existing', 'skip');
      expect(parseDocument(imported)).toMatchObject({ added: 1, skipped: 1, templates: 1, gallery: { identities: 2 } });
      expect(parseDocument(await gallery('target.gallery', 'show', 'ada'))).toMatchObject({ identity: { metadata: { room: 7 } } });
    }
    expect((await readdir(at('out'))).sort()).toEqual(['people.binary', 'people.jsonl']);
    // The binary format is the one of gallery files.
    expect(parseDocument(await gallery('out/people.binary', 'list'))).toMatchObject({ identities: [{ id: 'ada' }, { id: 'bea' }] });
    const itself = await gallery('copy.gallery', 'export', 'copy.gallery');
    expect(parseDocument(itself)).toMatchObject({
      error: { code: 'INVALID_OPTION', message: expect.stringContaining('the gallery itself') },
    });
  });

  it('is protected, opens with its key only, and loses its protection on demand', async () => {
    const made = await run('gallery', 'keygen', 'people.key', '--json');
    expect(made.exitCode, made.stdout).toBe(0);
    expect((await stat(at('people.key'))).mode & 0o777).toBe(0o600);
    const text = await readFile(at('people.key'), 'utf8');
    expect(text).toMatch(/^[0-9a-f]{64}\n$/);
    const again = await run('gallery', 'keygen', 'people.key', '--json');
    expect(again.exitCode).toBe(2);
    expect(await readFile(at('people.key'), 'utf8')).toBe(text);
    await run('gallery', 'keygen', 'wrong.key');
    await writeFile(at('raw.key'), Buffer.from(text.trim(), 'hex'), { mode: 0o600 });
    await writeFile(at('base64.key'), Buffer.from(text.trim(), 'hex').toString('base64'), { mode: 0o644 });

    await copyFile(at('people.gallery'), at('secret.gallery'));
    const rekeyed = await gallery('secret.gallery', 'rekey', '--new-key-file', 'people.key', '--new-transform-key-file', 'wrong.key');
    expect(parseDocument(rekeyed)).toMatchObject({ gallery: { encrypted: true, transformed: true, templates: 2 } });
    const withKeys = (file: string): string[] => ['--key-file', file, '--transform-key-file', 'wrong.key'];
    for (const file of ['people.key', 'raw.key', 'base64.key']) {
      const listed = await run('gallery', 'show', 'ada', '--gallery', 'secret.gallery', ...withKeys(file));
      expect(listed.stdout).toContain('metadata {"room":7}');
      expect(listed.stderr.includes('chmod 600')).toBe(file === 'base64.key');
    }
    for (const argv of [[], withKeys('wrong.key'), ['--key-file', 'people.key']]) {
      const refused = await gallery('secret.gallery', 'list', ...argv);
      expect(refused.exitCode).toBe(2);
      expect(parseDocument(refused)).toMatchObject({ error: { code: 'KEY_WRONG' } });
    }
    const kept = await gallery('secret.gallery', 'export', 'kept.bin', ...withKeys('people.key'));
    expect(parseDocument(kept)).toMatchObject({ protection: 'keep' });
    expect(parseDocument(await gallery('kept.bin', 'list'))).toMatchObject({ error: { code: 'KEY_WRONG' } });
    await gallery('secret.gallery', 'export', 'plain.bin', '--remove-protection', ...withKeys('people.key'));
    expect(parseDocument(await gallery('plain.bin', 'list'))).toMatchObject({ gallery: { encrypted: false }, identities: [{}, {}] });
    const removed = await gallery('secret.gallery', 'rekey', '--remove-encryption', '--remove-transform', ...withKeys('people.key'));
    expect(parseDocument(removed)).toMatchObject({ gallery: { encrypted: false, transformed: false } });
    // What a transform and its inverse make of the numbers differs from them by rounding; people are found all the same.
    const found = await run('identify', 'ada1.jpg', '--gallery', 'secret.gallery', ...ENGINE, '--json');
    expect(parseDocument(found)).toMatchObject({ images: [{ decision: { id: 'ada' } }] });
  });

  it('loses whoever is removed, and says who was not there', async () => {
    const removed = await gallery('copy.gallery', 'remove', 'bea', 'nobody');
    expect(removed.exitCode).toBe(1);
    expect(parseDocument(removed)).toMatchObject({ removed: ['bea'], unknown: ['nobody'], gallery: { identities: 1 } });
    expect((await readFile(at('copy.gallery'))).includes('bea.jpg')).toBe(false);
    expect((await gallery('copy.gallery', 'compact')).exitCode).toBe(0);
    expect((await gallery('copy.gallery', 'remove', 'ada', '--template', '9')).exitCode).toBe(2);
    expect((await gallery('copy.gallery', 'remove', 'ada', '--template', '1')).exitCode).toBe(0);
    expect(parseDocument(await gallery('copy.gallery', 'stats'))).toMatchObject({ stats: { identities: 0, templates: 0 } });
  });
});

describe('many people', () => {
  it('are enrolled from folders, and only what is missing is looked at again', async () => {
    for (const [person, ...photos] of [
      ['ada', 'ada1.jpg', 'ada2.jpg', 'grey.png'],
      ['bea', 'bea.jpg'],
      ['nobody', 'grey.png'],
      ['=evil', 'grey.png'],
    ] as const) {
      await mkdir(at('photos', person), { recursive: true });
      for (const photo of photos) await copyFile(at(photo), at('photos', person, photo));
    }
    await copyFile(at('text.jpg'), at('photos', 'bea', 'text.jpg'));
    const argv = ['enrol', '--from', 'photos', '--gallery', 'many.gallery', '--threshold', '0.95', '--allow-other-people', '--report'];
    const first = await run(...argv, 'report.csv', ...ENGINE, '--json');
    expect(first.exitCode, first.stderr + first.stdout).toBe(1);
    const rejected = (id: string) => ({ id, source: `${id}/grey.png`, reason: 'noFace' });
    expect(parseDocument(first)).toMatchObject({
      people: 4,
      enrolled: 2,
      added: 2,
      present: 0,
      refused: [
        { id: '=evil', reason: 'noUsablePhoto' },
        { id: 'nobody', reason: 'noUsablePhoto' },
      ],
      photos: { analyzed: 6, used: 3, skipped: 0, unused: [rejected('=evil'), rejected('ada'), rejected('nobody')] },
      problems: expect.arrayContaining([expect.objectContaining({ path: 'bea/text.jpg', code: 'unsupported' })]),
      photosPerSecond: expect.any(Number),
      gallery: { identities: 2, templates: 3 },
    });
    const report = await readFile(at('report.csv'), 'utf8');
    expect(report.split('\r\n')[0]).toBe('name,photo,reason,message');
    expect(report).toContain(`ada,ada/grey.png,noFace,`);
    expect(report).toContain(`'=evil,'=evil/grey.png,noFace,`);
    expect(report).toContain(',bea/text.jpg,unsupported,');

    const again = await run(...argv, 'report.json', ...ENGINE, '--json');
    expect(again.exitCode).toBe(1);
    expect(parseDocument(again)).toMatchObject({
      enrolled: 0,
      present: 2,
      photos: { analyzed: 3, used: 0, skipped: 3 },
      gallery: { templates: 3 },
    });
    const { photos } = JSON.parse(await readFile(at('report.json'), 'utf8')) as { photos: unknown[] };
    expect(photos).toHaveLength(report.trim().split('\r\n').length - 1);
  });

  it('are enrolled from a list, exactly as it says, one template each if so wanted', async () => {
    await writeFile(at('people.tsv'), 'ada\tada/ada1.jpg\nbea\tbea/bea.jpg\nada\tada/ada2.jpg\n');
    const argv = ['enrol', '--list', 'people.tsv', '--from', 'photos', '--fused', '--duplicates', 'ignore', '--allow-other-people'];
    const first = await run(...argv, '--gallery', 'fused.gallery', ...ENGINE);
    expect(first.exitCode, first.stderr + first.stdout).toBe(0);
    expect(first.stdout).toMatch(
      /^2 of 2 people enrolled \(2 new\), 0 were there already, 0 refused\n3 photos looked at, 3 used, 0 not used; 0 skipped\n/,
    );
    const { identity } = parseDocument<{ identity: unknown }>(await gallery('fused.gallery', 'show', 'ada'));
    expect(identity).toMatchObject({ templates: [{ photos: 2 }] });
  });
});
