/** What is said between the suite and the process of a contender in Node. */

import type { RgbaImage, WireError } from '@isoface/core';

/** What a contender in Node is opened with: plain data. */
export type NodeContenderStart =
  | { readonly kind: 'isoface'; readonly pack: string; readonly modelsDir: string | undefined }
  | {
      readonly kind: 'human';
      readonly config: Readonly<Record<string, unknown>>;
      /** Folder of the package. */
      readonly folder: string;
      /** Folder with the wasm files of TensorFlow.js. */
      readonly wasm: string;
    }
  | { readonly kind: 'face-api'; readonly detector: 'ssdMobilenetv1' | 'tinyFaceDetector'; readonly folder: string; readonly wasm: string };

/** One analysis in a contender's process. */
export interface NodeAnalysis {
  /** Faces that have an embedding. */
  readonly faces: number;
  readonly wallMs: number;
  /** CPU time of the whole process, all threads. */
  readonly cpuMs: number;
}

/** What a contender's process does, by name. */
export interface ChildCalls {
  open(start: NodeContenderStart): void;
  load(picture: { readonly name: string; readonly image: RgbaImage }): void;
  analyze(name: string): NodeAnalysis;
  /** What really runs. */
  describe(): Readonly<Record<string, string | number | boolean>>;
  /** Since the process began: its CPU time, milliseconds; its resident memory now, bytes. */
  usage(): { readonly cpuMs: number; readonly resident: number };
}

/** One call. */
export interface ChildRequest {
  readonly id: number;
  readonly name: keyof ChildCalls;
  readonly value: unknown;
}

/** Its answer. */
export type ChildReply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: WireError };
