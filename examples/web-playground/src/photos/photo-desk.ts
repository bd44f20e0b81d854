/** The photos on the page and their analysis, one after the other, so that stage times are those of a free machine. */

import type { Analysis, WebFaceEngine } from 'isoface';
import { drawCrop } from '../faces/draw-crop.ts';

/** How far a photo is. */
export type PhotoOutcome =
  | { readonly status: 'waiting' }
  | { readonly status: 'working' }
  | { readonly status: 'failed'; readonly error: unknown }
  /** `crops` are addresses of the aligned faces, in the order of the faces. */
  | { readonly status: 'done'; readonly analysis: Analysis; readonly crops: readonly string[] };

/** A photo that was added. */
export interface Photo {
  readonly id: number;
  /** File name without its ending. */
  readonly name: string;
  readonly blob: Blob;
  /** Address for an img element; valid until the photo is removed. */
  readonly url: string;
  readonly outcome: PhotoOutcome;
}

/** Holds the photos. */
export interface PhotoDesk {
  photos(): readonly Photo[];
  add(files: readonly File[]): void;
  removeAll(): void;
  /** Analyzes everything anew with another engine; `undefined`: waits for one. */
  useEngine(engine: WebFaceEngine | undefined): void;
}

/** Creates an empty desk. `onChange` is called whenever a photo came, went or got further. */
export function createPhotoDesk(onChange: () => void): PhotoDesk {
  let photos: readonly Photo[] = [];
  let engine: WebFaceEngine | undefined;
  let round = new AbortController();
  let isWorking = false;
  let nextId = 1;

  const settle = (id: number, outcome: PhotoOutcome): void => {
    photos = photos.map((photo) => (photo.id === id ? { ...photo, outcome } : photo));
    onChange();
  };

  async function work({ signal }: AbortController): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    while (engine !== undefined && !signal.aborted) {
      const photo = photos.find(({ outcome }) => outcome.status === 'waiting');
      if (photo === undefined) break;
      settle(photo.id, { status: 'working' });
      try {
        const analysis = await engine.analyze(photo.blob, { signal });
        const crops = await cutFaces(photo.blob, analysis);
        if (!signal.aborted) settle(photo.id, { status: 'done', analysis, crops });
      } catch (error) {
        if (!signal.aborted) settle(photo.id, { status: 'failed', error });
      }
    }
    isWorking = false;
    if (signal.aborted) void work(round);
  }

  const startOver = (): void => {
    round.abort();
    round = new AbortController();
    void work(round);
  };

  return {
    photos: () => photos,
    add(files) {
      const added = files.map((file): Photo => {
        const name = file.name.replace(/\.[^.]*$/, '') || 'photo';
        return { id: nextId++, name, blob: file, url: URL.createObjectURL(file), outcome: { status: 'waiting' } };
      });
      photos = [...photos, ...added];
      onChange();
      void work(round);
    },
    removeAll() {
      for (const { url } of photos) URL.revokeObjectURL(url);
      photos = [];
      onChange();
      startOver();
    },
    useEngine(next) {
      engine = next;
      photos = photos.map((photo) => ({ ...photo, outcome: { status: 'waiting' } }));
      onChange();
      startOver();
    },
  };
}

async function cutFaces(blob: Blob, { faces }: Analysis): Promise<readonly string[]> {
  if (faces.length === 0) return [];
  const picture = await createImageBitmap(blob);
  try {
    return faces.map((face) => drawCrop(picture, face));
  } finally {
    picture.close();
  }
}
