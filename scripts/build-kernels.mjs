// Compiles the kernels (AssemblyScript, packages/core/kernels) into TypeScript files that carry the WebAssembly modules as text.
//
//   node scripts/build-kernels.mjs [--check]
//
// --check   writes nothing and fails when a committed file is not what the sources give.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Memory is in pages of 64 KiB. */
const MODULES = [
  {
    sources: 'packages/core/kernels',
    target: 'packages/core/src/image/simd/kernels.generated.ts',
    name: 'KERNELS_BASE64',
    meaning: 'The WebAssembly module of the SIMD kernels, base64.',
    // All memory the module ever has: `packages/core/src/image/simd/memory-map.ts` divides it.
    memory: ['--initialMemory', '32', '--maximumMemory', '32'],
  },
  {
    sources: 'packages/core/kernels/search',
    target: 'packages/core/src/gallery/search/search-kernels.generated.ts',
    name: 'SEARCH_KERNELS_BASE64',
    meaning: 'The WebAssembly module that searches galleries, base64.',
    // Grows with the gallery.
    memory: ['--initialMemory', '1'],
  },
];

for (const module of MODULES) {
  const { wasm, text } = await compile(module);
  const { target, sources } = module;
  if (!process.argv.includes('--check')) {
    writeFileSync(join(root, target), text);
    console.error(`${target}: ${wasm.length} bytes, ${gzipSync(wasm).length} with gzip`);
  } else if (readFileSync(join(root, target), 'utf8') !== text) {
    console.error(`${target} is not what ${sources} compiles to; run \`node scripts/build-kernels.mjs\` and commit the result.`);
    process.exitCode = 1;
  }
}

async function compile({ sources, name, meaning, memory }) {
  const outputs = new Map();
  const { error, stderr } = await asc.main(
    [
      ...['index.ts', '--baseDir', join(root, sources), '--outFile', 'kernels.wasm'],
      ...['--enable', 'simd', '--runtime', 'stub', '-O3', '--converge', '--noAssert'],
      ...memory,
    ],
    { writeFile: (path, contents) => void outputs.set(path, contents) },
  );
  const wasm = outputs.get('kernels.wasm');
  if (error !== null || wasm === undefined) throw new Error(`asc failed: ${error?.message}\n${stderr.toString()}`);
  return { wasm, text: toSource(wasm, name, meaning) };
}

function toSource(wasm, name, meaning) {
  return `/** Made from packages/core/kernels by scripts/build-kernels.mjs; do not edit. */

/** ${meaning} */
export const ${name} =
  '${Buffer.from(wasm).toString('base64')}';
`;
}
