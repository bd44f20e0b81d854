/** Makes the models of the starter pack from the two npm packages that carry their weights. The only file here that reads files. */
/** Where the original weights are. */
export interface StarterSources {
    /** Folder of the package `@vladmandic/face-api`. */
    readonly faceApiDir: string;
    /** Folder of the package `@vladmandic/human`. */
    readonly humanDir: string;
}
/** A model of the starter pack, ready to be written. */
export interface StarterModel {
    /** File name. */
    readonly name: string;
    /** ONNX bytes. */
    readonly bytes: Uint8Array;
}
/**
 * Converts detector, landmark and recognition networks. Deterministic: the same packages always give the same bytes.
 *
 * @throws {FaceError} `IO_FAILED` if a file cannot be read; `MODEL_INTEGRITY` if one is damaged
 */
export declare function buildStarterModels({ faceApiDir, humanDir }: StarterSources): StarterModel[];
