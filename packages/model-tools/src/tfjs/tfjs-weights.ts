/** Weight files of TensorFlow.js: a JSON manifest and one binary shard in which the tensors lie one after another. */

import { FaceError } from '@isoface/core';
import { type JsonObject, parseArray, parseInteger, parseNumber, parseObject, parseString } from '../json-fields.ts';
import { fromFloat16Array } from '../onnx/float16.ts';
import { countElements } from '../onnx/onnx-tensor.ts';

/** One tensor of a weight file. For `uint8` the value is `values * scale + min`. */
export type TfjsWeight = { readonly name: string; readonly shape: readonly number[] } & (
  | { readonly type: 'float32'; readonly values: Float32Array }
  | { readonly type: 'int32'; readonly values: Int32Array }
  | { readonly type: 'uint8'; readonly values: Uint8Array; readonly scale: number; readonly min: number }
);

/** Tensors by name. */
export type TfjsWeights = ReadonlyMap<string, TfjsWeight>;

type WeightEntry = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly storage:
    | { readonly type: 'float32' | 'float16' | 'int32' }
    | { readonly type: 'uint8'; readonly scale: number; readonly min: number };
};

const STORAGE_BYTES = { float32: 4, float16: 2, int32: 4, uint8: 1 } as const;

/**
 * Cuts a shard into tensors. Halves are widened to float32; 8-bit tensors stay 8-bit and are views into `shard`.
 *
 * @param manifest - parsed `weights_manifest.json`, or the `weightsManifest` of a graph model; groups follow each other in `shard`
 * @param shard - content of the binary file
 * @throws {FaceError} `MODEL_INTEGRITY` if the manifest is malformed or the shard has another length;
 * `MODEL_UNSUPPORTED` for other data types
 */
export function readTfjsWeights(manifest: unknown, shard: Uint8Array): TfjsWeights {
  const groups = parseArray(manifest, 'the weight manifest').map((group) => parseObject(group, 'a weight group'));
  const entries = groups.flatMap((group) => parseArray(group['weights'], 'weights')).map(parseEntry);
  const weights = new Map<string, TfjsWeight>();
  let offset = 0;
  for (const entry of entries) {
    const end = offset + countElements(entry.shape) * STORAGE_BYTES[entry.storage.type];
    weights.set(entry.name, readWeight(entry, shard.subarray(offset, end)));
    offset = end;
  }
  if (offset === shard.length) return weights;
  throw new FaceError('MODEL_INTEGRITY', `The manifest describes ${offset} bytes of weights, the shard has ${shard.length}.`);
}

/**
 * Finds a tensor.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if there is none of this name, or it has another shape than `shape`
 */
export function requireWeight(weights: TfjsWeights, name: string, shape?: readonly number[]): TfjsWeight {
  const weight = weights.get(name);
  if (weight === undefined) throw new FaceError('MODEL_INTEGRITY', `The weight "${name}" is missing.`, { weight: name });
  if (shape === undefined || shape.join() === weight.shape.join()) return weight;
  const message = `Expected the weight "${name}" to be [${shape.join(', ')}], got [${weight.shape.join(', ')}].`;
  throw new FaceError('MODEL_INTEGRITY', message, { weight: name });
}

/** The values of a tensor as float32: `values * scale + min` is computed in double precision and rounded once. */
export function dequantize(weight: TfjsWeight): Float32Array {
  if (weight.type !== 'uint8') return Float32Array.from(weight.values);
  const { values, scale, min } = weight;
  return Float32Array.from(values, (value) => value * scale + min);
}

/**
 * The integer that stands for 0 in an 8-bit tensor.
 *
 * @returns an integer in 0..255, or `undefined` when zero is not representable, so that only float32 keeps the values
 */
export function findZeroPoint({ scale, min }: { readonly scale: number; readonly min: number }): number | undefined {
  const exact = -min / scale;
  const rounded = Math.round(exact);
  return Math.abs(exact - rounded) < 1e-6 && rounded >= 0 && rounded <= 255 ? rounded : undefined;
}

function parseEntry(value: unknown): WeightEntry {
  const entry = parseObject(value, 'a weight');
  const name = parseString(entry['name'], 'the name of a weight');
  const shape = parseArray(entry['shape'], `the shape of "${name}"`).map((dim) => parseDim(dim, name));
  return { name, shape, storage: parseStorage(entry, name) };
}

function parseDim(value: unknown, name: string): number {
  const dim = parseInteger(value, `the shape of "${name}"`);
  if (dim < 0) throw new FaceError('MODEL_INTEGRITY', `The weight "${name}" has the impossible dimension ${dim}.`, { weight: name });
  return dim;
}

function parseStorage(entry: JsonObject, name: string): WeightEntry['storage'] {
  const quantization =
    entry['quantization'] === undefined ? undefined : parseObject(entry['quantization'], `the quantization of "${name}"`);
  const type = parseString((quantization ?? entry)['dtype'], `the dtype of "${name}"`);
  if (type === 'uint8' && quantization !== undefined) {
    const scale = parseNumber(quantization['scale'], `the scale of "${name}"`);
    return { type, scale, min: parseNumber(quantization['min'], `the min of "${name}"`) };
  }
  if (type === 'float32' || type === 'int32' || (type === 'float16' && quantization !== undefined)) return { type };
  throw new FaceError('MODEL_UNSUPPORTED', `The weight "${name}" has the data type ${type}, which is not imported.`, { weight: name });
}

function readWeight({ name, shape, storage }: WeightEntry, bytes: Uint8Array): TfjsWeight {
  const count = countElements(shape);
  if (bytes.length !== count * STORAGE_BYTES[storage.type]) {
    throw new FaceError('MODEL_INTEGRITY', `The shard ends inside the weight "${name}"; it is cut off.`, { weight: name });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (storage.type) {
    case 'uint8':
      return { name, shape, type: 'uint8', values: bytes, scale: storage.scale, min: storage.min };
    case 'int32':
      return { name, shape, type: 'int32', values: new Int32Array(count).map((_, index) => view.getInt32(index * 4, true)) };
    case 'float32':
      return { name, shape, type: 'float32', values: new Float32Array(count).map((_, index) => view.getFloat32(index * 4, true)) };
    case 'float16': {
      const bits = new Uint16Array(count).map((_, index) => view.getUint16(index * 2, true));
      return { name, shape, type: 'float32', values: fromFloat16Array(bits) };
    }
  }
}
