/** OpenVINO operations as ONNX nodes. */
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { type IrConstant } from './ir-constants.ts';
import { type IrLayer } from './parse-ir.ts';
/** A value of the network: a constant that has not been added to the graph yet, or the name of a computed value. */
export type IrValue = {
    readonly constant: IrConstant;
} | {
    readonly computed: string;
};
/** What an operation can ask for while it is imported. */
export interface IrContext {
    readonly graph: OnnxGraphBuilder;
    /** The value at this position of the inputs. @throws {FaceError} `MODEL_INTEGRITY` if there is none */
    input(layer: IrLayer, index: number): IrValue;
}
type ImportLayer = (layer: IrLayer, context: IrContext) => IrValue;
/** The operations that are understood; `Parameter`, `Const` and `Result` are handled by the importer. */
export declare const IR_OPERATORS: ReadonlyMap<string, ImportLayer>;
export {};
