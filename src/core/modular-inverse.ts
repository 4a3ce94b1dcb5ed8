/** Inverse of a number modulo another that it has no factor in common with, by the extended Euclidean algorithm. */
export function modularInverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [value % modulus, modulus];
  let [factor, next] = [1n, 0n];
  while (current !== 0n) {
    const quotient = previous / current;
    [previous, current] = [current, previous - quotient * current];
    [factor, next] = [next, factor - quotient * next];
  }
  return ((factor % modulus) + modulus) % modulus;
}
