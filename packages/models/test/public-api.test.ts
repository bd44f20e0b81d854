import * as models from '@isoface/models';
import { expect, it } from 'vitest';

it('exports exactly this', () => {
  expect(Object.keys(models).sort()).toMatchInlineSnapshot(`
    [
      "MAX_MODEL_BYTES",
      "blazeface",
      "builtinModels",
      "builtinPacks",
      "createFetchSource",
      "createMemorySource",
      "createModelSource",
      "definePack",
      "faceLandmark68",
      "faceRecognition",
      "faceReidentificationRetail0095",
      "facemesh468",
      "getModel",
      "getPack",
      "minifasnetV1se",
      "minifasnetV2",
      "mobilefacenetInsightfaceY1",
      "parseModelManifest",
      "parsePackManifest",
      "scrfd500mKps",
      "sface2021dec",
      "sfacePack",
      "standardPack",
      "starterPack",
      "ultrafaceRfb320",
      "yunet2023mar",
    ]
  `);
});
