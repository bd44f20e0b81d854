/** Reads the XML of OpenVINO's intermediate representation (IR). */
/** A network in the two files that OpenVINO publishes. */
export interface OpenVinoIrFiles {
    /** Content of the `.xml` file. */
    readonly xml: Uint8Array;
    /** Content of the `.bin` file with the constants. */
    readonly bin: Uint8Array;
}
/** One operation. */
export interface IrLayer {
    readonly id: string;
    readonly name: string;
    readonly type: string;
    /** Attributes of the operation, as written. */
    readonly data: Readonly<Record<string, string>>;
    /** Ids of the layers it reads from, in the order of its ports. */
    readonly inputs: readonly string[];
    /** Dimensions of its first input; empty if it has none. */
    readonly inputDims: readonly number[];
}
/**
 * The layers of a network by id.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not an IR; `MODEL_UNSUPPORTED` for versions other than 10 and 11
 */
export declare function parseIr(xml: Uint8Array): {
    readonly name: string;
    readonly layers: ReadonlyMap<string, IrLayer>;
};
/** @throws {FaceError} `MODEL_INTEGRITY` if no layer has this id */
export declare function requireLayer(layers: ReadonlyMap<string, IrLayer>, id: string): IrLayer;
/**
 * A list of integers such as `strides="2, 2"`.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the attribute is missing or malformed
 */
export declare function integerList(layer: IrLayer, attribute: string): number[];
