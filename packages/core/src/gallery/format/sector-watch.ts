/** Tells bytes that a disk never got from bytes that it changed. */

/** Disks write whole sectors; after a power failure those that were not written read as zeros. */
const SECTOR_BYTES = 512;
/** The part of a sector at the edge of a frame must be this long to count: fewer zeros may be there by chance. */
const MIN_ZEROS = 8;

/** Looks for sectors of zeros in bytes that come in pieces. */
export interface SectorWatch {
  feed(bytes: Uint8Array): void;
  /** Whether all bytes that one sector has of what was fed are zeros. */
  hasUnwritten(): boolean;
  /** Whether all bytes were zeros. */
  isZero(): boolean;
}

/** Creates a watch for bytes that begin at `start` of the file. */
export function createSectorWatch(start: number): SectorWatch {
  let at = start;
  let sinceNonZero = 0;
  let wasFound = false;
  let wasNonZero = false;
  /** At the end of a sector, or of everything. */
  const settle = (): void => {
    const share = Math.min(at % SECTOR_BYTES === 0 ? SECTOR_BYTES : at % SECTOR_BYTES, at - start);
    if (share >= MIN_ZEROS && sinceNonZero >= share) wasFound = true;
  };
  return {
    feed(bytes) {
      for (let i = 0; i < bytes.length; i++) {
        if (bytes[i] === 0) sinceNonZero++;
        else {
          sinceNonZero = 0;
          wasNonZero = true;
        }
        at++;
        if (at % SECTOR_BYTES === 0) settle();
      }
    },
    hasUnwritten() {
      settle();
      return wasFound;
    },
    isZero: () => !wasNonZero,
  };
}
