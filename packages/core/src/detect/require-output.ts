/** Access to model outputs that fails clearly. */

import { FaceError } from '../errors/face-error.ts';
import type { HostTensor } from '../ports/tensor.ts';

/**
 * The values of output `name`, which must have `length` of them.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` if the output is missing or has another length.
 */
export function requireOutput(outputs: Readonly<Record<string, HostTensor>>, name: string, length: number): Float32Array {
  const output = outputs[name];
  if (output?.data.length === length) return output.data;
  const came = output === undefined ? `only ${Object.keys(outputs).join(', ')}` : `[${output.dims.join(', ')}]`;
  throw new FaceError(
    'SHAPE_MISMATCH',
    `Expected model output "${name}" with ${length} values, got ${came}; is this the model of the manifest?`,
    {
      output: name,
      expected: length,
      got: output?.dims,
    },
  );
}
