import { createFaceEngine } from '@isoface/core';
import {
  brokenImage,
  createFakeParts,
  describeFaceEngine,
  drawFakeFaces,
  FAKE_IMPORT_SOURCE,
  fakeLandmarkPack,
  fakePack,
} from '@isoface/testkit';

const images = {
  face: drawFakeFaces(128, 128, [{ box: { x: 32, y: 24, width: 48, height: 56 }, person: [250, 40] }]),
  blank: drawFakeFaces(128, 96, []),
  broken: brokenImage,
  importSource: FAKE_IMPORT_SOURCE,
};

describeFaceEngine('core, five landmarks', (options) => createFaceEngine(createFakeParts({ pack: fakePack }), options), images);
describeFaceEngine('core, 68 landmarks', (options) => createFaceEngine(createFakeParts({ pack: fakeLandmarkPack }), options), images);
