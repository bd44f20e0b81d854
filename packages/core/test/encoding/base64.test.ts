import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/encoding/base64.ts';

/** Of the platform: another implementation. */
const platformBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

describe('base64', () => {
  it('is what the platform makes of it, and comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(platformBase64(bytes));
        expect(decodeBase64(text)).toEqual(bytes);
      }),
      { seed: 1 },
    );
  });

  it.each([
    'A',
    'AA',
    'AAA',
    'AA=',
    'A===',
    '====',
    'AB==',
    'AAB=',
    'AA=A',
    'AA==AAAA',
    'AAA\n',
    ' AAA',
    'AA-_',
    'AAÄA',
    'AA\u0100A',
    'AAA\u{1f600}',
  ])('does not read %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
