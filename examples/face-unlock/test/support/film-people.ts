/** People for the camera: faces of photos that can be filmed. */

import { createFaceEngine } from '@isoface/runtime-node';
import { type FilmFace, openFilmFace, type PhotoFace, sharedPath } from '@isoface/testkit/node';

/** One photo of a person, and the person before a camera. */
export interface FilmedPerson extends PhotoFace {
  readonly photo: string;
  readonly face: FilmFace;
}

/**
 * Opens photos of one face each.
 *
 * @param photos - Names of files.
 */
export async function filmPeople<Name extends string>(photos: Readonly<Record<Name, string>>): Promise<Record<Name, FilmedPerson>> {
  const engine = await createFaceEngine({
    pack: 'standard',
    modelsDir: sharedPath('models'),
    executionProviders: 'cpu',
    liveness: 'required',
    worker: false,
  });
  try {
    const people: Partial<Record<Name, FilmedPerson>> = {};
    for (const name of Object.keys(photos) as Name[]) {
      const photo = photos[name];
      const { faces } = await engine.analyze(photo, { mesh: true });
      const [face] = faces;
      if (faces.length !== 1 || face?.mesh === undefined) throw new Error(`Expected one face in ${photo}, got ${faces.length}.`);
      const { mesh } = face;
      people[name] = { photo, mesh, face: await openFilmFace({ photo, mesh }) };
    }
    return people as Record<Name, FilmedPerson>;
  } finally {
    await engine.dispose();
  }
}
