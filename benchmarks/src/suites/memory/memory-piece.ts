/** What the pieces of the suite `memory` give: raw readings, from which the report follows. */

import type { RuntimeName } from '../../runtimes/runtime-name.ts';

/** One piece. */
export type MemoryPiece = ThreadSoak | PoolSoak | WebSoak | GpuCount | BufferComparison | EngineCycles;

/** Memory of a process at one moment, MiB. */
export interface MemorySample {
  /** Analyses that were done by then. */
  readonly analyses: number;
  readonly rssMiB: number;
  /** Live and dead objects of the JavaScript heap of the main thread. */
  readonly heapUsedMiB: number;
  /** What these objects hold outside of the heap, `arrayBuffersMiB` included. */
  readonly externalMiB: number;
  readonly arrayBuffersMiB: number;
}

/** Kinds of garbage collections, as `perf_hooks` tells them apart. */
export type GcKind = 'minor' | 'major' | 'incremental' | 'weak callbacks';

/** One pause of the main thread for garbage. */
export interface GcPause {
  readonly kind: GcKind;
  readonly startMs: number;
  readonly durationMs: number;
}

/** Analyses one after the other; arrays of the same length. */
export interface AnalysisTrace {
  /** Index of the picture. */
  readonly pictures: readonly number[];
  readonly startMs: readonly number[];
  readonly wallMs: readonly number[];
  /** By how much the JavaScript heap was larger after the analysis than before, bytes; negative where garbage was collected meanwhile. */
  readonly heapBytes: readonly number[];
  /** The same of the memory that its objects hold outside of it: pixels, tensors, model outputs. */
  readonly externalBytes: readonly number[];
}

/** A picture that is analyzed again and again. */
export interface PictureFacts {
  readonly name: string;
  readonly faces: number;
}

interface Soak {
  readonly runtime: RuntimeName;
  readonly pack: string;
  /** Analyses that were to be made. Fewer are in the samples where time was over before. */
  readonly wanted: number;
  readonly samples: readonly MemorySample[];
}

/** One engine on the main thread of a process: everything that its heap does is the engine's. */
export interface ThreadSoak extends Soak {
  readonly kind: 'thread';
  readonly pictures: readonly PictureFacts[];
  readonly trace: AnalysisTrace;
  readonly pauses: readonly GcPause[];
  /** Bytes that are still reachable, after a full collection: before the counted analyses and after them. */
  readonly reachable: { readonly before: number; readonly after: number };
}

/** An engine with worker threads, as `createFaceEngine` makes it by default. Only the memory of the whole process can be told. */
export interface PoolSoak extends Soak {
  readonly kind: 'pool';
  readonly threads: number;
  readonly analysesPerSecond: number;
  /** After `dispose` and a full collection. */
  readonly disposed: MemorySample;
}

/** Memory of the processes of a browser that run pages, MiB. */
export interface RendererSample {
  readonly analyses: number;
  readonly residentMiB: number;
  readonly privateMiB: number;
}

/** Buffers and textures on the GPU. */
export interface GpuSample {
  readonly analyses: number;
  /** Created and not destroyed so far. */
  readonly live: number;
  readonly liveBytes: number;
  /** All that were ever created. */
  readonly created: number;
}

/** One engine in a browser. */
export interface WebSoak extends Omit<Soak, 'samples'> {
  readonly kind: 'web';
  readonly samples: readonly RendererSample[];
  /** After the engine was disposed. */
  readonly disposed: RendererSample;
  /** Bytes that the page and its workers hold as the browser counts them; absent where it does not. */
  readonly pageBytes?: { readonly started: number; readonly ended: number } | undefined;
}

/** Objects on the GPU, counted in a page that runs the engine itself. */
export interface GpuCount extends Omit<Soak, 'samples'> {
  readonly kind: 'gpu';
  /** Whether the GPU is an emulation. */
  readonly isSoftware: boolean;
  readonly samples: readonly GpuSample[];
  readonly disposed: GpuSample;
}

/** One way to get buffers, measured over one block of work. */
export interface BufferBlock {
  readonly wallMs: number;
  /** All threads, those that collect garbage too. */
  readonly cpuMs: number;
  /** Pauses for garbage, the collection at the end of the block included. */
  readonly gcMs: number;
  /** New bytes outside of the heap per analysis: the median over the analyses of the block during which no garbage was collected. */
  readonly externalBytes: number;
  /** New bytes of the heap, likewise. */
  readonly heapBytes: number;
}

/** The same work with buffers that are used again and with new ones, in turns. */
export interface BufferCase {
  /** What is done in a block. */
  readonly work: string;
  readonly perBlock: number;
  readonly reused: readonly BufferBlock[];
  readonly fresh: readonly BufferBlock[];
}

/** Where new objects of the heap come from. */
export interface AllocationSite {
  /** Function of the sources, as the profiler names it; what built-in functions allocate counts for their caller. */
  readonly site: string;
  readonly bytes: number;
}

/** What using buffers again is worth. */
export interface BufferComparison {
  readonly kind: 'buffers';
  readonly runtime: RuntimeName;
  readonly pack: string;
  readonly cases: readonly BufferCase[];
  /** Bytes of one analysis that the models gave as outputs: new buffers from ONNX Runtime, which nobody can use again. */
  readonly outputBytes: number;
  /** Bytes per analysis, largest first. */
  readonly sites: readonly AllocationSite[];
  /** All sites, those that are not listed too. */
  readonly sampledBytes: number;
}

/** An engine is created, used and disposed again and again. */
export interface EngineCycles {
  readonly kind: 'cycles';
  readonly runtime: RuntimeName;
  readonly pack: string;
  /** After each cycle and a full collection, MiB: an engine on the main thread, and one worker thread that ends with its engine. */
  readonly threadRssMiB: readonly number[];
  readonly poolRssMiB: readonly number[];
}
