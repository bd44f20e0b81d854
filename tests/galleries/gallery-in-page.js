// Runs in the browser: makes a gallery with the built runtime, exports it, takes one in, and searches.

import { createFaceEngine, openDeviceKeys, openIndexedDbStore } from '/web/index.js';

let engine;
const galleries = new Map();

export async function start() {
  engine = await createFaceEngine({ pack: 'starter', executionProviders: 'wasm', modelBase: '/models/' });
  return engine.info.contract;
}

/** `key`: bytes of an encryption key, or 'device' for keys that never leave this browser. */
export async function open(name, key) {
  const keys = key === 'device' ? await openDeviceKeys(name) : key === undefined ? undefined : { encryption: Uint8Array.from(key) };
  galleries.set(name, await engine.openGallery({ store: await openIndexedDbStore(name), keys }));
}

export async function close(name) {
  await galleries.get(name).close();
}

export async function enrol(name, people) {
  const results = [];
  for (const { id, file } of people) {
    const options = { qualityLimits: {}, severalFaces: 'mostProminent', duplicates: 'ignore', metadata: { file } };
    results.push((await galleries.get(name).enrol(id, { photo: await read(file), source: file }, options)).status);
  }
  return results;
}

export async function identify(name, file) {
  const { candidates, decision } = await galleries.get(name).identify(await read(file), { limit: 10 });
  return { candidates, decision };
}

/** Base64: arrays of numbers take long on their way out of the page. */
export async function exportGallery(name, options) {
  const chunks = [];
  for await (const chunk of galleries.get(name).export(options)) chunks.push(chunk);
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(',')[1]);
    reader.readAsDataURL(new Blob(chunks));
  });
}

export async function importGallery(name, base64) {
  const bytes = new Uint8Array(await (await fetch(`data:application/octet-stream;base64,${base64}`)).arrayBuffer());
  try {
    return await galleries.get(name).import(bytes);
  } catch (error) {
    return { code: error.code };
  }
}

export async function describe(name, id) {
  return galleries.get(name).get(id);
}

async function read(file) {
  return new Uint8Array(await (await fetch(`/photos/${file}`)).arrayBuffer());
}
