/** What a model pack says about its models. Data only: the schema that checks it is in `@isoface/models`. */

/** One file of a model, identified by its content. */
export interface ModelFile {
  /** File name, used for display and in caches. */
  readonly name: string;
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Exact size; nothing larger is ever read. */
  readonly bytes: number;
  /** Where the file is published, best first. Empty for files that ship inside a package. */
  readonly urls: readonly string[];
}

/** Under which terms the weights may be used. */
export interface ModelLicense {
  /** SPDX identifier, or `LicenseRef-…` where none exists. */
  readonly spdx: string;
  readonly commercialUse: 'allowed' | 'prohibited' | 'unstated';
  /** What the user must know, e.g. the notice that is announced when the model is loaded. */
  readonly notice?: string | undefined;
}

/** How pixels become the model's input tensor. */
export interface InputSpec {
  /** Name of the model input. */
  readonly name: string;
  /** Default size of the input, pixels. */
  readonly width: number;
  readonly height: number;
  /** Present when the model accepts other sizes: each side must be a multiple of this. */
  readonly sizeMultipleOf?: number | undefined;
  /** Whether the first dimension may be larger than 1. */
  readonly batch: 'dynamic' | 'one';
  readonly layout: 'NCHW' | 'NHWC';
  readonly channelOrder: 'RGB' | 'BGR';
  /** Value fed to the model = (pixel - mean) * scale, per channel in `channelOrder`; pixel in 0..255. */
  readonly mean: readonly [number, number, number];
  readonly scale: readonly [number, number, number];
}

/** How an image of any shape is brought to the size of a model input. */
export type ResizeMode = 'letterbox' | 'centerCrop' | 'stretch' | 'adaptivePad';

interface ModelManifestBase {
  /** Unique name of the model, e.g. `yunet-2023mar`. */
  readonly id: string;
  readonly title: string;
  /** Who made the weights and where they were published. */
  readonly origin: string;
  readonly license: ModelLicense;
  /** The ONNX model. */
  readonly file: ModelFile;
  /** Present when the ONNX model has to be made from files of another format: their order is that of the importer. */
  readonly importFrom?: { readonly format: ImportFormat; readonly files: readonly ModelFile[] } | undefined;
  readonly input: InputSpec;
}

/** Formats that an importer can turn into ONNX. */
export type ImportFormat = 'openvino-ir' | 'onnx-dynamic-size';

/** Finds faces. */
export interface DetectorManifest extends ModelManifestBase {
  readonly task: 'detect';
  readonly decoder: 'blazeface' | 'yunet' | 'scrfd' | 'ultraface';
  /** How the frame is brought to the input size. */
  readonly resizeMode: ResizeMode;
  /** Where the picture lies in a letterbox: the rest is zero. */
  readonly placement: 'topLeft' | 'center';
  /** Detections below are dropped; in [0, 1]. */
  readonly minScore: number;
  /** Boxes that overlap a better one by more than this intersection over union are dropped. */
  readonly nmsIou: number;
}

/** Places 68 landmarks (iBUG order) on a face that a detector found. */
export interface LandmarkerManifest extends ModelManifestBase {
  readonly task: 'landmarks';
  readonly decoder: 'ibug68';
}

/** Names of the reference points that a face is aligned to. */
export type AlignmentTemplate = 'arcface-112-5' | 'dlib-150-33' | 'dlib-150-5';

/** Turns an aligned face into a vector. */
export interface EmbedderManifest extends ModelManifestBase {
  readonly task: 'embed';
  /** Name of the model output. */
  readonly output: string;
  readonly dimension: number;
  readonly alignment: {
    readonly template: AlignmentTemplate;
    /** Which landmarks are laid on the template. */
    readonly landmarks: 'detector-5' | 'ibug68';
    /** The part of the template's canvas, in its pixels, that is stretched to the input size. Default: all of it. */
    readonly region?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined;
  };
  /** `l2`: vectors are scaled to length 1. `none`: they are kept as the model gives them. */
  readonly normalization: 'none' | 'l2';
  readonly metric: 'cosine' | 'euclidean';
}

/** Tells a living face from a picture of one (passive presentation attack detection). */
export interface LivenessManifest extends ModelManifestBase {
  readonly task: 'liveness';
  /** `minifasnet`: logits of several classes, one of which is the living face; the patch is cut as Silent-Face cuts it. */
  readonly decoder: 'minifasnet';
  /** Name of the model output. */
  readonly output: string;
  /** How many classes the output has, and which of them is the living face. */
  readonly classes: number;
  readonly liveClass: number;
  /** Sides of the patch, in sides of the detector's box. */
  readonly cropScale: number;
}

/** Lays a mesh of 468 points on a face: what eyes, mouth and head are doing. */
export interface MeshManifest extends ModelManifestBase {
  readonly task: 'mesh';
  readonly decoder: 'mediapipe-468';
  /** Side of the square crop, in longer sides of the detector's box. */
  readonly cropScale: number;
}

/** Any single model. */
export type ModelManifest = DetectorManifest | LandmarkerManifest | EmbedderManifest | LivenessManifest | MeshManifest;

/** A decision threshold with the measurement it comes from. */
export interface CalibratedThreshold {
  /** False match rate at the threshold: the share of impostor comparisons that reach it. */
  readonly fmr: number;
  /** Similarity from which on two faces are said to match, in the scale of the pack's similarity. */
  readonly threshold: number;
  /** 95 % confidence interval of `fmr`, by a bootstrap over identities: comparisons that share a person are not independent. */
  readonly ci95: readonly [number, number];
  /** Whether the embeddings were averaged over the mirrored face. */
  readonly flipAveraging: boolean;
  readonly dataset: string;
  /** Impostor comparisons counted. */
  readonly pairs: number;
}

/** A threshold of search in a gallery (1:N), with the measurement it comes from. */
export interface CalibratedSearchThreshold {
  /** False positive identification rate at the threshold: the share of searches for strangers that find somebody. */
  readonly fpir: number;
  /** Similarity from which on the best candidate is said to be the person. */
  readonly threshold: number;
  /** 95 % confidence interval of `fpir` (Clopper-Pearson over the strangers). */
  readonly ci95: readonly [number, number];
  /** People enrolled: in a larger gallery strangers find somebody more often. */
  readonly gallerySize: number;
  readonly flipAveraging: boolean;
  readonly dataset: string;
  /** Strangers searched for. */
  readonly probes: number;
}

/** A threshold of passive liveness, with the measurement it comes from. */
export interface CalibratedLivenessThreshold {
  /** `bpcer`: share of living faces that stay below the threshold. `apcer`: share of attacks of the worst kind that reach it. */
  readonly kind: 'bpcer' | 'apcer';
  readonly rate: number;
  /** Score from which on a face counts as living, in [0, 1]. */
  readonly threshold: number;
  /** 95 % confidence interval of `rate` (Clopper-Pearson). */
  readonly ci95: readonly [number, number];
  /** Frames whose scores are averaged to one. */
  readonly frames: number;
  readonly dataset: string;
  /** Presentations counted. */
  readonly presentations: number;
}

/** Expected numbers of the self-test, measured on the CPU. */
export interface SelfTestExpectation {
  readonly detectionSize: number;
  /** x, y, width, height; pixels of the drawn picture. */
  readonly box: readonly number[];
  readonly embedding: readonly number[];
}

/** Models that work together, with the thresholds measured for the whole chain. */
export interface PackManifest {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly title: string;
  readonly detector: DetectorManifest;
  readonly landmarker?: LandmarkerManifest | undefined;
  readonly embedder?: EmbedderManifest | undefined;
  /** Passive liveness: the scores of these models are averaged. Loaded only where liveness is asked for, and the pack works without them. */
  readonly liveness?: readonly LivenessManifest[] | undefined;
  /** Face mesh, for active liveness. Loaded only where liveness is asked for, and the pack works without it. */
  readonly mesh?: MeshManifest | undefined;
  readonly thresholds: readonly CalibratedThreshold[];
  /** Thresholds for search in a gallery. Absent where none were measured. */
  readonly searchThresholds?: readonly CalibratedSearchThreshold[] | undefined;
  /** Thresholds of passive liveness, for boxes of this pack's detector. Absent where none were measured. */
  readonly livenessThresholds?: readonly CalibratedLivenessThreshold[] | undefined;
  /** What the chain gives on the drawn face of the self-test, at the detection size of the manifest. */
  readonly selfTest?: SelfTestExpectation | undefined;
  /** Embeddings of other software that may be compared with this pack's, with the reason why. */
  readonly accepts?: readonly { readonly from: string; readonly evidence: string }[] | undefined;
}
