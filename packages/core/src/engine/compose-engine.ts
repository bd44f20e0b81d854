/** From the calls that touch pixels to a whole engine: what follows from them is the same in one thread, in a pool and in a browser worker. */

import { FaceError } from '../errors/face-error.ts';
import type { openGallery } from '../gallery/open-gallery.ts';
import type { PackManifest } from '../ports/model-manifest.ts';
import type { IndexSpec, TemplateIndex } from '../ports/template-index.ts';
import type { Analysis } from './analysis.ts';
import type { EngineInfo, FaceEngine } from './face-engine.ts';
import { importEmbedding } from './import-embedding.ts';
import { settleInOrder } from './settle-in-order.ts';
import type { Clock } from './stage-clock.ts';
import { trackFrames } from './track-frames.ts';
import { verify } from './verify.ts';

/** The calls that touch pixels; wherever they run, the rest of an engine needs no more. */
export type EngineCalls<ImageInput> = Pick<FaceEngine<ImageInput>, 'detect' | 'embed' | 'analyze' | 'trackFrame'>;

/** `() => import('@isoface/core/gallery')`. */
export type LoadGalleries = () => Promise<{ readonly openGallery: typeof openGallery }>;

/** What {@link composeEngine} puts together. */
export interface EngineComposition<ImageInput> {
  readonly calls: EngineCalls<ImageInput>;
  /** Asked on every use: a runtime may change its execution provider under way. */
  info(): EngineInfo;
  readonly pack: PackManifest;
  /** Images under way at the same time in `analyzeMany`. */
  readonly imagesUnderWay: number;
  readonly now: Clock;
  /**
   * Loads the galleries, when the first one is opened: whoever only verifies does not download them. Absent in workers, which only compute: their scripts
   * then go without.
   */
  readonly loadGalleries?: LoadGalleries | undefined;
  /** Opens an index for a gallery on a thread of its own. Absent: galleries are searched in the thread of the caller. */
  readonly openIndex?: ((spec: IndexSpec) => Promise<TemplateIndex>) | undefined;
  /** Called once. */
  dispose(): Promise<void>;
}

/** Composes an engine. After `dispose` every method fails with `DISPOSED`. */
export function composeEngine<ImageInput>(composition: EngineComposition<ImageInput>): FaceEngine<ImageInput> {
  const { calls, pack, imagesUnderWay, now } = composition;
  let disposal: Promise<void> | undefined;
  const disposeListeners = new Set<() => void>();
  const assertUsable = (): void => {
    if (disposal !== undefined) throw disposedError();
  };

  const engine: FaceEngine<ImageInput> = {
    get info() {
      return composition.info();
    },
    async detect(image, options) {
      assertUsable();
      return calls.detect(image, options);
    },
    async embed(image, faces, options) {
      assertUsable();
      return calls.embed(image, faces, options);
    },
    async analyze(image, options) {
      assertUsable();
      return calls.analyze(image, options);
    },
    async *analyzeMany(images, options = {}) {
      assertUsable();
      const analyzeOne = (image: ImageInput): Promise<Analysis> => engine.analyze(image, options);
      for await (const outcome of settleInOrder(images, imagesUnderWay, analyzeOne, options.signal)) {
        yield 'error' in outcome ? outcome : { index: outcome.index, analysis: outcome.value };
      }
    },
    async trackFrame(frame, state, options) {
      assertUsable();
      return calls.trackFrame(frame, state, options);
    },
    track(frames, options = {}) {
      const onDispose = (listener: () => void): (() => void) => {
        disposeListeners.add(listener);
        return () => void disposeListeners.delete(listener);
      };
      return trackFrames(frames, options, { trackFrame: calls.trackFrame, now, assertUsable, onDispose });
    },
    async verify(a, b, options = {}) {
      assertUsable();
      return verify(a, b, options, { info: engine.info, metric: pack.embedder?.metric ?? 'cosine', now, analyze: engine.analyze });
    },
    async openGallery(options) {
      assertUsable();
      if (composition.loadGalleries === undefined) {
        throw new FaceError(
          'BACKEND_UNAVAILABLE',
          'Expected an engine that opens galleries, got one that only computes; open them with the engine of the application.',
        );
      }
      const { openGallery } = await composition.loadGalleries();
      const { analyze, importEmbedding: adopt } = engine;
      const { openIndex } = composition;
      return openGallery(
        { info: () => composition.info(), pack, imagesUnderWay, now, analyze, importEmbedding: adopt, openIndex },
        options,
      );
    },
    importEmbedding(vector, from) {
      assertUsable();
      return importEmbedding(pack, engine.info.contract, vector, from);
    },
    dispose() {
      if (disposal === undefined) {
        disposal = composition.dispose();
        for (const listener of [...disposeListeners]) listener();
      }
      return disposal;
    },
  };
  return engine;
}

/** What calls on a disposed engine fail with. */
export function disposedError(): FaceError {
  return new FaceError('DISPOSED', 'Expected an engine in use, got a disposed one; create a new engine.');
}
