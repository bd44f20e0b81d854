/** Where in a gallery file each identity is: a few bytes for each, so that a million fit into memory. */

/** A frame in the file. */
export interface FrameRange {
  readonly start: number;
  readonly bytes: number;
}

/** Live frames at one moment, in the order of the file. */
export interface TableSnapshot {
  readonly starts: Float64Array;
  readonly bytes: Uint32Array;
}

/** The table. Frames are added in the order of the file. */
export interface IdentityTable {
  readonly identities: number;
  readonly templates: number;
  /** Of all live frames. */
  readonly bytes: number;
  find(id: string): FrameRange | undefined;
  /** Id of the live frame that begins at `start`. */
  idAt(start: number): string | undefined;
  /** Adds a frame, or puts it in the place of another, which is returned. */
  put(id: string, frame: FrameRange, templates: number): FrameRange | undefined;
  remove(id: string): FrameRange | undefined;
  ids(): IterableIterator<string>;
  /** Number of templates of an identity, 0 for an unknown one. */
  templatesOf(id: string): number;
  snapshot(): TableSnapshot;
}

/** So many rows without a live frame are kept before they are squeezed out. */
const SLACK = 1_024;

/** Creates an empty table. */
export function createIdentityTable(): IdentityTable {
  const rows = new Map<string, number>();
  let ids: (string | undefined)[] = [];
  let starts = new Float64Array(64);
  let bytes = new Uint32Array(64);
  let templates = new Uint16Array(64);
  let count = 0;
  let liveTemplates = 0;
  let liveBytes = 0;

  const rangeOf = (row: number): FrameRange => ({ start: starts[row] as number, bytes: bytes[row] as number });
  const drop = (row: number): FrameRange => {
    const range = rangeOf(row);
    ids[row] = undefined;
    liveTemplates -= templates[row] as number;
    liveBytes -= range.bytes;
    return range;
  };
  const grow = (): void => {
    const length = count * 2;
    const [oldStarts, oldBytes, oldTemplates] = [starts, bytes, templates];
    starts = new Float64Array(length);
    bytes = new Uint32Array(length);
    templates = new Uint16Array(length);
    starts.set(oldStarts);
    bytes.set(oldBytes);
    templates.set(oldTemplates);
  };
  const squeeze = (): void => {
    let to = 0;
    for (let row = 0; row < count; row++) {
      const id = ids[row];
      if (id === undefined) continue;
      ids[to] = id;
      starts[to] = starts[row] as number;
      bytes[to] = bytes[row] as number;
      templates[to] = templates[row] as number;
      rows.set(id, to++);
    }
    count = to;
    ids = ids.slice(0, count);
  };

  return {
    get identities() {
      return rows.size;
    },
    get templates() {
      return liveTemplates;
    },
    get bytes() {
      return liveBytes;
    },
    find(id) {
      const row = rows.get(id);
      return row === undefined ? undefined : rangeOf(row);
    },
    idAt(start) {
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((starts[middle] as number) < start) low = middle + 1;
        else high = middle;
      }
      return low < count && starts[low] === start ? ids[low] : undefined;
    },
    put(id, frame, templateCount) {
      const before = rows.get(id);
      const replaced = before === undefined ? undefined : drop(before);
      if (count - rows.size > rows.size + SLACK) squeeze();
      if (count === starts.length) grow();
      starts[count] = frame.start;
      bytes[count] = frame.bytes;
      templates[count] = templateCount;
      ids[count] = id;
      rows.set(id, count++);
      liveTemplates += templateCount;
      liveBytes += frame.bytes;
      return replaced;
    },
    remove(id) {
      const row = rows.get(id);
      if (row === undefined) return undefined;
      rows.delete(id);
      return drop(row);
    },
    ids: () => rows.keys(),
    templatesOf: (id) => templates[rows.get(id) ?? -1] ?? 0,
    snapshot() {
      const liveStarts = new Float64Array(rows.size);
      const liveLengths = new Uint32Array(rows.size);
      let to = 0;
      for (let row = 0; row < count; row++) {
        if (ids[row] === undefined) continue;
        liveStarts[to] = starts[row] as number;
        liveLengths[to++] = bytes[row] as number;
      }
      return { starts: liveStarts, bytes: liveLengths };
    },
  };
}
