/** Declarations of graph inputs and outputs. */
import { type ValueInfoProto } from './generated/onnx_pb.ts';
/** A size, or the name of a size that is only known when the model runs. */
export type Dimension = number | string;
/** Declares a float32 value with these dimensions. */
export declare function createValueInfo(name: string, dims: readonly Dimension[]): ValueInfoProto;
/** The dimensions of a declaration; `?` where the model states none. */
export declare function readDimensions(value: ValueInfoProto): Dimension[];
