/** Descriptors that face-api.js stored: the JSON of `LabeledFaceDescriptors`, alone, in a list, or inside a `FaceMatcher`. */

/** One person as face-api.js stored them. */
export interface LabeledDescriptors {
  readonly label: string;
  /** Each as many numbers as the network gives (128). */
  readonly descriptors: readonly (readonly number[])[];
}

/**
 * Reads what `LabeledFaceDescriptors.toJSON()` or `FaceMatcher.toJSON()` gave.
 *
 * @param json - A parsed JSON value from anywhere.
 * @returns `undefined` if the value has another shape altogether.
 * @throws {FaceError} `GALLERY_DAMAGED` if it has this shape but a label or a descriptor is not what it should be.
 */
export function decodeFaceApiDescriptors(_json: unknown): readonly LabeledDescriptors[] | undefined {
  throw new Error('Not written yet.');
}
