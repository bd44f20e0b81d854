/** A fixed piece of work, timed beside everything else: where it takes longer, the machine was slower, not the software. */

const NUMBERS = 1 << 18;
const PASSES = 8;
const ROUNDS = 15;
const WARMUP = 5;

/**
 * Times the yardstick: sums of products over 1 MiB of float32 numbers, which neither allocates nor waits.
 *
 * @returns Wall time of each round, milliseconds.
 */
export function measureYardstick(): number[] {
  const numbers = Float32Array.from({ length: NUMBERS }, (_, i) => ((i * 37) % 101) / 101);
  const samples: number[] = [];
  for (let round = -WARMUP; round < ROUNDS; round++) {
    const started = performance.now();
    let sum = 0;
    for (let pass = 0; pass < PASSES; pass++) sum += sumOfProducts(numbers);
    // Always true; a result that nobody reads might not be computed.
    if (round >= 0 && sum > 0) samples.push(Math.round((performance.now() - started) * 1000) / 1000);
  }
  return samples;
}

function sumOfProducts(numbers: Float32Array): number {
  let a = 0;
  let b = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const x = numbers[i] ?? 0;
    const y = numbers[i + 1] ?? 0;
    a += x * y;
    b += x * x;
  }
  return a + b;
}
