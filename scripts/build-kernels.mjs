// Compiles packages/core/kernels (AssemblyScript) into a TypeScript file that carries the WebAssembly module as text.
//
//   node scripts/build-kernels.mjs [--check]
//
// --check   writes nothing and fails when the committed file is not what the sources give.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = 'packages/core/src/image/simd/kernels.generated.ts';
/** Of 64 KiB: all memory the module ever has. `packages/core/src/image/simd/memory-map.ts` divides it. */
const MEMORY_PAGES = 32;

const { wasm, text } = await compile();
if (!process.argv.includes('--check')) {
  writeFileSync(join(root, target), text);
  console.error(`${target}: ${wasm.length} bytes, ${gzipSync(wasm).length} with gzip`);
} else if (readFileSync(join(root, target), 'utf8') !== text) {
  console.error(`${target} is not what packages/core/kernels compiles to; run \`node scripts/build-kernels.mjs\` and commit the result.`);
  process.exitCode = 1;
}

async function compile() {
  const outputs = new Map();
  const pages = String(MEMORY_PAGES);
  const { error, stderr } = await asc.main(
    [
      ...['index.ts', '--baseDir', join(root, 'packages/core/kernels'), '--outFile', 'kernels.wasm'],
      ...['--enable', 'simd', '--runtime', 'stub', '-O3', '--converge', '--noAssert'],
      ...['--initialMemory', pages, '--maximumMemory', pages],
    ],
    { writeFile: (name, contents) => void outputs.set(name, contents) },
  );
  const wasm = outputs.get('kernels.wasm');
  if (error !== null || wasm === undefined) throw new Error(`asc failed: ${error?.message}\n${stderr.toString()}`);
  return { wasm, text: toSource(wasm) };
}

function toSource(wasm) {
  return `/** Made from packages/core/kernels by scripts/build-kernels.mjs; do not edit. */

/** The WebAssembly module of the SIMD kernels, base64. */
export const KERNELS_BASE64 =
  '${Buffer.from(wasm).toString('base64')}';
`;
}
