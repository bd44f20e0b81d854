/** What a client may ask for. */

/** Limits of the server. Every one of them bounds memory or time that a stranger could otherwise take. */
export interface Limits {
  /** Largest photo, bytes. */
  readonly photoBytes: number;
  /** Largest width × height that is decoded. To be given to the engine as `maxPixels`: it is the engine that decodes. */
  readonly photoPixels: number;
  /** Photos, or embeddings, in one enrolment. */
  readonly photosPerRequest: number;
  /** Requests with photos at the same time: times `photosPerRequest` × `photoBytes`, the memory that uploads may take. */
  readonly uploadsUnderWay: number;
  /** Largest JSON body, bytes. Five embeddings of 512 numbers as text take about 60 KB. */
  readonly jsonBytes: number;
  /** Templates that one person may have. Verification compares with each of them. */
  readonly templatesPerPerson: number;
  /** Time in which a request must have arrived, milliseconds. */
  readonly requestMs: number;
}

/** Limits that suit photos of today's phones. */
export const DEFAULT_LIMITS: Limits = {
  photoBytes: 8 * 1024 * 1024,
  photoPixels: 25_000_000,
  photosPerRequest: 5,
  uploadsUnderWay: 8,
  jsonBytes: 128 * 1024,
  templatesPerPerson: 10,
  requestMs: 30_000,
};
