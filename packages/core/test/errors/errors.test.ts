import { encodeError, FACE_ERROR_CODES, FaceError, type FaceErrorCode, isFaceError, reviveError } from '@isoface/core';
import { describe, expect, it } from 'vitest';

const error = new FaceError('SHAPE_MISMATCH', 'Expected 3, got 4.', { expected: 3, got: [4] });
const throwing = (field: string): object =>
  Object.defineProperty({ name: 'FaceError', code: 'DISPOSED', message: 'm' }, field, {
    get() {
      throw new Error('do not touch');
    },
  });

describe('FaceError', () => {
  it('carries code, details, cause and a name that survives minifying', () => {
    const cause = new TypeError('deeper');
    const outer = new FaceError('IO_FAILED', 'No disk.', { path: 'x' }, { cause });
    expect(outer).toMatchObject({ name: 'FaceError', code: 'IO_FAILED', message: 'No disk.', details: { path: 'x' }, cause });
    expect(outer).toBeInstanceOf(Error);
    expect(new FaceError('DISPOSED', 'Gone.').details).toEqual({});
  });

  it.each(Object.entries(FACE_ERROR_CODES))('code %s is its own name', (key, value) => {
    expect(value).toBe(key);
  });
});

describe('isFaceError', () => {
  it.each<[string, unknown, boolean]>([
    ['our own', error, true],
    ['a plain copy of it, as another realm gives', { name: 'FaceError', code: 'DISPOSED', message: 'm' }, true],
    ['an Error with name and code added', Object.assign(new Error('m'), { name: 'FaceError', code: 'DISPOSED' }), true],
    ['an unknown code', { name: 'FaceError', code: 'NO_SUCH_CODE', message: 'm' }, false],
    ['a code of Object.prototype', { name: 'FaceError', code: 'toString', message: 'm' }, false],
    ['a code that is no string', { name: 'FaceError', code: 7, message: 'm' }, false],
    ['another name', { name: 'TypeError', code: 'DISPOSED', message: 'm' }, false],
    ['a Node error', Object.assign(new Error('m'), { code: 'ENOENT' }), false],
    ['an abort', new DOMException('m', 'AbortError'), false],
    ['no message', { name: 'FaceError', code: 'DISPOSED' }, false],
    ['null', null, false],
    ['undefined', undefined, false],
    ['a string', 'FaceError', false],
    ['a number', 7, false],
    ['a name that throws', throwing('name'), false],
    ['a code that throws', throwing('code'), false],
  ])('%s', (_, value, expected) => {
    expect(isFaceError(value)).toBe(expected);
  });

  it.each<[FaceErrorCode[], boolean]>([
    [['SHAPE_MISMATCH'], true],
    [['DISPOSED', 'SHAPE_MISMATCH'], true],
    [['DISPOSED'], false],
    [[], true],
  ])('narrows to %j', (codes, expected) => {
    expect(isFaceError(error, ...codes)).toBe(expected);
  });
});

/** What a worker boundary does to an error as data. */
const send = (thrown: unknown): Error => reviveError(structuredClone(encodeError(thrown)));

describe('encodeError and reviveError', () => {
  it('carry a FaceError whole', () => {
    const cause = new RangeError('deeper', { cause: 'deepest' });
    const revived = send(new FaceError('IO_FAILED', 'No disk.', { path: 'x', sizes: [1, 2] }, { cause }));
    expect(revived).toBeInstanceOf(FaceError);
    expect(revived).toMatchObject({ name: 'FaceError', code: 'IO_FAILED', message: 'No disk.', details: { path: 'x', sizes: [1, 2] } });
    expect(revived.cause).toMatchObject({ name: 'RangeError', message: 'deeper', cause: { name: 'Error', message: 'deepest' } });
    expect(isFaceError(revived, 'IO_FAILED')).toBe(true);
  });

  it('keep the stack of the place where it was thrown', () => {
    expect(send(error).stack).toBe(error.stack);
  });

  it.each<[string, unknown, { name: string; message: string }]>([
    ['an AbortError', new DOMException('stop', 'AbortError'), { name: 'AbortError', message: 'stop' }],
    ['a TimeoutError', new DOMException('late', 'TimeoutError'), { name: 'TimeoutError', message: 'late' }],
    ['a TypeError', new TypeError('no'), { name: 'TypeError', message: 'no' }],
    ['a string', 'gone', { name: 'Error', message: 'gone' }],
    ['null', null, { name: 'Error', message: 'null' }],
    ['undefined', undefined, { name: 'Error', message: 'undefined' }],
    ['a symbol', Symbol('s'), { name: 'Error', message: 'Symbol(s)' }],
    ['a big integer', 7n, { name: 'Error', message: '7' }],
    ['an object', { message: 'odd' }, { name: 'Error', message: 'odd' }],
    ['a FaceError of a newer version', { name: 'FaceError', code: 'FROM_THE_FUTURE', message: 'm' }, { name: 'FaceError', message: 'm' }],
    ['a getter that throws', throwing('message'), { name: 'Error', message: 'An error that cannot be read was thrown.' }],
    ['an object that cannot be a string', Object.create(null), { name: 'Error', message: 'An error that cannot be read was thrown.' }],
  ])('carry %s', (_, thrown, expected) => {
    const revived = send(thrown);
    expect(revived).toBeInstanceOf(Error);
    expect({ name: revived.name, message: revived.message }).toEqual(expected);
  });

  it('end a chain of causes that leads back to itself', () => {
    const a = new Error('a');
    a.cause = new Error('b', { cause: a });
    const names: unknown[] = [];
    for (let at: unknown = send(a); at instanceof Error; at = at.cause) names.push(at.message);
    expect(names.slice(0, 4)).toEqual(['a', 'b', 'a', 'b']);
    expect(names.length).toBeLessThan(12);
  });

  it('do not take a foreign code for ours', () => {
    expect(encodeError(Object.assign(new Error('m'), { code: 'ENOENT' }))).not.toHaveProperty('code');
  });
});
