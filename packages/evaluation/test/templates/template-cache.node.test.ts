import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeptSighting, openTemplateCache } from '../../src/templates/template-cache.ts';

const kept = (n: number): KeptSighting => ({
  wallMs: n,
  sighting: { width: 100, height: 50 + n, faces: 1, template: Float32Array.of(n, 1 / 3, -1e-20, 16777217) },
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fill(count: number): Promise<string> {
  const cache = await openTemplateCache(folder, 'print');
  for (let n = 0; n < count; n++) await cache.put(`hash${n}`, kept(n));
  await cache.close();
  return cache.file;
}

describe('openTemplateCache', () => {
  it('gives back what was put, bit for bit, and nothing under another fingerprint', async () => {
    await fill(3);
    const again = await openTemplateCache(folder, 'print');
    expect(again.size).toBe(3);
    expect(again.get('hash2')).toEqual(kept(2));
    expect(again.get('hash3')).toBeUndefined();
    await again.close();
    const other = await openTemplateCache(folder, 'another print');
    expect(other.size).toBe(0);
    await other.close();
  });

  it('keeps that no face was found', async () => {
    const cache = await openTemplateCache(folder, 'print');
    await cache.put('none', { wallMs: 1, sighting: { width: 5, height: 5, faces: 0 } });
    await cache.close();
    const again = await openTemplateCache(folder, 'print');
    expect(again.get('none')).toEqual({ wallMs: 1, sighting: { width: 5, height: 5, faces: 0 } });
    await again.close();
  });

  it('passes over every possible half of a last line, and what is put after it stays', async () => {
    const file = await fill(2);
    const whole = await readFile(file);
    const lastLine = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let end = lastLine; end < whole.length - 1; end += 7) {
      await writeFile(file, whole.subarray(0, end));
      const cache = await openTemplateCache(folder, 'print');
      expect(cache.get('hash0')).toEqual(kept(0));
      expect(cache.get('hash1')).toBeUndefined();
      await cache.put('hash1', kept(1));
      await cache.close();
      const again = await openTemplateCache(folder, 'print');
      expect(again.get('hash0')).toEqual(kept(0));
      expect(again.get('hash1')).toEqual(kept(1));
      await again.close();
    }
  });

  it('takes a last line that lacks only its line feed', async () => {
    const file = await fill(2);
    await truncate(file, (await stat(file)).size - 1);
    const cache = await openTemplateCache(folder, 'print');
    expect(cache.size).toBe(2);
    await cache.put('hash2', kept(2));
    await cache.close();
    const again = await openTemplateCache(folder, 'print');
    expect(again.size).toBe(3);
    await again.close();
  });

  it.each(['null', '5', '[]', '{}', '{"sha256":"x"}', '{"sha256":"x","wallMs":1,"template":"AAA="}', '\u0000\u0000'])(
    'passes over a line that says %j',
    async (line) => {
      const file = await fill(1);
      await appendFile(file, `${line}\n`);
      const cache = await openTemplateCache(folder, 'print');
      expect(cache.size).toBe(1);
      expect(cache.get('hash0')).toEqual(kept(0));
      await cache.close();
    },
  );

  it('can be read by its owner alone', async () => {
    const file = await fill(1);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('does not keep templates that take longer to read than to make', async () => {
    const cache = await openTemplateCache(folder, 'print');
    await cache.put('long', { wallMs: 1, sighting: { width: 5, height: 5, faces: 1, template: new Float32Array(5000) } });
    await cache.close();
    expect((await readFile(cache.file)).length).toBe(0);
  });

  it('says what to do where the folder cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openTemplateCache(join(folder, 'file', 'cache'), 'print')).rejects.toMatchObject({
      code: 'IO_FAILED',
      message: expect.stringContaining('--no-cache'),
    });
  });
});
