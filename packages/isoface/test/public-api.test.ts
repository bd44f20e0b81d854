import { isFaceError } from '@isoface/core';
import * as isoface from 'isoface';
import { expect, it } from 'vitest';

/** By address: the types of the browser's side are not those of this project. */
const BROWSER = new URL('../src/browser.ts', import.meta.url).href;

const NAMES = [
  'DEFAULT_FMR',
  'DEFAULT_FPIR',
  'ENROL_QUALITY_LIMITS',
  'FACE_ERROR_CODES',
  'FaceError',
  'compareEmbeddings',
  'computeCosineSimilarity',
  'computeEuclideanDistance',
  'createBrowserUnlockStore',
  'createFaceEngine',
  'createFaceUnlock',
  'createMemoryStore',
  'createMemoryUnlockStore',
  'deleteDeviceKeys',
  'deleteIndexedDbGallery',
  'handOver',
  'isEmbedding',
  'isFaceError',
  'openCamera',
  'openDeviceKeys',
  'openFileStore',
  'openIndexedDbStore',
  'openStoredGallery',
  'selectLivenessThreshold',
  'selectProminentFace',
  'selectSearchThreshold',
  'selectThreshold',
];

it('exports exactly what the README promises', () => {
  expect(Object.keys(isoface).sort()).toEqual(NAMES);
});

it('exports the same names for browsers, so that a page can be rendered on a server', async () => {
  expect(Object.keys(await import(BROWSER)).sort()).toEqual(NAMES);
});

it.each([
  ['openCamera', () => isoface.openCamera()],
  ['handOver', async () => isoface.handOver()],
  ['openIndexedDbStore', () => isoface.openIndexedDbStore()],
  ['deleteIndexedDbGallery', () => isoface.deleteIndexedDbGallery()],
  ['openDeviceKeys', () => isoface.openDeviceKeys()],
  ['deleteDeviceKeys', () => isoface.deleteDeviceKeys()],
  ['createBrowserUnlockStore', async () => isoface.createBrowserUnlockStore()],
])('%s says in Node that it needs a browser', async (name, call) => {
  const error = await call().catch((reason: unknown) => reason);
  expect(isFaceError(error, 'BACKEND_UNAVAILABLE')).toBe(true);
  expect(error).toMatchObject({ message: expect.stringContaining(`Expected a browser for ${name}`) });
});
