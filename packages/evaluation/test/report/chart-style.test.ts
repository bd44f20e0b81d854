import { describe, expect, it } from 'vitest';
import { PALETTES, seriesClass } from '../../src/report/chart-style.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** Colours as people see them who lack a kind of cone: Viénot, Brettel and Mollon, "Digital video colourmaps for checking the legibility of
 * displays by dichromats", Color Research and Application 24 (1999), as matrices over linear RGB. */
const VISIONS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  common: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'without long-wave cones': [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  'without middle-wave cones': [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

describe.each(Object.entries(PALETTES))('palette: %s', (_, { ground, series }) => {
  it('has a contrast of 3 to 1 with its ground, which WCAG 2.1 asks for graphics', () => {
    for (const colour of series) expect(contrast(toLinear(colour), toLinear(ground)), colour).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(VISIONS))('keeps the first three series apart in colour vision: %s', (_vision, matrix) => {
    const seen = series.slice(0, 3).map((colour) => toLab(see(toLinear(colour), matrix)));
    for (const [i, a] of seen.entries()) {
      // Ten times the just noticeable difference of CIE 1976.
      for (const b of seen.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(23);
    }
  });
});

it('repeats no pair of colour and dash in 42 series', () => {
  expect(new Set(Array.from({ length: 42 }, (_, i) => seriesClass(i))).size).toBe(42);
});

function toLinear(hex: string): Colour {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: Colour, b: Colour): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function see(colour: Colour, matrix: readonly (readonly number[])[]): Colour {
  const [red = 0, green = 0, blue = 0] = matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * (colour[i] ?? 0), 0));
  return [red, green, blue];
}

/** CIE 1976 L*a*b* under D65. */
function toLab([red, green, blue]: Colour): Colour {
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = f((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047);
  const y = f(luminance([red, green, blue]));
  const z = f((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(a: Colour, b: Colour): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));
}
