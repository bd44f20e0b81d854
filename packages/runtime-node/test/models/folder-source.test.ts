import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBundledSource } from '../../src/models/bundled-source.ts';
import { createFolderSource } from '../../src/models/folder-source.ts';
import { describeFile, isSame, makeTemporaryDirectory, randomModel } from './support/model-files.ts';

const bytes = randomModel(5000);
const file = await describeFile(bytes);

async function makeFolder(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const directory = await makeTemporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

describe('folder', () => {
  it.each<readonly [string, Readonly<Record<string, Uint8Array>>, boolean]>([
    ['under its own name', { 'model.onnx': bytes }, true],
    ['under another name', { 'downloaded (1).bin': bytes }, true],
    ['three levels deep', { 'a/b/c/x': bytes }, true],
    ['four levels deep', { 'a/b/c/d/x': bytes }, false],
    ['among files of the same size', { a: randomModel(5000), b: randomModel(5000), c: bytes, 'model.onnx': randomModel(5000) }, true],
    ['not at all', { 'other.onnx': randomModel(4000) }, false],
    ['in an empty folder', {}, false],
  ])('has the file %s', async (_, files, found) => {
    const got = await createFolderSource(await makeFolder(files)).read(file);
    expect(got === undefined ? false : isSame(got, bytes)).toBe(found);
  });

  it.each<readonly [string, Uint8Array]>([
    ['tampered', randomModel(5000)],
    ['truncated', bytes.subarray(0, 4000)],
    ['empty', new Uint8Array()],
    ['too long', new Uint8Array(9000)],
  ])('shows the file of that name when it is %s', async (_, content) => {
    const got = await createFolderSource(await makeFolder({ 'model.onnx': content })).read(file);
    expect(got).toHaveLength(Math.min(content.length, 5001));
  });

  it.skipIf(process.platform === 'win32')('is safe with link loops, broken links and pipes', async () => {
    const directory = await makeFolder({ 'deep/x': bytes });
    await symlink(directory, join(directory, 'deep', 'loop'));
    await symlink('/nowhere', join(directory, 'broken'));
    execFileSync('mkfifo', [join(directory, 'model.onnx')]);
    await symlink(join(directory, 'deep', 'x'), join(directory, 'link'));
    expect(isSame(await createFolderSource(directory).read(file), bytes)).toBe(true);
  });

  it('that does not exist is an error that names the setting', async () => {
    const directory = join(await makeTemporaryDirectory(), 'missing');
    await expect(createFolderSource(directory).read(file)).rejects.toMatchObject({
      code: 'IO_FAILED',
      message: expect.stringMatching(/ISOFACE_MODELS.*missing.*ENOENT/),
    });
  });

  it('rejects with the reason of an aborted signal', async () => {
    const directory = await makeFolder({ 'model.onnx': bytes });
    await expect(createFolderSource(directory).read(file, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });
});

describe('bundled files', () => {
  it('are found by name', async () => {
    const source = createBundledSource(await makeFolder({ 'model.onnx': bytes }));
    expect(isSame(await source.read(file), bytes)).toBe(true);
    expect(await source.read({ ...file, name: 'other.onnx' })).toBeUndefined();
  });

  it.each(['../secret', 'a/../../secret', '..', '.', '/etc/passwd'])('never come from outside: %s', async (name) => {
    const directory = await makeFolder({ secret: bytes, 'assets/model.onnx': bytes });
    expect(await createBundledSource(join(directory, 'assets')).read({ ...file, name })).toBeUndefined();
  });
});
