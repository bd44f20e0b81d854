/** From a manifest to open models. */

import { computeContractId, type Sha256 } from '../embed/embedding-contract.ts';
import { FaceError, isFaceError } from '../errors/face-error.ts';
import type { InferenceBackend } from '../ports/inference-backend.ts';
import type {
  DetectorManifest,
  EmbedderManifest,
  LandmarkerManifest,
  LivenessManifest,
  MeshManifest,
  ModelManifest,
  PackManifest,
} from '../ports/model-manifest.ts';
import type { ModelSource } from '../ports/model-source.ts';
import type { EngineProgress } from './face-engine.ts';
import type { OpenModel } from './run-model.ts';

/** A pack whose models are open. */
export interface OpenPack {
  readonly manifest: PackManifest;
  readonly detector: OpenModel<DetectorManifest>;
  readonly landmarker: OpenModel<LandmarkerManifest> | undefined;
  readonly embedder: OpenModel<EmbedderManifest> | undefined;
  /** All of the pack's passive liveness models, or none. */
  readonly liveness: readonly OpenModel<LivenessManifest>[];
  readonly mesh: OpenModel<MeshManifest> | undefined;
  /** What was asked for and could not be found, as sentences. */
  readonly missing: readonly string[];
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
  /** See `EngineOptions.liveness`. @defaultValue 'none' */
  readonly liveness?: 'none' | 'auto' | 'required' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads and opens the models of a pack, one after the other. Whatever is open when one fails is closed again.
 *
 * @throws {FaceError} `MODEL_NOT_FOUND`, `MODEL_INTEGRITY`, `DOWNLOAD_FAILED` or `BACKEND_UNAVAILABLE`; `signal.reason` when aborted.
 */
export async function openPack(manifest: PackManifest, context: OpenPackContext): Promise<OpenPack> {
  const { backend, modelSource, sha256, report, liveness: wanted = 'none', signal } = context;
  const optional = wanted === 'none' ? [] : [...(manifest.liveness ?? []), manifest.mesh];
  const manifests = [manifest.detector, manifest.landmarker, manifest.embedder, ...optional].filter((model) => model !== undefined);
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

  /** Opens models that one can do without: all of them or, where one cannot be had and that is allowed, none. */
  const openOptional = async <M extends ModelManifest>(group: readonly M[], without: string): Promise<readonly OpenModel<M>[]> => {
    const opened: OpenModel<M>[] = [];
    try {
      for (const model of wanted === 'none' ? [] : group) opened.push(await open(model));
      if (wanted === 'required' && group.length === 0) throw lacking(manifest.id, without);
      if (wanted === 'auto' && group.length === 0) missing.push(`Pack "${manifest.id}" names no models for this: ${without}.`);
      return opened;
    } catch (error) {
      if (wanted === 'required' || !isFaceError(error, 'MODEL_NOT_FOUND', 'DOWNLOAD_FAILED')) throw error;
      missing.push(`${without}, because a model is missing. ${error.message}`);
      for (const model of opened) {
        models.splice(models.indexOf(model), 1);
        await model.session.dispose();
      }
      return [];
    }
  };
  const missing: string[] = [];

  try {
    const detector = await open(manifest.detector);
    const landmarker = manifest.landmarker && (await open(manifest.landmarker));
    const embedder = manifest.embedder && (await open(manifest.embedder));
    const contract = manifest.embedder && (await computeContractId(manifest.embedder, manifest.landmarker, sha256));
    const liveness = await openOptional(
      manifest.liveness ?? [],
      'No passive liveness: pictures of a face cannot be told from a face by how they look',
    );
    const [mesh] = await openOptional(manifest.mesh === undefined ? [] : [manifest.mesh], 'No face mesh: movements are seen less well');
    return { manifest, detector, landmarker, embedder, liveness, mesh, missing, contract, models, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function lacking(pack: string, without: string): FaceError {
  return new FaceError('MODEL_NOT_FOUND', `Expected a pack with all models for liveness, got "${pack}". ${without}.`, { pack });
}
