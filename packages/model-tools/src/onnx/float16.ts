/** IEEE 754 half precision, as raw 16-bit patterns: the platforms that isoface supports have no `Float16Array`. */

const EXPONENT_MASK = 0x7c00;

/** The number that a half-precision bit pattern stands for. Exact: every half is a double. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & EXPONENT_MASK) >> 10;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * The half-precision bit pattern of a number that half precision represents exactly.
 *
 * @returns 16 bits, or `undefined` when the value would have to be rounded or is not a finite number.
 */
export function toExactFloat16Bits(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return sign;
  const exponent = Math.max(floorLog2(magnitude), -14);
  if (exponent > 15) return undefined;
  // In units of the last place: 1024..2047 for normal numbers, below 1024 for subnormal ones.
  const units = magnitude * 2 ** (10 - exponent);
  if (!Number.isInteger(units)) return undefined;
  return units < 1024 ? sign | units : sign | ((exponent + 15) << 10) | (units - 1024);
}

/**
 * Rounds values to half precision: to the nearest half, halfway cases to the even one.
 *
 * @returns bit patterns in the order of `values`, or `undefined` when any value is not finite, or rounds to more than 65504, the largest half
 */
export function toRoundedFloat16Array(values: Float32Array): Uint16Array | undefined {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const pattern = patterns[index] ?? 0;
    const magnitude = pattern & 0x7fffffff;
    if (magnitude >= FLOAT32_65520) return undefined;
    bits[index] = ((pattern >>> 16) & 0x8000) | (magnitude < FLOAT32_MIN_NORMAL ? roundSubnormal(magnitude) : roundNormal(magnitude));
  }
  return bits;
}

/** Float32 bit patterns: the first number that rounds to infinity, and the smallest normal half. */
const FLOAT32_65520 = 0x477ff000;
const FLOAT32_MIN_NORMAL = 0x38800000;

/** Drops 13 bits of the fraction. A carry runs into the exponent, as it must; the exponent is then counted from -15 instead of -127. */
function roundNormal(magnitude: number): number {
  return ((magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13) - (112 << 10);
}

/** Counts units of 2^-24. */
function roundSubnormal(magnitude: number): number {
  const shift = 126 - (magnitude >>> 23);
  // Less than half a unit; float32 subnormals are far below.
  if (shift > 24) return 0;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const units = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && units % 2 === 1) ? units + 1 : units;
}

/**
 * Halves the storage of values when nothing is lost.
 *
 * @returns bit patterns in the order of `values`, or `undefined` when any value is not exactly representable.
 */
export function toExactFloat16Array(values: Float32Array): Uint16Array | undefined {
  const bits = new Uint16Array(values.length);
  for (const [index, value] of values.entries()) {
    const half = toExactFloat16Bits(value);
    if (half === undefined) return undefined;
    bits[index] = half;
  }
  return bits;
}

/** Widens half-precision bit patterns to float32. */
export function fromFloat16Array(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, fromFloat16Bits);
}

/** Exponent of the highest bit. `Math.log2` may round up just below a power of two, hence the correction. */
function floorLog2(magnitude: number): number {
  const estimate = Math.floor(Math.log2(magnitude));
  if (2 ** estimate > magnitude) return estimate - 1;
  return 2 ** (estimate + 1) <= magnitude ? estimate + 1 : estimate;
}
