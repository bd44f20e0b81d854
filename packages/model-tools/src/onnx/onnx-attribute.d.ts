/** Node attributes of ONNX models: from and to plain values. */
import { type AttributeProto } from './generated/onnx_pb.ts';
/** The value of an attribute. ONNX tells integers from floats, so the kind is always named. */
export type AttributeValue = {
    readonly int: number;
} | {
    readonly ints: readonly number[];
} | {
    readonly float: number;
} | {
    readonly floats: readonly number[];
} | {
    readonly string: string;
};
/** Makes the attribute `name`. Integers must be safe integers; floats are rounded to float32. */
export declare function createAttribute(name: string, value: AttributeValue): AttributeProto;
/**
 * Reads an attribute.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for tensors, graphs and other kinds
 */
export declare function readAttribute(attribute: AttributeProto): AttributeValue;
