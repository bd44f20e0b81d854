import { describe, expect, it } from 'vitest';
import { readOptions } from '../src/read-options.ts';

describe('command line', () => {
  it('listens to this machine alone unless told otherwise', () => {
    expect(readOptions([])).toEqual({ host: '127.0.0.1', port: 3000, gallery: './gallery.isoface', pack: 'starter' });
    expect(readOptions(['--port', '0', '--pack=standard'])).toMatchObject({ port: 0, pack: 'standard' });
    expect(readOptions(['--help', '--port', '0'])).toBeUndefined();
  });

  it.each([
    [['--port', 'x'], '--port'],
    [['--port', ''], '--port'],
    [['--port', '65536'], '65535'],
    [['--pack', 'best'], 'starter or standard'],
    [['--gallery', ''], '--gallery'],
    [['--fast'], '--fast'],
  ])('says what is wrong with %j', (argv, words) => {
    expect(() => readOptions(argv)).toThrow(words);
  });
});
