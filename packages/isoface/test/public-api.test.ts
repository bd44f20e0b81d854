import * as isoface from 'isoface';
import { expect, it } from 'vitest';

it('exports exactly what the README promises', () => {
  expect(Object.keys(isoface).sort()).toMatchInlineSnapshot(`
    [
      "DEFAULT_FMR",
      "FACE_ERROR_CODES",
      "FaceError",
      "compareEmbeddings",
      "computeCosineSimilarity",
      "computeEuclideanDistance",
      "createFaceEngine",
      "isEmbedding",
      "isFaceError",
      "selectProminentFace",
      "selectThreshold",
    ]
  `);
});
