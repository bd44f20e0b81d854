/** The parts that all data sets are made of, and what can be wrong with them. */

/** One image file of a data set. */
export interface DatasetEntry {
  /** Relative to the root of the data set, with forward slashes on every system. */
  readonly path: string;
  /** Whom it shows; absent where nobody said. */
  readonly identity?: string | undefined;
  /** Upright width in pixels: after the orientation that the file asks for. */
  readonly width: number;
  /** Upright height in pixels. */
  readonly height: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Digest of the file's bytes: 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** An image that protocols work on. */
export interface DatasetImage {
  /** Absolute. */
  readonly path: string;
  /** Relative to the root of the data set, with forward slashes: what reports show. */
  readonly relativePath: string;
  /** Whom it shows; absent where nobody said. */
  readonly identity?: string | undefined;
}

/** An image whose person is known. */
export interface LabelledImage extends DatasetImage {
  readonly identity: string;
}

/** What is wrong with a part of a data set; nothing that is found wrong is left out without one of these. */
export type DatasetProblemCode =
  /** A file that an index or a label file names is not there. */
  | 'missing'
  /** A file or folder cannot be read, or its header is damaged. */
  | 'unreadable'
  /** Not an image of a format that isoface decodes, or no file at all (a pipe, a device). */
  | 'unsupported'
  /** The bytes are those of another image; both are kept. */
  | 'duplicate-content'
  /** Two files claim the same place; the first one counts. */
  | 'duplicate-path'
  /** A name that cannot be written down (not UTF-8, leaving the root), or one that label files cannot hold (line breaks). */
  | 'bad-name'
  /** A name that starts with a dot; not looked at. */
  | 'hidden'
  /** A link to a folder that is visited already: a loop, or a second way to it. */
  | 'repeated-folder'
  /** An image beside the folders of the persons, so that nobody knows whom it shows. */
  | 'no-identity'
  /** All images are of one identity: probably the wrong folder. */
  | 'single-identity'
  /** Fewer images than asked for. */
  | 'too-few'
  /** A file is no longer the one that was indexed. */
  | 'changed'
  /** A line of a label file that cannot be understood. */
  | 'bad-line'
  /** A number that label files state about themselves (faces, pairs, folds) is not what they hold. */
  | 'bad-count'
  /** A box without area, or wholly outside of its image; it is not among the boxes. */
  | 'bad-box'
  /** A box that reaches beyond its image; it is kept as it is. */
  | 'box-outside'
  /** Landmarks that belong to no box. */
  | 'bad-landmarks'
  /** The text was not UTF-8 and its encoding was guessed. */
  | 'assumed-encoding'
  /** The columns of a table were guessed. */
  | 'assumed-columns'
  /** The same two images are paired more than once, in either order; all are kept. */
  | 'duplicate-pair'
  /** An image is paired with itself; it is kept. */
  | 'self-pair'
  /** The same two images are said to show one person and two, or the same bytes are filed under two persons. */
  | 'contradiction'
  /** An image that no label names; left out, for nobody says that it shows no face. */
  | 'unlabelled';

/** One thing that is wrong. */
export interface DatasetProblem {
  /** The file in question, relative to the root where it lies there: an image, or the label file itself. */
  readonly path: string;
  readonly code: DatasetProblemCode;
  /** What is wrong and what was done about it. */
  readonly message: string;
  /** The line that says so, in the label file that was read; counted from 1. */
  readonly line?: number | undefined;
}
