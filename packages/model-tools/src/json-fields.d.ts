/** Reads fields of parsed JSON whose shape is not known yet. */
/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;
/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is an object; `label` names it in the message */
export declare function parseObject(value: unknown, label: string): JsonObject;
/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is an array */
export declare function parseArray(value: unknown, label: string): readonly unknown[];
/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is a string */
export declare function parseString(value: unknown, label: string): string;
/** @throws {FaceError} `MODEL_INTEGRITY` unless `value` is a finite number */
export declare function parseNumber(value: unknown, label: string): number;
/** Integers that JSON made by protobuf writes as strings. @throws {FaceError} `MODEL_INTEGRITY` unless `value` is a safe integer */
export declare function parseInteger(value: unknown, label: string): number;
