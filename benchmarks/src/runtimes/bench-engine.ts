/** One engine of isoface in one runtime, driven the same way wherever it runs. */

import type { PackManifest, StageTimings } from '@isoface/core';
import type { RuntimeName } from './runtime-name.ts';

/** A picture that is measured. Its bytes lie in a file: Node decodes them with sharp, a browser with its own decoders. */
export interface BenchImage {
  /** Unique in its set and the same in every run. */
  readonly id: string;
  /** Absolute path. */
  readonly path: string;
  /** Who is shown; absent where the set does not say. */
  readonly identity?: string | undefined;
}

/** Options of {@link OpenBenchEngine}. */
export interface BenchEngineOptions {
  readonly pack: string | PackManifest;
  /** Pictures that will be analyzed, by their place in this list. */
  readonly images: readonly BenchImage[];
  /**
   * `file` decodes the picture in every analysis, as a server or an upload form does; `pixels` decodes it once, as for a camera's frame.
   */
  readonly input: 'file' | 'pixels';
  readonly modelsDir?: string | undefined;
  /**
   * Whether the start of a Node engine is measured in a process of its own, which takes as long as it says. Otherwise the times are those of this
   * process, which may have loaded the libraries before. A browser's start is always measured.
   * @defaultValue true
   */
  readonly measureStart?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** One analysis. */
export interface AnalysisSample {
  /** By the wall clock of the runtime itself. `matchMs` is the time of the search, where there is a gallery. */
  readonly timings: StageTimings;
  /** What the caller waited, milliseconds, the search included. */
  readonly wallMs: number;
  readonly faces: number;
  /** Of the face that the picture is about; absent where none was found. */
  readonly embedding?: Float32Array | undefined;
  /** Of the gallery's vectors the one most alike; absent without a gallery or without an embedding. */
  readonly match?: GalleryMatch | undefined;
}

/** A vector of a gallery. */
export interface GalleryMatch {
  /** Its place in the gallery. */
  readonly row: number;
  /** Cosine, in [-1, 1]. */
  readonly similarity: number;
}

/** What an engine says of itself and of its start. */
export interface BenchEngineFacts {
  readonly runtime: RuntimeName;
  readonly pack: string;
  /** What really runs the models; `webgpu (software)` where the GPU is an emulation. */
  readonly executionProvider: string;
  /** Node's or the browser's version, ONNX Runtime's, threads. */
  readonly versions: Readonly<Record<string, string | number | boolean>>;
  /** From the first line of the program, or the start of the navigation, until the engine could be asked; and until the first picture was analyzed. */
  readonly readyMs: number;
  readonly firstResultMs: number;
  readonly warnings: readonly string[];
}

/** An engine that is ready to be measured. One analysis at a time. */
export interface BenchEngine {
  readonly facts: BenchEngineFacts;
  /** Analyzes `images[index]`. */
  analyze(index: number): Promise<AnalysisSample>;
  /** CPU time so far of every process that works for this engine, milliseconds, all threads. Of a browser in steps of 10 ms. */
  cpuMs(): number;
  /** Resident and private memory of those processes, bytes; of a browser, its renderers. Private is NaN where the system does not tell. */
  memory(): { readonly resident: number; readonly private: number };
  close(): Promise<void>;
}

/** An engine that searches for each face it analyzes. */
export interface SearchingEngine extends BenchEngine {
  /** Keeps vectors that every further analysis is compared with, in the runtime itself; an empty list ends that. */
  enroll(gallery: readonly Float32Array[]): Promise<void>;
}
