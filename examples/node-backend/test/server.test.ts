import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPhoto } from '@isoface/testkit/node';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import {
  createFaceEngine,
  type Embedding,
  FaceError,
  type Gallery,
  type NodeFaceEngine,
  type NodeImageInput,
  openFileStore,
} from 'isoface';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServer, type ServerOptions } from '../src/create-server.ts';
import { DEFAULT_LIMITS } from '../src/limits.ts';
import { cutPortrait, type PortraitName } from './support/cut-portrait.ts';
import { encodePng } from './support/encode-png.ts';
import { photoForm } from './support/photo-form.ts';

/** Small, so that the tests of the limits need not make large bodies; larger than every portrait. */
const PHOTO_BYTES = 1024 * 1024;

describe('server', () => {
  let engine: NodeFaceEngine;
  const photos = {} as Record<PortraitName, Buffer>;
  const embeddings = {} as Record<PortraitName, Embedding>;
  let folder: string;
  let gallery: Gallery<NodeImageInput>;
  let app: FastifyInstance;
  const extra: FastifyInstance[] = [];

  beforeAll(async () => {
    engine = await createFaceEngine({ threads: 1, executionProviders: 'cpu', maxPixels: DEFAULT_LIMITS.photoPixels });
    for (const name of ['ada', 'adaAgain', 'bea'] as const) {
      photos[name] = await cutPortrait(name);
      const { faces } = await engine.analyze(photos[name]);
      embeddings[name] = faces[0]?.embedding as Embedding;
      expect(photos[name].length).toBeLessThan(PHOTO_BYTES);
      expect(faces.length, name).toBe(1);
    }
  });
  afterAll(() => engine?.dispose());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-backend-'));
    await open();
  });
  afterEach(async () => {
    for (const server of [app, ...extra.splice(0)]) await server.close();
    await gallery.close();
    await rm(folder, { recursive: true });
  });

  async function open(): Promise<void> {
    gallery = await engine.openGallery({ store: await openFileStore(join(folder, 'people.isoface')) });
    app = await createServer({ engine, gallery, limits: { photoBytes: PHOTO_BYTES } });
  }

  async function another(options: Partial<ServerOptions>): Promise<FastifyInstance> {
    const server = await createServer({ engine, gallery, ...options });
    extra.push(server);
    return server;
  }

  const postForm = async (url: string, files: readonly Uint8Array[], fields = {}, server = app): Promise<LightMyRequestResponse> =>
    server.inject({ method: 'POST', url, ...(await photoForm(files, fields)) });
  const postJson = (url: string, payload: object, server = app): Promise<LightMyRequestResponse> =>
    server.inject({ method: 'POST', url, payload });
  const enrolPhoto = (id: string, name: PortraitName, query = ''): Promise<LightMyRequestResponse> =>
    postForm(`/v1/people/${id}/photos${query}`, [photos[name]]);
  const toJson = ({ vector, contract }: Embedding): { vector: number[]; contract: string } => ({ vector: Array.from(vector), contract });
  const people = async (): Promise<unknown> => (await app.inject('/v1/people')).json().people;

  it('enrols from photos, verifies the same and another person, finds who it is, and forgets', async () => {
    const enrolled = await enrolPhoto('ada', 'ada');
    expect(enrolled.statusCode).toBe(201);
    expect(enrolled.json()).toEqual({ id: 'ada', isNew: true, templates: 1, photos: [{ index: 0, status: 'used' }] });

    const same = await postForm('/v1/verify', [photos.adaAgain], { id: 'ada' });
    expect(same.json()).toEqual({ match: true, similarity: expect.any(Number), threshold: expect.any(Number), fmr: 1e-3 });
    const other = await postForm('/v1/verify', [photos.bea], { id: 'ada' });
    expect(other.json()).toMatchObject({ match: false, threshold: same.json().threshold });
    expect(other.json().similarity).toBeLessThan(same.json().threshold);

    const found = await postForm('/v1/identify', [photos.adaAgain]);
    expect(found.json()).toMatchObject({ id: 'ada', candidates: [{ id: 'ada' }], fpir: 1e-2 });
    expect(found.json().candidates[0].similarity).toBeCloseTo(same.json().similarity, 6);
    expect((await postForm('/v1/identify', [photos.bea])).json().id).toBeNull();

    expect(await people()).toEqual([{ id: 'ada', templates: 1 }]);
    expect((await app.inject({ method: 'DELETE', url: '/v1/people/ada' })).statusCode).toBe(204);
    expect(await people()).toEqual([]);
    expect((await app.inject({ method: 'DELETE', url: '/v1/people/ada' })).json().error.code).toBe('IDENTITY_UNKNOWN');
  });

  it('gives the same answer for an embedding, as numbers or as bytes, as for its photo', async () => {
    const enrolled = await postJson('/v1/people/ada/embeddings', { embeddings: [toJson(embeddings.ada)] });
    expect([enrolled.statusCode, enrolled.json().templates]).toEqual([201, 1]);
    const { vector, contract } = toJson(embeddings.adaAgain);
    const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64');
    const answers = await Promise.all([
      postForm('/v1/verify', [photos.adaAgain], { id: 'ada' }),
      postJson('/v1/verify', { id: 'ada', embedding: { vector, contract } }),
      postJson('/v1/verify', { id: 'ada', embedding: { vector: base64, contract } }),
    ]);
    const [byPhoto, ...others] = answers.map((answer) => answer.json());
    expect(byPhoto.match).toBe(true);
    for (const answer of others) expect(answer).toEqual(byPhoto);
    expect((await postJson('/v1/identify', { embedding: { vector: base64, contract } })).json().id).toBe('ada');
  });

  it('says what clients must know to send embeddings', async () => {
    const { pack, contract, dimension } = engine.info;
    expect((await app.inject('/v1/contract')).json()).toMatchObject({ pack, contract, dimension, fmr: 1e-3, fpir: 1e-2 });
    expect((await app.inject('/health')).json()).toEqual({ status: 'ok', pack: 'starter', executionProvider: 'cpu' });
  });

  it('keeps the gallery when it is started again', async () => {
    await enrolPhoto('ada', 'ada');
    await app.close();
    await gallery.close();
    await open();
    expect(await people()).toEqual([{ id: 'ada', templates: 1 }]);
    expect((await postForm('/v1/verify', [photos.adaAgain], { id: 'ada' })).json().match).toBe(true);
  });

  it('compares with all templates of a person, and asks for more likeness the more there are', async () => {
    await enrolPhoto('ada', 'ada');
    const one = (await postForm('/v1/verify', [photos.adaAgain], { id: 'ada' })).json();
    await enrolPhoto('ada', 'adaAgain');
    const two = (await postForm('/v1/verify', [photos.adaAgain], { id: 'ada' })).json();
    expect(two.threshold).toBeGreaterThan(one.threshold);
    expect(one.similarity).toBeLessThan(0.99);
    expect(two.similarity).toBeCloseTo(1, 6);
    expect(two.fmr).toBe(one.fmr);
  });

  it('knows every person once, and tells nobody who else is known', async () => {
    await enrolPhoto('ada', 'ada');
    const duplicate = await enrolPhoto('eve', 'adaAgain');
    expect([duplicate.statusCode, duplicate.json().error.code]).toEqual([409, 'DUPLICATE_PERSON']);
    expect(duplicate.body).not.toContain('ada');
    const exists = await enrolPhoto('ada', 'adaAgain', '?existing=refuse');
    expect([exists.statusCode, exists.json().error.code]).toEqual([409, 'IDENTITY_EXISTS']);
    const stranger = await enrolPhoto('ada', 'bea');
    expect([stranger.statusCode, stranger.json().error.reason]).toEqual([422, 'otherPerson']);
    expect(await people()).toEqual([{ id: 'ada', templates: 1 }]);

    const small = await another({ limits: { templatesPerPerson: 1 } });
    const many = await postForm('/v1/people/ada/photos', [photos.adaAgain], {}, small);
    expect([many.statusCode, many.json().error.code]).toEqual([409, 'TOO_MANY_TEMPLATES']);
    expect((await postForm('/v1/people/ada/photos?existing=replace', [photos.adaAgain], {}, small)).statusCode).toBe(201);
  });

  it('says of each photo whether it was used', async () => {
    const answer = await postForm('/v1/people/ada/photos', [photos.ada, Buffer.from('no photo'), photos.bea]);
    expect(answer.statusCode).toBe(201);
    expect(answer.json().photos).toMatchObject([
      { status: 'used' },
      { status: 'rejected', reason: 'unreadable' },
      { status: 'rejected', reason: 'otherPerson' },
    ]);
  });

  it.each<[string, () => Buffer, number, string, string?]>([
    ['a truncated JPEG', () => readFileSync(demoPhoto('sample1.jpg')).subarray(0, 60_000), 400, 'IMAGE_INVALID'],
    ['a text', () => Buffer.from('This is no photo. '.repeat(100)), 400, 'IMAGE_INVALID'],
    ['nothing', () => Buffer.alloc(0), 400, 'IMAGE_INVALID'],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 400, 'IMAGE_INVALID'],
    ['sixty megapixels in few bytes', () => encodePng(10_000, 6_000, new Uint8Array(6e7), 1), 413, 'IMAGE_TOO_LARGE'],
    ['more bytes than allowed', () => Buffer.alloc(PHOTO_BYTES + 1), 413, 'IMAGE_TOO_LARGE'],
    ['a photo of nobody', () => encodePng(300, 300, new Uint8Array(9e4).fill(99), 1), 422, 'FACE_UNUSABLE', 'noFace'],
    ['a photo of several people', () => readFileSync(demoPhoto('sample1.jpg')), 422, 'FACE_UNUSABLE', 'multipleFaces'],
  ])('refuses %s as a photo', async (_name, make, status, code, reason) => {
    await postJson('/v1/people/ada/embeddings', { embeddings: [toJson(embeddings.ada)] });
    const photo = make();
    for (const answer of [await postForm('/v1/verify', [photo], { id: 'ada' }), await postForm('/v1/identify', [photo])]) {
      expect([answer.statusCode, answer.json().error.code, answer.json().error.reason]).toEqual([status, code, reason]);
      expect(answer.json().error.message).toMatch(/\S/);
      // A path of this machine: of the models, the sources, or a library.
      expect(answer.body).not.toMatch(/\/(?:[\w.-]+\/)+[\w.-]+/);
    }
    const enrolled = await postForm('/v1/people/new/photos', [photo]);
    expect(enrolled.statusCode).toBeGreaterThanOrEqual(400);
    expect(enrolled.statusCode).toBeLessThan(500);
    expect(await people()).toEqual([{ id: 'ada', templates: 1 }]);
  });

  it('refuses embeddings that are none of this engine', async () => {
    await postJson('/v1/people/ada/embeddings', { embeddings: [toJson(embeddings.ada)] });
    const { vector, contract } = toJson(embeddings.ada);
    const cases: [string, object, number, string][] = [
      ['another contract', { vector, contract: 'ab'.repeat(32) }, 409, 'CONTRACT_MISMATCH'],
      ['no contract', { vector }, 400, 'INVALID_OPTION'],
      ['a contract that is none', { vector, contract: 'mine' }, 400, 'INVALID_OPTION'],
      ['NaN, which JSON makes null', { vector: [Number.NaN, ...vector.slice(1)], contract }, 400, 'INVALID_OPTION'],
      ['text for a number', { vector: ['1', ...vector.slice(1)], contract }, 400, 'INVALID_OPTION'],
      ['a number beyond 32 bits', { vector: [1e300, ...vector.slice(1)], contract }, 400, 'INVALID_EMBEDDING'],
      ['NaN as bytes', { vector: toBase64(vector.with(0, Number.NaN)), contract }, 400, 'INVALID_EMBEDDING'],
      ['infinity as bytes', { vector: toBase64(vector.with(0, Number.POSITIVE_INFINITY)), contract }, 400, 'INVALID_EMBEDDING'],
      ['nothing but zeros', { vector: vector.map(() => 0), contract }, 400, 'INVALID_EMBEDDING'],
      ['too few numbers', { vector: vector.slice(1), contract }, 400, 'SHAPE_MISMATCH'],
      ['half a number', { vector: toBase64(vector).slice(0, -4), contract }, 400, 'SHAPE_MISMATCH'],
      ['what is no base64', { vector: `${toBase64(vector).slice(0, -4)}A===`, contract }, 400, 'INVALID_OPTION'],
      ['more than it should hold', { vector, contract, provenance: {} }, 400, 'INVALID_OPTION'],
      ['a path for a photo', '/etc/passwd' as unknown as object, 400, 'INVALID_OPTION'],
    ];
    for (const [name, embedding, status, code] of cases) {
      for (const answer of [
        await postJson('/v1/verify', { id: 'ada', embedding }),
        await postJson('/v1/identify', { embedding }),
        await postJson('/v1/people/eve/embeddings', { embeddings: [embedding] }),
      ]) {
        expect([answer.statusCode, answer.json().error.code], name).toEqual([status, code]);
      }
    }
    const foreign = await postJson('/v1/verify', { id: 'ada', embedding: { vector, contract: 'ab'.repeat(32) } });
    expect(foreign.json().error.message).toContain('GET /v1/contract');
    expect(await people()).toEqual([{ id: 'ada', templates: 1 }]);
  });

  it('refuses requests of another shape', async () => {
    const embedding = toJson(embeddings.ada);
    const json = { 'content-type': 'application/json' };
    const form = { 'content-type': 'multipart/form-data; boundary=x' };
    const cases: [string, InjectOptions, number, string][] = [
      ['no body', { method: 'POST', url: '/v1/verify' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['no JSON', { method: 'POST', url: '/v1/verify', payload: '{', headers: json }, 400, 'INVALID_OPTION'],
      ['null', { method: 'POST', url: '/v1/verify', payload: 'null', headers: json }, 400, 'INVALID_OPTION'],
      [
        'text',
        { method: 'POST', url: '/v1/verify', payload: 'x', headers: { 'content-type': 'text/plain' } },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      [
        'a photo alone',
        { method: 'POST', url: '/v1/identify', payload: 'x', headers: { 'content-type': 'image/jpeg' } },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      ['no id', { method: 'POST', url: '/v1/verify', payload: { embedding } }, 400, 'INVALID_OPTION'],
      ['a rate of its own', { method: 'POST', url: '/v1/verify', payload: { id: 'ada', embedding, fmr: 1 } }, 400, 'INVALID_OPTION'],
      ['an unknown id', { method: 'POST', url: '/v1/verify', payload: { id: 'nobody', embedding } }, 404, 'IDENTITY_UNKNOWN'],
      [
        'an id that is none',
        { method: 'POST', url: '/v1/people/%01/embeddings', payload: { embeddings: [embedding] } },
        400,
        'INVALID_OPTION',
      ],
      [
        'a form where JSON belongs',
        { method: 'POST', url: '/v1/people/a/embeddings', payload: '--x--', headers: form },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      ['JSON where a form belongs', { method: 'POST', url: '/v1/people/a/photos', payload: {} }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      ['an empty form', { method: 'POST', url: '/v1/people/a/photos', payload: '--x--\r\n', headers: form }, 400, 'INVALID_OPTION'],
      ['an empty body as a form', { method: 'POST', url: '/v1/people/a/photos', headers: form }, 400, 'INVALID_OPTION'],
      ['half a form', { method: 'POST', url: '/v1/people/a/photos', payload: '--x\r\nContent-Dis', headers: form }, 400, 'INVALID_OPTION'],
      [
        'a form without a boundary',
        { method: 'POST', url: '/v1/identify', payload: 'x', headers: { 'content-type': 'multipart/form-data' } },
        400,
        'INVALID_OPTION',
      ],
      [
        'too much JSON',
        { method: 'POST', url: '/v1/verify', payload: { id: 'a'.repeat(DEFAULT_LIMITS.jsonBytes) } },
        413,
        'BODY_TOO_LARGE',
      ],
      [
        'too many embeddings',
        { method: 'POST', url: '/v1/people/a/embeddings', payload: { embeddings: Array(6).fill(embedding) } },
        400,
        'INVALID_OPTION',
      ],
      [
        'too many photos',
        { method: 'POST', url: '/v1/people/a/photos', ...(await photoForm(Array(6).fill(photos.ada))) },
        413,
        'TOO_MANY_PHOTOS',
      ],
      [
        'two photos to verify',
        { method: 'POST', url: '/v1/verify', ...(await photoForm([photos.ada, photos.ada], { id: 'ada' })) },
        413,
        'TOO_MANY_PHOTOS',
      ],
      [
        'a field where none belongs',
        { method: 'POST', url: '/v1/identify', ...(await photoForm([photos.ada], { id: 'ada' })) },
        400,
        'INVALID_OPTION',
      ],
      ['an unknown field', { method: 'POST', url: '/v1/verify', ...(await photoForm([photos.ada], { fmr: '1' })) }, 400, 'INVALID_OPTION'],
      [
        'an unknown way to enrol',
        { method: 'POST', url: '/v1/people/a/photos?existing=all', ...(await photoForm([photos.ada])) },
        400,
        'INVALID_OPTION',
      ],
      ['an unknown address', { method: 'GET', url: '/v1/nothing' }, 404, 'NOT_FOUND'],
      ['another site', { method: 'GET', url: '/v1/people', headers: { 'sec-fetch-site': 'cross-site' } }, 403, 'CROSS_SITE'],
    ];
    for (const [name, request, status, code] of cases) {
      const answer = await app.inject(request);
      expect([answer.statusCode, answer.json().error.code], name).toEqual([status, code]);
      expect(answer.headers['x-content-type-options'], name).toBe('nosniff');
    }
    expect(await people()).toEqual([]);
  });

  it.each<[string, () => Error, number, string]>([
    ['a full queue', () => new FaceError('OVERLOADED', 'The queue is full.'), 503, 'OVERLOADED'],
    ['a lost worker', () => new FaceError('WORKER_CRASHED', 'A worker ended.'), 503, 'WORKER_CRASHED'],
    ['an engine that is gone', () => new FaceError('DISPOSED', 'It was disposed.'), 503, 'CLOSING'],
    ['a provider that fails', () => new FaceError('BACKEND_UNAVAILABLE', 'Cannot open /srv/models/a.onnx.'), 500, 'INTERNAL'],
    ['anything else', () => new Error('ENOENT: /srv/secret/people.isoface'), 500, 'INTERNAL'],
  ])('answers %s without a word about the inside', async (_name, make, status, code) => {
    await enrolPhoto('ada', 'ada');
    const server = await another({ engine: { ...engine, verify: () => Promise.reject(make()) } });
    const answer = await postForm('/v1/verify', [photos.ada], { id: 'ada' }, server);
    expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(answer.body).not.toContain('/srv');
  });

  it('holds no more uploads than it may, and takes new ones afterwards', async () => {
    const server = await another({ limits: { uploadsUnderWay: 1 } });
    const upload = (): Promise<LightMyRequestResponse> => postForm('/v1/identify', [photos.ada], {}, server);
    const answers = await Promise.all([upload(), upload(), upload()]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 503, 503]);
    expect((await upload()).statusCode).toBe(200);
  });

  it('stops working when the client goes away, in the middle of an upload too', async () => {
    await enrolPhoto('ada', 'ada');
    let begun: (signal: AbortSignal | undefined) => void = () => {};
    const verifying = new Promise<AbortSignal | undefined>((resolve) => {
      begun = resolve;
    });
    const waiting: NodeFaceEngine['verify'] = (_a, _b, options) => {
      begun(options?.signal);
      return new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(options.signal?.reason)));
    };
    const server = await another({ engine: { ...engine, verify: waiting }, limits: { uploadsUnderWay: 1 } });
    await server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const { payload, headers } = await photoForm([photos.ada], { id: 'ada' });
    const send = (part: Buffer) => {
      const request = openRequest({
        host: '127.0.0.1',
        port,
        path: '/v1/verify',
        method: 'POST',
        headers: { ...headers, 'content-length': payload.length },
      });
      request.on('error', () => {});
      request.write(part);
      return request;
    };

    const half = send(payload.subarray(0, 1000));
    await once(server.server, 'request');
    half.destroy();
    // The place of the half upload is free again, or this one would be refused.
    await expect.poll(async () => (await postForm('/v1/identify', [Buffer.from('x')], {}, server)).statusCode).toBe(400);

    const whole = send(payload);
    const signal = await verifying;
    expect(signal?.aborted).toBe(false);
    whole.destroy();
    await expect.poll(() => signal?.aborted).toBe(true);
  });

  it('does not start with rates for which the pack has no threshold', async () => {
    await expect(another({ fmr: 1e-9 })).rejects.toThrow(expect.objectContaining({ code: 'THRESHOLD_UNAVAILABLE' }));
  });
});

function toBase64(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64');
}
