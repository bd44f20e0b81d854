import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodeBase64 } from '../../../src/encoding/base64.ts';
import { KERNELS_BASE64 } from '../../../src/image/simd/kernels.generated.ts';

it('the committed module is what the sources compile to', () => {
  const script = fileURLToPath(new URL('../../../../../scripts/build-kernels.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('the module is decoded to the bytes that were encoded, and stays small', () => {
  const bytes = decodeBase64(KERNELS_BASE64) ?? new Uint8Array();
  expect(Buffer.from(bytes).equals(Buffer.from(KERNELS_BASE64, 'base64'))).toBe(true);
  expect(gzipSync(bytes).length).toBeLessThan(4096);
});
