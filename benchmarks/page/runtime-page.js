// One engine of isoface, driven from outside through `window.runtime`. Every function answers `{ value }` or `{ error }`: what a page throws
// reaches its driver as text only.

import { computeCosineSimilarity, drawSelfTestFace, encodeError, FaceError, isFaceError, selectProminentFace } from '@isoface/core';
import { createFaceEngine } from '/lib/dist/index.js';

/** Encoded pictures that are kept in memory, as an upload is when it is analyzed. */
const KEPT_BYTES = 64 * 2 ** 20;
const IMAGE_ERRORS = ['IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED'];

let engine;
let options;
let gallery = [];
const blobs = new Map();
const pixels = new Map();

/** Begins with the navigation, not when the driver asks. */
const started = start();
started.catch(() => {});

window.runtime = {
  start: () => answer(() => started),

  analyze: (index) =>
    answer(async () => {
      const input = await (options.input === 'pixels' ? decodedOnce(index) : fetchOnce(index));
      const startedAt = performance.now();
      const { faces, width, height, timings } = await engine.analyze(input);
      const analyzedAt = performance.now();
      const embedding = selectProminentFace(faces, width, height)?.embedding?.vector;
      const match = embedding && searchGallery(embedding);
      const endedAt = performance.now();
      const matchMs = gallery.length === 0 ? 0 : endedAt - analyzedAt;
      return {
        timings: { ...timings, matchMs },
        wallMs: endedAt - startedAt,
        faces: faces.length,
        embedding: embedding && Array.from(embedding),
        match,
      };
    }),

  enroll: (vectors) =>
    answer(() => {
      gallery = vectors.map((vector) => Float32Array.from(vector));
    }),
};

/** Times count from the start of the navigation. */
async function start() {
  options = await (await fetchFile('/files/options.json')).json();
  // The first picture is fetched while the engine loads, as a page would do it.
  const first = options.startPictures > 0 ? fetchOnce(0) : undefined;
  first?.catch(() => {});
  const { pack, executionProvider, threads, modelBase } = options;
  engine = await createFaceEngine({
    pack,
    executionProviders: executionProvider,
    ...(executionProvider === 'wasm' && { threads: threads === 1 ? 1 : severalThreads() }),
    ...(modelBase !== undefined && { modelBase: new URL(modelBase, location.href).href }),
  });
  const readyMs = performance.now();
  await analyzeFirst();
  const firstResultMs = performance.now();
  const { info } = engine;
  return {
    readyMs,
    firstResultMs,
    pack: info.pack,
    executionProvider: info.executionProvider,
    versions: info.versions,
    runtime: info.runtime,
    warnings: info.warnings,
  };
}

/** As many as the engine takes by default, and at least two. */
function severalThreads() {
  return Math.max(2, Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2)));
}

/** A picture that cannot be decoded is told when it is analyzed itself. */
async function analyzeFirst() {
  for (let index = 0; index < options.startPictures; index++) {
    try {
      await engine.analyze(await fetchOnce(index));
      return;
    } catch (error) {
      if (!isFaceError(error, ...IMAGE_ERRORS)) throw error;
    }
  }
  await engine.analyze(drawSelfTestFace());
}

function searchGallery(probe) {
  let best;
  for (const [row, vector] of gallery.entries()) {
    const similarity = computeCosineSimilarity(vector, probe);
    if (best === undefined || similarity > best.similarity) best = { row, similarity };
  }
  return best;
}

async function decodedOnce(index) {
  const known = pixels.get(index);
  if (known !== undefined) return known;
  const bitmap = await createImageBitmap(await fetchOnce(index)).catch((cause) => {
    throw new FaceError('IMAGE_INVALID', `Cannot decode the picture ${index}.`, { index }, { cause });
  });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  // In memory, not on a GPU: reading the pixels back is no part of the work.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  pixels.set(index, image);
  return image;
}

/** Keeps files until they are more than fit, then forgets what was fetched first. */
async function fetchOnce(index) {
  const known = blobs.get(index);
  if (known !== undefined) return known;
  const blob = await (await fetchFile(`/pictures/${index}`)).blob();
  if (blob.size > KEPT_BYTES) return blob;
  blobs.set(index, blob);
  let total = [...blobs.values()].reduce((sum, { size }) => sum + size, 0);
  for (const [first, old] of blobs) {
    if (total <= KEPT_BYTES) break;
    blobs.delete(first);
    total -= old.size;
  }
  return blob;
}

async function fetchFile(path) {
  const response = await fetch(path);
  if (!response.ok) throw new FaceError('IO_FAILED', `Expected ${path} from the benchmark's server, got status ${response.status}.`);
  return response;
}

async function answer(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: encodeError(error) };
  }
}
