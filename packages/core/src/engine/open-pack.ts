/** From a manifest to open models. */

import { computeContractId, type Sha256 } from '../embed/embedding-contract.ts';
import type { InferenceBackend } from '../ports/inference-backend.ts';
import type { DetectorManifest, EmbedderManifest, LandmarkerManifest, ModelManifest, PackManifest } from '../ports/model-manifest.ts';
import type { ModelSource } from '../ports/model-source.ts';
import type { EngineProgress } from './face-engine.ts';
import type { OpenModel } from './run-model.ts';

/** A pack whose models are open. */
export interface OpenPack {
  readonly manifest: PackManifest;
  readonly detector: OpenModel<DetectorManifest>;
  readonly landmarker: OpenModel<LandmarkerManifest> | undefined;
  readonly embedder: OpenModel<EmbedderManifest> | undefined;
  /** Contract id of the embeddings. */
  readonly contract: string | undefined;
  /** All models, in the order of the pipeline. */
  readonly models: readonly OpenModel[];
  /** Closes all sessions. */
  dispose(): Promise<void>;
}

/** What opening needs. */
export interface OpenPackContext {
  readonly backend: InferenceBackend;
  readonly modelSource: ModelSource;
  readonly sha256: Sha256;
  readonly report: (event: EngineProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads and opens the models of a pack, one after the other. Whatever is open when one fails is closed again.
 *
 * @throws {FaceError} `MODEL_NOT_FOUND`, `MODEL_INTEGRITY`, `DOWNLOAD_FAILED` or `BACKEND_UNAVAILABLE`; `signal.reason` when aborted.
 */
export async function openPack(manifest: PackManifest, context: OpenPackContext): Promise<OpenPack> {
  const { backend, modelSource, sha256, report, signal } = context;
  const manifests = [manifest.detector, manifest.landmarker, manifest.embedder].filter((model) => model !== undefined);
  const models: OpenModel[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(models.map(({ session }) => session.dispose()));
  };

  const open = async <M extends ModelManifest>(model: M): Promise<OpenModel<M>> => {
    signal?.throwIfAborted();
    const bytes = await modelSource.load(model, { signal, onProgress: report });
    signal?.throwIfAborted();
    const opened = { manifest: model, session: await backend.createSession(bytes, { name: model.id, signal }) };
    models.push(opened);
    report({ phase: 'openModel', model: model.id, loadedModels: models.length, totalModels: manifests.length });
    return opened;
  };

  try {
    const detector = await open(manifest.detector);
    const landmarker = manifest.landmarker && (await open(manifest.landmarker));
    const embedder = manifest.embedder && (await open(manifest.embedder));
    const contract = manifest.embedder && (await computeContractId(manifest.embedder, manifest.landmarker, sha256));
    return { manifest, detector, landmarker, embedder, contract, models, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
