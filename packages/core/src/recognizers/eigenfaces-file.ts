/**
 * Eigenfaces as bytes, to be stored and loaded. All numbers are little-endian:
 *
 * | bytes | content |
 * | --- | --- |
 * | 8 | ASCII `isoeigen` |
 * | 4 | version of the format, 1 |
 * | 4 | CRC-32 of all bytes from here to the end |
 * | 4 | length of the header |
 * | header | ASCII JSON, filled up with spaces so that what follows begins at a multiple of 8 |
 * | K * 8 | eigenvalues, float64 |
 * | H * W * 4 | mean face, float32 |
 * | K * H * W * 4 | eigenfaces, float32 |
 */

import { computeCrc32 } from '../checksum/crc32.ts';
import { FaceError } from '../errors/face-error.ts';
import { assertEigenfacesModel, type EigenfacesModel } from './eigenfaces-model.ts';
import type { RecognizerCrop } from './recognizer.ts';
import { assertRecognizerCrop } from './recognizer-crop.ts';

const MAGIC = 'isoeigen';
const FORMAT_VERSION = 1;
const CHECKSUM_AT = 12;
const CHECKED_FROM = 16;
const HEADER_AT = 20;

interface Header {
  readonly crop: RecognizerCrop;
  readonly trainedOn: number;
  readonly components: number;
  readonly totalVariance: number;
  readonly whitening: boolean;
}

/**
 * Encodes trained eigenfaces; the same model gives the same bytes.
 *
 * @returns About `4 * (K + 1) * H * W` bytes: 4 MB for 120 eigenfaces of 92 x 92.
 * @throws {FaceError} `MODEL_INTEGRITY` for a model that does not fit together.
 */
export function encodeEigenfaces(model: EigenfacesModel): Uint8Array<ArrayBuffer> {
  assertEigenfacesModel(model);
  const { crop, trainedOn, totalVariance, eigenvalues, whitening } = model;
  const header: Header = { crop: toPlainCrop(crop), trainedOn, components: eigenvalues.length, totalVariance, whitening };
  const json = JSON.stringify(header);
  const headerLength = Math.ceil((HEADER_AT + json.length) / 8) * 8 - HEADER_AT;
  const bytes = new Uint8Array(HEADER_AT + headerLength + countDataBytes(eigenvalues.length, model.mean.length));
  writeAscii(bytes, 0, MAGIC);
  writeAscii(bytes, HEADER_AT, json.padEnd(headerLength));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(CHECKED_FROM, headerLength, true);
  let at = HEADER_AT + headerLength;
  for (let i = 0; i < eigenvalues.length; i++, at += 8) view.setFloat64(at, eigenvalues[i] as number, true);
  for (const values of [model.mean, model.components]) {
    for (let i = 0; i < values.length; i++, at += 4) view.setFloat32(at, values[i] as number, true);
  }
  view.setUint32(CHECKSUM_AT, computeCrc32(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/**
 * Decodes what {@link encodeEigenfaces} gave. Nothing larger than the bytes themselves is allocated, whatever they claim.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if they are truncated, changed, of another format or a later version, or do not fit together.
 */
export function decodeEigenfaces(bytes: Uint8Array): EigenfacesModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_AT || readAscii(bytes, 0, MAGIC.length) !== MAGIC) {
    throw damaged(`to begin with "${MAGIC}", got ${bytes.length} bytes that do not; is it another file?`);
  }
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION)
    throw damaged(`of format version ${FORMAT_VERSION}, got ${version}; train again or use a matching isoface`);
  const [wanted, got] = [view.getUint32(CHECKSUM_AT, true), computeCrc32(bytes.subarray(CHECKED_FROM))];
  if (wanted !== got) throw damaged(`to have the checksum ${wanted.toString(16)}, got ${got.toString(16)}; copy the file again`);

  const headerLength = view.getUint32(CHECKED_FROM, true);
  const start = HEADER_AT + headerLength;
  if (start > bytes.length || start % 8 !== 0) throw damaged(`with a header inside its ${bytes.length} bytes, got one of ${headerLength}`);
  const header = parseHeader(readAscii(bytes, HEADER_AT, start));
  const pixels = header.crop.width * header.crop.height;
  const expected = start + countDataBytes(header.components, pixels);
  if (bytes.length !== expected) throw damaged(`of ${expected} bytes, as its header says, got ${bytes.length}`);

  const mean = start + header.components * 8;
  const { crop, trainedOn, totalVariance, whitening } = header;
  const model: EigenfacesModel = {
    crop,
    trainedOn,
    mean: readFloats(view, mean, pixels),
    eigenvalues: Float64Array.from({ length: header.components }, (_, i) => view.getFloat64(start + i * 8, true)),
    totalVariance,
    components: readFloats(view, mean + pixels * 4, header.components * pixels),
    whitening,
  };
  assertEigenfacesModel(model);
  return model;
}

function countDataBytes(components: number, pixels: number): number {
  return components * 8 + (components + 1) * pixels * 4;
}

/** Fields in a fixed order, and none that the type does not have: the bytes decide the contract. */
function toPlainCrop({ width, height, channels, alignment: { template, landmarks, region } }: RecognizerCrop): RecognizerCrop {
  const part = region && { x: region.x, y: region.y, width: region.width, height: region.height };
  return { width, height, channels, alignment: { template, landmarks, ...(part && { region: part }) } };
}

/** Types only; what the numbers must be to each other is checked with the arrays. */
function parseHeader(json: string): Header {
  let header: Partial<Record<keyof Header, unknown>> | null;
  try {
    header = JSON.parse(json);
    assertRecognizerCrop(header?.crop);
  } catch (cause) {
    throw damaged('with a header of valid JSON and a valid crop', cause);
  }
  const { crop, trainedOn, components, totalVariance, whitening } = header as Partial<Header>;
  const isGood =
    [trainedOn, components, totalVariance].every((value) => typeof value === 'number') &&
    typeof whitening === 'boolean' &&
    Number.isSafeInteger(components);
  if (!isGood) throw damaged('with a header of { crop, trainedOn, components, totalVariance, whitening }');
  return { crop: toPlainCrop(crop as RecognizerCrop), trainedOn, components, totalVariance, whitening } as Header;
}

function readFloats(view: DataView, start: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getFloat32(start + i * 4, true);
  return values;
}

function writeAscii(bytes: Uint8Array, start: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[start + i] = text.charCodeAt(i);
}

function readAscii(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

function damaged(expected: string, cause?: unknown): FaceError {
  return new FaceError('MODEL_INTEGRITY', `Expected an eigenfaces file ${expected}.`, {}, { cause });
}
