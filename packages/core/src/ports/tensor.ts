/** Tensors as they pass between the preprocessor and the inference session. All models of isoface take and give float32. */

/** A tensor in ordinary memory. */
export interface HostTensor {
  readonly location: 'host';
  /** Dimensions in order, e.g. `[N, 3, H, W]`. */
  readonly dims: readonly number[];
  /** Row-major values; the length is the product of `dims`. */
  readonly data: Float32Array;
  /** Gives the memory back to whoever made the tensor, for its next use; idempotent. The data may change afterwards. */
  dispose(): void;
}

/** A tensor that stays in the memory of an accelerator. Only the adapter that made it knows what `handle` is. */
export interface DeviceTensor {
  readonly location: 'device';
  readonly dims: readonly number[];
  readonly handle: unknown;
  /** Copies the values to ordinary memory. */
  read(): Promise<Float32Array>;
  /** Frees the device memory; idempotent. */
  dispose(): void;
}

/** A float32 tensor, in ordinary or in device memory. */
export type Tensor = HostTensor | DeviceTensor;

/** The values of a tensor in ordinary memory: a copy of a device tensor, the data itself of a host tensor. */
export async function readTensor(tensor: Tensor): Promise<Float32Array> {
  return tensor.location === 'host' ? tensor.data : tensor.read();
}

/** Wraps `data` as a tensor without copying it. */
export function asHostTensor(data: Float32Array, dims: readonly number[]): HostTensor {
  return { location: 'host', dims, data, dispose: () => {} };
}
