import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { parseDocument, runInProcess } from './support/run-in-process.ts';

it('prints its version', async () => {
  expect(await runInProcess(['--version'])).toEqual({ exitCode: 0, stdout: `${packageJson.version}\n`, stderr: '' });
});

it.each([
  ['--help'],
  ['detect', '--help'],
  ['embed', '--help'],
  ['verify', '--help'],
  ['compare', '--help'],
  ['doctor', '--help'],
  ['models', 'pull', '--help'],
  ['models', 'verify', '--help'],
])('documents its exit codes: %s %s', async (...argv) => {
  const { exitCode, stdout } = await runInProcess(argv);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Exit codes?:/);
});

it.each([
  ['an unknown command', ['verfy', 'a', 'b'], /Did you mean verify/],
  ['an unknown option', ['verify', 'a', 'b', '--fmrr', '1e-3'], /Did you mean --fmr/],
  ['a missing argument', ['verify', 'a.jpg'], /missing required argument 'b'/],
  ['an argument too many', ['verify', 'a', 'b', 'c'], /too many arguments/],
  ['a rate above 1', ['verify', 'a', 'b', '--fmr', '7'], /between 0 and 1/],
  ['a rate that is no number', ['verify', 'a', 'b', '--fmr', 'low'], /between 0 and 1/],
  ['a threshold that is no number', ['verify', 'a', 'b', '--threshold', 'x'], /Expected a number/],
  ['a rate and a threshold', ['verify', 'a', 'b', '--threshold', '1', '--fmr', '1e-3'], /cannot be used with/],
  ['an unknown provider', ['detect', 'a', '--ep', 'tpu'], /auto, cpu, webgpu, cuda/],
  ['no threads', ['detect', 'a', '--threads', '0'], /whole number of at least 1/],
  ['no command', [], /Usage: isoface/],
])('refuses %s', async (_, argv, message) => {
  const plain = await runInProcess(argv);
  expect(plain.exitCode).toBe(2);
  expect(plain.stdout).toBe('');
  expect(plain.stderr).toMatch(message);

  const json = await runInProcess([...argv, '--json']);
  expect(json.exitCode).toBe(2);
  expect(json.stderr).toBe('');
  expect(parseDocument(json)).toMatchObject({ error: { code: 'INVALID_OPTION', message: expect.any(String), details: {} } });
});
