/**
 * Converts the models of the starter pack into `packages/models/assets`. Needs the built package model-tools.
 *
 * Usage: node scripts/build-starter-models.mjs [--update]; reports on stderr, because commands build before they print
 *   --update  accept what the conversion gives and record it in `packages/models/src/starter-files.json`
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modelsDir = fileURLToPath(new URL('../packages/models', import.meta.url));
const assetsDir = join(modelsDir, 'assets');
const recordPath = join(modelsDir, 'src', 'starter-files.json');

const update = process.argv.includes('--update');
const record = update ? {} : JSON.parse(readFileSync(recordPath, 'utf8'));

if (!update && Object.values(record).every(isPresent)) {
  console.error('starter models: up to date');
} else {
  writeModels(await convert());
}

async function convert() {
  const toolsUrl = new URL('../packages/model-tools/dist/build-starter.js', import.meta.url);
  const { buildStarterModels } = await import(toolsUrl.href);
  const require = createRequire(join(modelsDir, 'package.json'));
  return buildStarterModels({
    faceApiDir: dirname(require.resolve('@vladmandic/face-api/package.json')),
    // This package does not export its package.json; its main file is dist/human.node.js.
    humanDir: dirname(dirname(require.resolve('@vladmandic/human'))),
  });
}

function writeModels(models) {
  const made = Object.fromEntries(models.map(({ name, bytes }) => [name.replace('.onnx', ''), describe(name, bytes)]));
  if (update) writeAtomically(recordPath, `${JSON.stringify(made, null, 2)}\n`);
  else checkAgainstRecord(made);
  mkdirSync(assetsDir, { recursive: true });
  for (const { name, bytes } of models) writeAtomically(join(assetsDir, name), bytes);
  for (const file of Object.values(made)) console.error(`starter models: ${file.name} ${file.bytes} bytes ${file.sha256}`);
}

function checkAgainstRecord(made) {
  const ids = [...new Set([...Object.keys(made), ...Object.keys(record)])];
  const changed = ids.filter((id) => made[id]?.sha256 !== record[id]?.sha256 || made[id]?.bytes !== record[id]?.bytes);
  if (changed.length === 0) return;
  throw new Error(`The conversion of ${changed.join(', ')} differs from starter-files.json; if that is intended, run again with --update.`);
}

function isPresent(expected) {
  const path = join(assetsDir, expected.name);
  if (!existsSync(path)) return false;
  const { bytes, sha256 } = describe(expected.name, readFileSync(path));
  return bytes === expected.bytes && sha256 === expected.sha256;
}

function describe(name, bytes) {
  return { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Whoever reads the file meanwhile sees either the old or the new content. */
function writeAtomically(path, content) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
