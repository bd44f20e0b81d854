/** Test data that is too large, or not ours to copy, for the repository. */
/** Whether the folder named by `ISOFACE_SHARED` (default: `shared` beside the repository) is there; without it tests that compare with originals are skipped. */
export declare const hasSharedModels: boolean;
/** Content of a file below its `models` folder. */
export declare function readShared(...path: string[]): Uint8Array;
/** Parsed JSON of a file below its `models/golden` folder. The shape is the caller's promise: the files are fixed. */
export declare function readGolden<T>(name: string): T;
