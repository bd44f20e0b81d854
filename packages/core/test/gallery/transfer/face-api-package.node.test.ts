/** What the package face-api.js really writes. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';
import { detectImport } from '../../../src/gallery/transfer/read-import.ts';
import { toBytes } from './sample-gallery.ts';

const require = createRequire(import.meta.url);

/** Runs in the package as a page loads it; its builds for Node need native TensorFlow. */
function runInFaceApi(code: string): string {
  const path = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'dist/face-api.js');
  const context = createContext({ TextEncoder, TextDecoder, URL, performance, setTimeout, navigator: { userAgent: '' }, fetch: () => {} });
  runInContext('var self = globalThis;', context);
  runInContext(readFileSync(path, 'utf8'), context);
  return String(runInContext(code, context));
}

const PEOPLE = `const people = ['Ada', 'Bob'].map((name, i) => new faceapi.LabeledFaceDescriptors(name,
  [0, 1].map((j) => Float32Array.from({ length: 128 }, (_, k) => Math.sin(i * 31 + j * 17 + k)))));`;

it.each([
  ['a list of LabeledFaceDescriptors', 'JSON.stringify(people)'],
  ['a FaceMatcher', 'JSON.stringify(new faceapi.FaceMatcher(people, 0.6))'],
  ['what toJSON gives, with line ends', 'JSON.stringify(people.map((person) => person.toJSON()), null, 2)'],
])('reads %s of face-api.js', async (_, code) => {
  const found = await detectImport(toBytes(runInFaceApi(`${PEOPLE} ${code}`)));
  if (found.kind !== 'faceApi') throw new Error('Expected descriptors of face-api.js.');
  expect(found.people.map(({ label, descriptors }) => [label, descriptors.length])).toEqual([
    ['Ada', 2],
    ['Bob', 2],
  ]);
  expect(found.people[1]?.descriptors[1]).toEqual(Array.from({ length: 128 }, (_, k) => Math.fround(Math.sin(31 + 17 + k))));
});
