import { createEigenfacesRecognizer, decodeEigenfaces, encodeEigenfaces, trainEigenfaces } from '@isoface/core/recognizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeCrc32 } from '../../src/checksum/crc32.ts';

const CROPS = Float32Array.from({ length: 7 * 30 }, (_, i) => (i * i * 37 + i * 11) % 253);
const MODEL = trainEigenfaces(CROPS, 7, {
  width: 6,
  height: 5,
  components: 4,
  alignment: { template: 'dlib-150-5', landmarks: 'detector-5', region: { x: 10, y: 5, width: 120.5, height: 100 } },
});
const BYTES = encodeEigenfaces(MODEL);

/** The bytes with the checksum made right again, as an attacker would. */
function forge(change: (bytes: Uint8Array<ArrayBuffer>, view: DataView) => void): Uint8Array {
  const bytes = BYTES.slice();
  const view = new DataView(bytes.buffer);
  change(bytes, view);
  view.setUint32(12, computeCrc32(bytes.subarray(16)), true);
  return bytes;
}

/** With eight bytes more, which the checksum knows. */
function withTail(): Uint8Array {
  const bytes = Uint8Array.from([...BYTES, 1, 2, 3, 4, 5, 6, 7, 8]);
  new DataView(bytes.buffer).setUint32(12, computeCrc32(bytes.subarray(16)), true);
  return bytes;
}

/** With another header of the same length. */
function forgeHeader(change: (json: string) => string): Uint8Array {
  return forge((bytes, view) => {
    const length = view.getUint32(16, true);
    const json = String.fromCharCode(...bytes.subarray(20, 20 + length));
    const changed = change(json.trimEnd()).padEnd(length);
    expect(changed).toHaveLength(length);
    expect(changed).not.toBe(json);
    bytes.set(
      Uint8Array.from(changed, (character) => character.charCodeAt(0)),
      20,
    );
  });
}

describe('computeCrc32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of "%s"', (text, expected) => {
    expect(computeCrc32(Uint8Array.from(text, (character) => character.charCodeAt(0)))).toBe(expected);
  });
});

describe('encodeEigenfaces and decodeEigenfaces', () => {
  it('give the model back, bit for bit', () => {
    expect(decodeEigenfaces(BYTES)).toEqual(MODEL);
    expect(encodeEigenfaces(decodeEigenfaces(BYTES))).toEqual(BYTES);
  });

  it('give a recognizer of the same contract and templates', () => {
    const [before, after] = [MODEL, decodeEigenfaces(BYTES)].map(createEigenfacesRecognizer);
    expect(after?.contract).toBe(before?.contract);
    expect(after?.computeTemplates(CROPS, 7)).toEqual(before?.computeTemplates(CROPS, 7));
  });

  it('give any model back', () => {
    const arbitraryCrops = fc
      .uint8Array({ minLength: 5 * 12, maxLength: 5 * 12 })
      .filter((bytes) => bytes.some((byte, i) => byte !== bytes[i % 12]));
    fc.assert(
      fc.property(arbitraryCrops, fc.boolean(), fc.double({ min: 0.1, max: 1, noNaN: true }), (bytes, whitening, energy) => {
        const model = trainEigenfaces(Float32Array.from(bytes), 5, { width: 3, height: 4, whitening, energy });
        expect(decodeEigenfaces(encodeEigenfaces(model))).toEqual(model);
      }),
      { numRuns: 30 },
    );
  });

  it('read bytes that begin at an odd place of a larger buffer', () => {
    const shifted = new Uint8Array(BYTES.length + 9).subarray(3, 3 + BYTES.length);
    shifted.set(BYTES);
    expect(decodeEigenfaces(shifted)).toEqual(MODEL);
  });

  it('do not depend on the order or number of fields of the crop', () => {
    const { width, height, channels, alignment } = MODEL.crop;
    const crop = {
      note: 'mine',
      alignment: { landmarks: alignment.landmarks, region: alignment.region, template: alignment.template },
      channels,
      height,
      width,
    };
    expect(encodeEigenfaces({ ...MODEL, crop })).toEqual(BYTES);
  });
});

describe('decodeEigenfaces refuses', () => {
  const refusal = (): unknown => expect.objectContaining({ name: 'FaceError', code: 'MODEL_INTEGRITY' });

  it('every truncation', () => {
    for (let length = 0; length < BYTES.length; length++) expect(() => decodeEigenfaces(BYTES.subarray(0, length))).toThrow(refusal());
  });

  it('every changed byte', () => {
    for (let at = 0; at < BYTES.length; at++) {
      const changed = BYTES.slice();
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      expect(() => decodeEigenfaces(changed)).toThrow(refusal());
    }
  });

  it('any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeEigenfaces(bytes)).toThrow(refusal());
      }),
    );
  });

  it.each<[string, Uint8Array]>([
    ['bytes after the end', withTail()],
    ['a later version', forge((_, view) => view.setUint32(8, 2, true))],
    ['a header that is longer than the file', forge((_, view) => view.setUint32(16, 0xffff_fffc, true))],
    ['a header of other length', forge((_, view) => view.setUint32(16, view.getUint32(16, true) - 1, true))],
    ['a header that is no JSON', forgeHeader((json) => json.replace('{', '['))],
    ['a header of null', forgeHeader(() => 'null')],
    ['a header of a number', forgeHeader(() => '7')],
    ['more eigenfaces than bytes', forgeHeader((json) => json.replace('"components":4', '"components":9'))],
    [
      'a huge number of eigenfaces',
      forgeHeader((json) => json.replace('"components":4,"totalVariance":', '"components":4e9,"totalVarianc":')),
    ],
    [
      'a negative number of eigenfaces',
      forgeHeader((json) => json.replace('"components":4,', '"components":-4,').replace('"whitening"', '"whitenin"')),
    ],
    ['an unknown alignment', forgeHeader((json) => json.replace('dlib-150-5', 'dlib-150-6'))],
    ['another width', forgeHeader((json) => json.replace('"width":6', '"width":7'))],
    [
      'a width as a text',
      forgeHeader((json) => json.replace('"width":6,"height"', '"width":"","height"').replace('"x":10', '"x":1').replace('"y":5', '"y":5')),
    ],
    ['colour crops', forgeHeader((json) => json.replace('"grey"', '"rgb"'))],
    ['no training crops', forgeHeader((json) => json.replace('"trainedOn":7', '"trainedOn":0'))],
    ['whitening that is no truth value', forgeHeader((json) => json.replace('"whitening":false', '"whitening":0'))],
    ['NaN among the numbers', forge((bytes, view) => view.setFloat32(bytes.length - 4, Number.NaN, true))],
    ['an infinite eigenvalue', forge((_, view) => view.setFloat64(20 + view.getUint32(16, true), Number.POSITIVE_INFINITY, true))],
  ])('%s, even with the right checksum', (_, bytes) => {
    expect(() => decodeEigenfaces(bytes)).toThrow(refusal());
  });
});
