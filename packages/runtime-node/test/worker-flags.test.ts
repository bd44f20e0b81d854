/** A program may be started with any flags; its engine's threads start all the same. The built package is what Node can run without a tool. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ENTRY = new URL('../dist/index.js', import.meta.url).href;
const PROGRAM = `
  const { createFaceEngine } = await import(${JSON.stringify(ENTRY)});
  const engine = await createFaceEngine({ executionProviders: 'cpu', threads: 1 });
  console.log(engine.info.executionProvider);
  await engine.dispose();
`;

describe('createFaceEngine', () => {
  it.each([
    ['of V8 and of the process', ['--max-old-space-size=2000', '--title=example', '--expose-gc']],
    ['that name sources, beside one of V8', ['--conditions=nobody-has-this', '--expose-gc']],
  ])('starts its threads in a program with flags %s', async (_, flags) => {
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', PROGRAM], { cwd });
    expect(stdout).toBe('cpu\n');
  });
});
