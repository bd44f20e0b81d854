/** What every face engine must do, in one thread, in a worker or in a pool; the public interface alone is used. */

import { type Embedding, type EngineOptions, type FaceEngine, isFaceError } from '@isoface/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Options with which the suite creates engines. */
export type ContractEngineOptions = Pick<EngineOptions, 'flipAveraging'>;

/** Images of the kind that the engine accepts. */
export interface ContractImages<ImageInput> {
  /** Shows exactly one face. */
  readonly face: ImageInput;
  /** Shows none. */
  readonly blank: ImageInput;
  /** Does not decode: `IMAGE_INVALID`. */
  readonly broken: ImageInput;
  /** Name of a software whose vectors the pack accepts; without it the import rules that need one are skipped. */
  readonly importSource?: string | undefined;
}

/** Runs the contract of {@link FaceEngine} on an implementation. The pack must have an embedder. */
export function describeFaceEngine<ImageInput>(
  name: string,
  create: (options?: ContractEngineOptions) => Promise<FaceEngine<ImageInput>>,
  { face, blank, broken, importSource }: ContractImages<ImageInput>,
): void {
  describe(`face engine contract: ${name}`, () => {
    let engine: FaceEngine<ImageInput>;
    let own: Embedding;

    const embeddingOf = async (from: FaceEngine<ImageInput>): Promise<Embedding> => {
      const { faces } = await from.analyze(face);
      const embedding = faces[0]?.embedding;
      if (embedding === undefined) throw new Error('Expected one face with an embedding in `images.face`.');
      return embedding;
    };
    /** Options that always decide, whatever the pack's calibration holds. */
    const decide = { threshold: 0.5 } as const;

    beforeAll(async () => {
      engine = await create();
      own = await embeddingOf(engine);
    });
    afterAll(() => engine.dispose());

    describe('results', () => {
      it('finds the face, inside the image, with a score and finite coordinates', async () => {
        const faces = await engine.detect(face);
        expect(faces).toHaveLength(1);
        const [{ box, score, landmarks = [] } = { box: { x: 0, y: 0, width: 0, height: 0 }, score: 0 }] = faces;
        expect(score).toBeGreaterThan(0);
        expect(score).toBeLessThanOrEqual(1);
        const numbers = [...Object.values(box), ...landmarks.flatMap(({ x, y }) => [x, y])];
        expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
        expect(Math.min(box.width, box.height)).toBeGreaterThan(0);
      });

      it('finds nothing in a blank picture, which is no error', async () => {
        expect(await engine.detect(blank)).toEqual([]);
        expect((await engine.analyze(blank)).faces).toEqual([]);
        expect(await engine.embed(blank, [])).toEqual([]);
      });

      it('says the same in detect, analyze and embed', async () => {
        const [detected, analysis] = [await engine.detect(face), await engine.analyze(face)];
        expect(analysis.faces.map(({ box, score, landmarks }) => ({ box, score, landmarks }))).toEqual(
          detected.map(({ box, score, landmarks }) => ({ box, score, landmarks })),
        );
        const [embedded] = await engine.embed(face, detected);
        expect(embedded?.contract).toBe(own.contract);
        expect(cosine(embedded, own)).toBeCloseTo(1, 5);
      });

      it('gives the same numbers every time', async () => {
        const [first, second] = [await engine.analyze(face), await engine.analyze(face)];
        expect(second.faces).toEqual(first.faces);
      });

      it('leaves embeddings out when they are not wanted', async () => {
        const { faces } = await engine.analyze(face, { embeddings: false });
        expect(faces.map(({ embedding }) => embedding)).toEqual([undefined]);
      });

      it('makes embeddings of the dimension and contract that info announces', () => {
        expect(own.vector).toHaveLength(engine.info.dimension ?? -1);
        expect(own.contract).toBe(engine.info.contract);
        expect(own.contract).toMatch(/^[0-9a-f]{64}$/);
        expect(own.vector.every(Number.isFinite)).toBe(true);
      });

      it('times every stage with a number that is not negative', async () => {
        const { timings } = await engine.analyze(face);
        expect(Object.keys(timings).sort()).toEqual([
          'alignMs',
          'decodeMs',
          'detectMs',
          'embedMs',
          'livenessMs',
          'matchMs',
          'preprocessMs',
        ]);
        expect(Object.values(timings).filter((value) => !(value >= 0))).toEqual([]);
      });

      it('gives results that structured clone carries unchanged', async () => {
        const results = {
          info: engine.info,
          detected: await engine.detect(face),
          analysis: await engine.analyze(face),
          verified: await engine.verify(face, face, decide),
          refused: await engine.verify(face, blank, decide),
        };
        expect(structuredClone(results)).toEqual(results);
      });

      it('does not change what it is given, nor take it away', async () => {
        const before = structuredClone(face);
        const faces = await engine.detect(face);
        const facesBefore = structuredClone(faces);
        const ownBefore = structuredClone(own);
        await engine.embed(face, faces);
        await engine.verify(face, own, decide);
        expect(face).toEqual(before);
        expect(faces).toEqual(facesBefore);
        expect(own).toEqual(ownBefore);
      });

      it('answers overlapping calls, each with its own result', async () => {
        const [one, none, two] = await Promise.all([engine.detect(face), engine.detect(blank), engine.detect(face)]);
        expect([one.length, none.length, two.length]).toEqual([1, 0, 1]);
      });

      it('rejects a broken image with IMAGE_INVALID and goes on', async () => {
        await expect(engine.detect(broken)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
        await expect(engine.analyze(broken)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
        await expect(engine.verify(face, broken, decide)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
        expect(await engine.detect(face)).toHaveLength(1);
      });
    });

    describe('options', () => {
      it.each([
        ['minScore', Number.NaN],
        ['minScore', -0.1],
        ['minScore', 1.5],
        ['maxFaces', Number.NaN],
        ['maxFaces', 0],
        ['maxFaces', 1.5],
        ['maxFaces', -3],
      ] as const)('detect and analyze refuse %s = %s', async (option, value) => {
        const failure = { code: 'INVALID_OPTION', message: expect.stringContaining(option) as string };
        await expect(engine.detect(face, { [option]: value })).rejects.toMatchObject(failure);
        await expect(engine.analyze(face, { [option]: value })).rejects.toMatchObject(failure);
      });

      it.each([
        ['threshold', Number.NaN],
        ['threshold', Number.POSITIVE_INFINITY],
        ['fmr', Number.NaN],
        ['fmr', 0],
        ['fmr', 1],
        ['fmr', -1e-3],
      ] as const)('verify refuses %s = %s', async (option, value) => {
        await expect(engine.verify(face, face, { [option]: value })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
      });

      it('takes an option of undefined as absent', async () => {
        const options = { minScore: undefined, maxFaces: undefined, signal: undefined };
        expect(await engine.detect(face, options)).toEqual(await engine.detect(face));
      });
    });

    describe('verify', () => {
      it('finds an image to show the same person as itself, with similarity 1', async () => {
        const result = await engine.verify(face, face, decide);
        expect(result).toMatchObject({ status: 'compared', match: true, threshold: 0.5, contract: own.contract, pack: engine.info.pack });
        // The vectors are the same; what is left is the rounding of 32-bit values.
        expect(result.status === 'compared' && Math.abs(result.similarity - 1)).toBeLessThanOrEqual(1e-5);
        expect(result.status === 'compared' && result.distance).toBeLessThanOrEqual(1e-5);
      });

      it('decides by the threshold alone', async () => {
        const result = await engine.verify(face, face, { threshold: 2 });
        expect(result).toMatchObject({ status: 'compared', match: false, threshold: 2 });
      });

      it('accepts stored embeddings on either side', async () => {
        for (const [a, b] of [
          [face, own],
          [own, face],
          [own, own],
        ] as const) {
          const result = await engine.verify(a, b, decide);
          expect(result).toMatchObject({ status: 'compared', match: true });
          expect([result.a === undefined, result.b === undefined]).toEqual([a === own, b === own]);
        }
      });

      it.each(['a', 'b'] as const)('says which side shows no face: %s', async (side) => {
        const result = await (side === 'a' ? engine.verify(blank, face, decide) : engine.verify(face, blank, decide));
        expect(result).toMatchObject({ status: 'notCompared', match: false, reason: 'noFace', side });
        expect(result.status === 'notCompared' && result.message).toMatch(/\w+ \w+/);
      });

      it.each(['left', 'right', 'both'] as const)('refuses embeddings of a foreign contract: %s', async (side) => {
        const foreign = { ...own, contract: 'f'.repeat(64) };
        const call = engine.verify(side === 'right' ? own : foreign, side === 'left' ? own : foreign, decide);
        await expect(call).rejects.toMatchObject({ code: 'CONTRACT_MISMATCH' });
      });

      it.each([
        ['NaN', Number.NaN],
        ['Infinity', Number.POSITIVE_INFINITY],
        ['only zeros', 0],
      ] as const)('refuses an embedding of %s', async (_, value) => {
        const damaged = { ...own, vector: own.vector.map(() => value) };
        await expect(engine.verify(own, damaged, decide)).rejects.toMatchObject({ code: 'INVALID_EMBEDDING' });
      });

      it('refuses an embedding that lost its end', async () => {
        const cut = { ...own, vector: own.vector.slice(1) };
        await expect(engine.verify(own, cut, decide)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
      });
    });

    describe('importEmbedding', () => {
      it('refuses software that the pack does not accept', () => {
        expect(() => engine.importEmbedding(own.vector, 'software nobody knows')).toThrow(
          expect.objectContaining({ code: 'CONTRACT_MISMATCH' }),
        );
      });

      it.skipIf(importSource === undefined)('adopts a vector, under the contract of the pack', () => {
        const values = Array.from(own.vector);
        const imported = engine.importEmbedding(values, importSource ?? '');
        expect(imported).toMatchObject({ contract: engine.info.contract, provenance: { importedFrom: importSource } });
        expect(cosine(imported, own)).toBeCloseTo(1, 5);
        values.fill(0);
        expect(cosine(imported, own)).toBeCloseTo(1, 5);
      });

      it.skipIf(importSource === undefined).each([
        ['a wrong length', 'SHAPE_MISMATCH', (vector: Float32Array) => vector.slice(1)],
        ['NaN', 'INVALID_EMBEDDING', (vector: Float32Array) => vector.map(() => Number.NaN)],
        ['only zeros', 'INVALID_EMBEDDING', (vector: Float32Array) => vector.map(() => 0)],
      ] as const)('refuses %s with %s', (_, code, damage) => {
        expect(() => engine.importEmbedding(damage(own.vector), importSource ?? '')).toThrow(expect.objectContaining({ code }));
      });
    });

    describe('abort', () => {
      const calls = {
        detect: (signal: AbortSignal) => engine.detect(face, { signal }),
        analyze: (signal: AbortSignal) => engine.analyze(face, { signal }),
        embed: async (signal: AbortSignal) => engine.embed(face, [], { signal }),
        verify: (signal: AbortSignal) => engine.verify(face, face, { ...decide, signal }),
        analyzeMany: (signal: AbortSignal) => collect(engine.analyzeMany([face, face], { signal })),
        track: (signal: AbortSignal) => collect(engine.track([face, face], { signal })),
      };

      it.each(Object.keys(calls) as (keyof typeof calls)[])('%s rejects with the very reason, before the call', async (method) => {
        const reason = new Error('changed my mind');
        await expect(calls[method](AbortSignal.abort(reason))).rejects.toBe(reason);
      });

      it.each(['detect', 'analyze', 'verify', 'analyzeMany', 'track'] as const)(
        '%s rejects with the very reason, during the call',
        async (method) => {
          const controller = new AbortController();
          const reason = { why: 'any value can be a reason' };
          const call = calls[method](controller.signal);
          queueMicrotask(() => controller.abort(reason));
          await expect(call).rejects.toBe(reason);
        },
      );

      it('does not disturb other calls', async () => {
        const controller = new AbortController();
        const [aborted, other] = [engine.detect(face, { signal: controller.signal }), engine.detect(face)];
        controller.abort();
        await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
        expect(await other).toHaveLength(1);
      });
    });

    describe('analyzeMany', () => {
      it('yields in input order, with the error of a broken image at its place', async () => {
        const outcomes = await collect(engine.analyzeMany([face, blank, broken, face, blank]));
        expect(outcomes.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
        const seen = outcomes.map((outcome) => ('error' in outcome ? codeOf(outcome.error) : outcome.analysis.faces.length));
        expect(seen).toEqual([1, 0, 'IMAGE_INVALID', 1, 0]);
      });

      it('accepts a stream', async () => {
        async function* stream(): AsyncGenerator<ImageInput> {
          yield face;
          await Promise.resolve();
          yield blank;
        }
        const outcomes = await collect(engine.analyzeMany(stream()));
        expect(outcomes.map((outcome) => 'analysis' in outcome && outcome.analysis.faces.length)).toEqual([1, 0]);
      });

      it('stops when the caller leaves the loop: closes the stream, and reads no endless input', async () => {
        let taken = 0;
        let isClosed = false;
        function* endless(): Generator<ImageInput> {
          try {
            for (;;) {
              taken++;
              yield blank;
            }
          } finally {
            isClosed = true;
          }
        }
        for await (const outcome of engine.analyzeMany(endless())) {
          if (outcome.index === 2) break;
        }
        expect(isClosed).toBe(true);
        // Three were consumed; the rest is what was under way, a bounded number.
        expect(taken).toBeGreaterThanOrEqual(3);
        expect(taken).toBeLessThan(300);
        expect(await engine.detect(face)).toHaveLength(1);
      });

      it('passes on what the input throws', async () => {
        function* failing(): Generator<ImageInput> {
          yield blank;
          throw new RangeError('no more photos');
        }
        await expect(collect(engine.analyzeMany(failing()))).rejects.toThrow(new RangeError('no more photos'));
      });

      it('yields nothing for no images', async () => {
        expect(await collect(engine.analyzeMany([]))).toEqual([]);
      });
    });

    describe('track', () => {
      it('keeps the id of a face, and embeds it once, as analyze does', async () => {
        const results = await collect(engine.track([face, face, face, face, face]));
        expect(results.map(({ frame }) => frame)).toEqual([0, 1, 2, 3, 4]);
        expect(results.map(({ faces }) => faces.map(({ id, ageFrames }) => [id, ageFrames]))).toEqual(
          [0, 1, 2, 3, 4].map((age) => [[1, age]]),
        );
        const fresh = results.map(({ faces }) => faces[0]?.isEmbeddingNew);
        expect(fresh).toEqual([true, false, false, false, false]);
        expect(cosine(results[0]?.faces[0]?.embedding, own)).toBeCloseTo(1, 5);
        expect(results[0]?.detection).toEqual({ ran: true, size: engine.info.detectionSize });
      });

      it('says when a face is missed, and when it is given up', async () => {
        const results = await collect(engine.track([face, face, blank, blank, blank], { maxMissedFrames: 1, embeddings: false }));
        const sizes = new Set(results.map(({ width, height }) => `${width}x${height}`));
        // Where the pictures differ in size the face ends at once: another size is another source.
        const missed = sizes.size === 1 ? [[0], [0], [1], [], []] : [[0], [0], [], [], []];
        expect(results.map(({ faces }) => faces.map(({ missedFrames }) => missedFrames))).toEqual(missed);
        expect(results.flatMap(({ ended }) => ended)).toEqual([1]);
      });

      it('passes on what the source says about its frames', async () => {
        const frames = [
          { image: blank, timestampMs: 100 },
          { image: blank, timestampMs: 180, droppedFrames: 3 },
        ];
        const results = await collect(engine.track(frames));
        expect(results).toMatchObject([
          { timestampMs: 100, droppedFrames: 0 },
          { timestampMs: 180, droppedFrames: 3 },
        ]);
      });

      it('gives results, and a state, that structured clone carries unchanged', async () => {
        const first = await engine.trackFrame({ image: face, timestampMs: 0 }, undefined);
        const copy = structuredClone(first);
        expect(copy).toEqual(first);
        const [next, copied] = [
          await engine.trackFrame({ image: face, timestampMs: 40 }, first.state),
          await engine.trackFrame({ image: face, timestampMs: 40 }, copy.state),
        ];
        expect(copied.result.faces).toEqual(next.result.faces);
        expect(copy).toEqual(first);
      });

      it.each([
        ['rescanMs', -1],
        ['maxMissedFrames', 1.5],
        ['maxMissedMs', Number.NaN],
        ['deadlineMs', 0],
        ['minScore', 2],
        ['maxFaces', 0],
      ] as const)('refuses %s = %s', async (option, value) => {
        const failure = { code: 'INVALID_OPTION', message: expect.stringContaining(option) as string };
        await expect(collect(engine.track([face], { [option]: value }))).rejects.toMatchObject(failure);
      });

      it.each(['break', 'abort', 'broken frame'] as const)('closes the source: %s', async (end) => {
        let isClosed = false;
        function* endless(): Generator<ImageInput> {
          try {
            yield blank;
            for (;;) yield end === 'broken frame' ? broken : blank;
          } finally {
            isClosed = true;
          }
        }
        const controller = new AbortController();
        const reason = new Error('changed my mind');
        const loop = async (): Promise<string> => {
          for await (const _ of engine.track(endless(), { signal: controller.signal })) {
            if (end === 'break') break;
            if (end === 'abort') controller.abort(reason);
          }
          return 'left';
        };
        if (end === 'break') expect(await loop()).toBe('left');
        else if (end === 'abort') await expect(loop()).rejects.toBe(reason);
        else await expect(loop()).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
        expect(isClosed).toBe(true);
      });

      it('does not wait for a source without frames when it is aborted', async () => {
        const controller = new AbortController();
        const reason = { why: 'any value can be a reason' };
        const silent: AsyncIterable<ImageInput> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
        const waiting = collect(engine.track(silent, { signal: controller.signal }));
        queueMicrotask(() => controller.abort(reason));
        await expect(waiting).rejects.toBe(reason);
      });
    });

    describe('two engines', () => {
      it('live side by side with different options', async () => {
        const flipping = await create({ flipAveraging: true });
        try {
          const averaged = await embeddingOf(flipping);
          expect([engine.info.flipAveraging, flipping.info.flipAveraging]).toEqual([false, true]);
          expect([own.provenance.flipAveraging, averaged.provenance.flipAveraging]).toEqual([false, true]);
          expect(averaged.contract).toBe(own.contract);
          expect(averaged.vector).not.toEqual(own.vector);
          expect((await embeddingOf(engine)).vector).toEqual(own.vector);
        } finally {
          await flipping.dispose();
        }
        expect(await engine.detect(face)).toHaveLength(1);
      });
    });

    describe('dispose', () => {
      it('is idempotent, and every later call fails with DISPOSED', async () => {
        const gone = await create();
        await gone.dispose();
        await expect(gone.dispose()).resolves.toBeUndefined();
        const disposed = { code: 'DISPOSED' };
        await expect(gone.detect(face)).rejects.toMatchObject(disposed);
        await expect(gone.analyze(face)).rejects.toMatchObject(disposed);
        await expect(gone.embed(face, [])).rejects.toMatchObject(disposed);
        await expect(gone.verify(own, own, decide)).rejects.toMatchObject(disposed);
        await expect(collect(gone.analyzeMany([face]))).rejects.toMatchObject(disposed);
        await expect(collect(gone.track([face]))).rejects.toMatchObject(disposed);
        await expect(gone.trackFrame({ image: face, timestampMs: 0 }, undefined)).rejects.toMatchObject(disposed);
        expect(() => gone.importEmbedding(own.vector, importSource ?? 'any')).toThrow(expect.objectContaining(disposed));
      });

      it('settles calls in flight: finished, or DISPOSED', async () => {
        const busy = await create();
        const inFlight = [busy.analyze(face), busy.detect(blank), busy.verify(face, face, decide)].map((call) =>
          call.then(
            () => 'finished',
            (error: unknown) => codeOf(error),
          ),
        );
        await busy.dispose();
        const endings = await Promise.all(inFlight);
        expect(endings.filter((ending) => ending !== 'finished' && ending !== 'DISPOSED')).toEqual([]);
        await expect(busy.detect(face)).rejects.toMatchObject({ code: 'DISPOSED' });
      });
    });
  });
}

async function collect<T>(outcomes: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

function codeOf(error: unknown): unknown {
  return isFaceError(error) ? error.code : error;
}

/** Written out here: the suite must not trust the arithmetic that it tests. */
function cosine(a: Embedding | undefined, b: Embedding): number {
  if (a === undefined) return Number.NaN;
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * (y[i] ?? Number.NaN), 0);
  return dot(a.vector, b.vector) / Math.sqrt(dot(a.vector, a.vector) * dot(b.vector, b.vector));
}
