/** A copy of the vectors of a gallery that follows its changes. */

/** A template with its vector, in the space of the gallery and as it is searched. */
export interface OpenTemplate {
  readonly label: number;
  readonly vector: Float32Array;
}

/** Keeps a copy of the vectors up to date. Called in the order of the changes, after each is durable. */
export interface GalleryMirror {
  put(id: string, templates: readonly OpenTemplate[]): Promise<void>;
  remove(id: string): Promise<void>;
  /** Everything has changed: read the gallery anew. */
  reset(): Promise<void>;
}
