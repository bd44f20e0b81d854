import { describe, expect, it } from 'vitest';
import { detectImport } from '../../../src/gallery/transfer/read-import.ts';
import { collect, encodeAll, FORMATS, HEADER, join, PEOPLE, toBytes } from './sample-gallery.ts';

const ada = { label: 'ada', descriptors: [[0.1, -0.2]] };

describe('detectImport', () => {
  it.each(FORMATS)('reads an export as %s', async (format) => {
    const found = await detectImport(await encodeAll(format));
    if (found.kind !== 'export') throw new Error('Expected an export.');
    expect(found.export).toMatchObject({ format, header: HEADER });
    expect(await collect(found.export.identities)).toEqual(PEOPLE);
  });

  it.each([
    ['as it is', JSON.stringify([ada])],
    ['with line ends and spaces', `\r\n\t ${JSON.stringify([ada], null, 2)}\n`],
    ['with a byte order mark', `\ufeff${JSON.stringify([ada])}`],
    ['with further fields', JSON.stringify({ format: 'isoface-gallery', ...ada })],
    ['longer than what is looked at first', `[${' '.repeat(5000)}${JSON.stringify(ada)}]`],
  ])('reads JSON of face-api.js, %s', async (_, text) => {
    const expected = { kind: 'faceApi', people: [ada] };
    expect(await detectImport(toBytes(text))).toEqual(expected);
    expect(await detectImport(Array.from(toBytes(text), (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it.each([
    ['JSON of another kind', '{"hello":"world"}', 'JSON of another kind'],
    ['JSON that is cut off', '[{"label":"ada","descriptors":[[1', 'cut off or damaged'],
    ['another table', 'label;x\nada;1', 'a CSV table'],
    ['descriptors with an error', JSON.stringify([{ ...ada, label: '' }]), '[0].label'],
    ['JSON of many levels', '['.repeat(200_000), 'cut off or damaged'],
  ])('refuses %s', async (_, text, message) => {
    await expect(detectImport(toBytes(text))).rejects.toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining(message) });
  });

  it('refuses JSON in no UTF-8', async () => {
    const bytes = join([toBytes('[{"label":"'), Uint8Array.of(0xff), toBytes('","descriptors":[[1]]}]')]);
    await expect(detectImport(bytes)).rejects.toMatchObject({ code: 'GALLERY_DAMAGED' });
  });

  it('stops reading JSON that is too large', async () => {
    const filler = new Uint8Array(1024 * 1024).fill(0x20);
    let given = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      yield toBytes('[');
      for (; given < 1000; given++) yield filler;
    };
    await expect(detectImport(endless())).rejects.toMatchObject({
      code: 'GALLERY_DAMAGED',
      message: expect.stringContaining('several parts'),
    });
    expect(given).toBeLessThan(300);
  });
});
