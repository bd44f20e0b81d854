/** Runs ONNX models on the CPU, with all graph optimisations, so that folding and fusing are part of what is tested. */
/** A loaded model: feeds its only input and gives all outputs by name. */
export type RunModel = (data: Float32Array, dims: readonly number[]) => Promise<Readonly<Record<string, ModelOutput>>>;
/** One output. */
export interface ModelOutput {
    readonly data: Float32Array;
    readonly dims: readonly number[];
}
/** Loads a model. */
export declare function loadModel(bytes: Uint8Array): Promise<RunModel>;
/** The output `name`; fails if the model has none. */
export declare function getOutput(outputs: Readonly<Record<string, ModelOutput>>, name: string): ModelOutput;
/** Largest absolute difference of two arrays of one length. */
export declare function maxDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number;
