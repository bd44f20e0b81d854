/** Numbers that a golden file holds as base64, little-endian as all platforms of the tests are. */

const toBytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export const readBytes = (text: string): Uint8Array => toBytes(text);
export const readUint16 = (text: string): Uint16Array => new Uint16Array(toBytes(text).buffer);
export const readFloat32 = (text: string): Float32Array => new Float32Array(toBytes(text).buffer);
export const readFloat64 = (text: string): Float64Array => new Float64Array(toBytes(text).buffer);
