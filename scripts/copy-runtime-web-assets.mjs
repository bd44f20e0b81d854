// Puts the files that runtime-web is published with beside its code: ONNX Runtime Web's wasm builds and the models of the starter pack.
//
//   node scripts/copy-runtime-web-assets.mjs [--update]
//
// --update  records size and SHA-256 of ONNX Runtime's files in packages/runtime-web/src/ort/ort-files.json instead of checking them.

import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packageDir = join(root, 'packages/runtime-web');
const recordPath = join(packageDir, 'src/ort/ort-files.json');
const ortDist = dirname(createRequire(join(packageDir, 'package.json')).resolve('onnxruntime-web/wasm'));
const { version } = JSON.parse(readFileSync(join(ortDist, '../package.json'), 'utf8'));
const BUILDS = {
  wasm: 'ort-wasm-simd-threaded',
  jspi: 'ort-wasm-simd-threaded.jspi',
  asyncify: 'ort-wasm-simd-threaded.asyncify',
};

const found = {
  version,
  builds: Object.fromEntries(Object.entries(BUILDS).map(([build, name]) => [build, describe(`${name}.wasm`)])),
};
const text = `${JSON.stringify(found, null, 2)}\n`;
if (process.argv.includes('--update')) writeFileSync(recordPath, text);
else if (readFileSync(recordPath, 'utf8') !== text) {
  throw new Error('onnxruntime-web differs from ort-files.json; if that is intended, run again with --update.');
}

for (const name of Object.values(BUILDS)) {
  copyInto('ort', join(ortDist, `${name}.mjs`));
  copyInto('ort', join(ortDist, `${name}.wasm`));
}
const modelsDir = join(root, 'packages/models/assets');
for (const name of readdirSync(modelsDir).filter((file) => file.endsWith('.onnx'))) copyInto('models', join(modelsDir, name));

function describe(name) {
  const bytes = readFileSync(join(ortDist, name));
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function copyInto(folder, path) {
  const target = join(packageDir, 'dist', folder);
  mkdirSync(target, { recursive: true });
  copyFileSync(path, join(target, path.split(/[\\/]/).at(-1)));
}
