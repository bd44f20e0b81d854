/** What the browser suite gives. */

import type { Machine } from '../machine.ts';
import type { SentFile } from './asset-server.ts';

/** Where and how it was measured. */
export interface BrowserConditions {
  readonly machine: Machine;
  /** Over one minute, when everything was measured. */
  readonly loadAverageAtEnd: number;
  readonly browser: { readonly version: string; readonly arguments: readonly string[] };
}

/** From an empty profile to the first result. Milliseconds are medians over the starts. */
export interface StartFigures {
  /** Of each start. */
  readonly firstResultMs: readonly number[];
  /** From the start of the navigation until the first picture was analyzed. */
  readonly medianMs: number;
  /** Of that, until the contender could have been asked. */
  readonly readyMs: number;
  readonly rendererCpuMs: number;
  readonly otherCpuMs: number;
}

/** What was downloaded until the first result: library, wasm and models; not the page and the picture. */
export interface DownloadFigures {
  readonly rawBytes: number;
  readonly gzipBytes: number;
  readonly files: readonly SentFile[];
}

/** Cost of one analysis, milliseconds. */
export interface AnalysisFigures {
  readonly wallMs: number;
  readonly rendererCpuMs: number;
  readonly otherCpuMs: number;
  /**
   * Longest task on the page's main thread: in the median round, and over all frames for `track`. 0 when none reached the 50 ms from which
   * browsers report them.
   */
  readonly longestTaskMs: number;
}

/** Cost of the still pictures: medians over the rounds; a round's CPU time is divided by its number of pictures. */
export interface StillFigures extends AnalysisFigures {
  readonly wallP95Ms: number;
  readonly pictures: readonly { readonly picture: string; readonly faces: number; readonly wallMs: number }[];
}

/** MiB, after a garbage collection. */
export interface MemoryFigures {
  /**
   * Page and workers as the browser counts them (`measureUserAgentSpecificMemory`); absent where it does not. Chromium counts wasm memory only if
   * it is shared between threads, so this says nothing about an engine with its weights in wasm memory, and contenders cannot be compared by it.
   */
  readonly pageMiB?: number | undefined;
  /** Resident memory of the renderer processes. */
  readonly rendererRssMiB: number;
  /** Of that, what no other process shares, beyond a page that loaded no contender: the figure to compare. */
  readonly privateOverBlankMiB: number;
}

/** All figures of one contender. */
export interface ContenderFigures {
  readonly name: string;
  readonly isPeer: boolean;
  readonly library: string;
  readonly version: string;
  /** What was switched on. */
  readonly work: string;
  /** What really ran, as the library says. */
  readonly runs: Readonly<Record<string, unknown>>;
  readonly wasmFiles: readonly string[];
  readonly download: DownloadFigures;
  readonly start: StartFigures;
  readonly still: StillFigures;
  /** The 12-megapixel file, decoding included. */
  readonly file12Megapixels: AnalysisFigures & { readonly faces: number };
  /** Frames of 640x480, each given when the one before was answered. Absent for contenders that do not track. */
  readonly track?: (AnalysisFigures & { readonly facesPerFrame: number }) | undefined;
  /** After the first result, and after all rounds. */
  readonly memory: { readonly started: MemoryFigures; readonly warm: MemoryFigures };
}

/** One figure of isoface over the best of the peers; below 1 isoface is cheaper. */
export interface Ratio {
  readonly figure: string;
  readonly contender: string;
  readonly value: number;
  readonly peer: string;
  readonly peerValue: number;
  readonly ratio: number;
}

/** The comparison. */
export interface BrowserReport extends BrowserConditions {
  readonly suite: 'browser';
  readonly options: { readonly rounds: number; readonly warmup: number; readonly starts: number; readonly threads: 1 };
  readonly contenders: readonly ContenderFigures[];
  readonly ratios: readonly Ratio[];
  /** Contenders that could not be measured, and why. */
  readonly notMeasured: readonly { readonly name: string; readonly reason: string }[];
}

/** Memory of one contender over many analyses. */
export interface SoakFigures {
  readonly name: string;
  readonly started: MemoryFigures;
  /** By number of analyses. */
  readonly after: Readonly<Record<string, MemoryFigures>>;
  readonly disposed: MemoryFigures;
}

/** The soak. */
export interface SoakReport extends BrowserConditions {
  readonly suite: 'browser-soak';
  readonly options: { readonly analyses: number };
  readonly contenders: readonly SoakFigures[];
  readonly notMeasured: BrowserReport['notMeasured'];
}
