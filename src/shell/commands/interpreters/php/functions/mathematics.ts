/** Numbers. What is drawn at random is the session's own. */

import { Unsupported } from '../../script/unsupported.ts';
import { integerFrom, numberOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { type Value, whole } from '../value.ts';

/** Half away from zero, after what the number's own text says. */
export function rounded(value: number, places: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return value;
  const shifted = Number(`${value}e${places}`);
  const scaled = Number.isNaN(shifted) ? value * 10 ** places : shifted;
  const result = Math.sign(scaled) * Math.round(Math.abs(scaled));
  const back = Number(`${result}e${-places}`);
  return Number.isNaN(back) ? result / 10 ** places : back;
}

const floatOnly =
  (run: (value: number) => number) =>
  (_machine: Machine, given: Given): Value =>
    run(given.number(0));

/** 63 bits of the session's. */
const drawn = (machine: Machine): bigint => {
  const { nextRandom } = { nextRandom: () => machine.world.process.state.machine.nextRandom() };
  return (BigInt(nextRandom()) << 31n) ^ BigInt(nextRandom());
};

function between(machine: Machine, given: Given): Value {
  if (given.count === 0) return drawn(machine) & 0x7fffffffn;
  const [least, most] = [given.integer(0), given.integer(1)];
  return least + (drawn(machine) % (most - least + 1n < 1n ? 1n : most - least + 1n));
}

function based(machine: Machine, text: string, base: number): Value {
  machine.spend(text.length * 8);
  let value = 0n;
  for (const character of text.slice(0, 2_000).toLowerCase()) {
    const digit = Number.parseInt(character, 36);
    if (!Number.isNaN(digit) && digit < base) value = value * BigInt(base) + BigInt(digit);
  }
  return whole(value);
}

export const mathematicsFunctions: NativeTable = {
  'abs(int|float $num)': (_machine, given) => {
    const value = numberOf(given.value(0));
    return typeof value === 'bigint' ? whole(value < 0n ? -value : value) : Math.abs(value);
  },
  'ceil(int|float $num)': floatOnly(Math.ceil),
  'floor(int|float $num)': floatOnly(Math.floor),
  'round(int|float $num, int $precision = 0, int $mode = 1)': (_machine, given) => {
    if (given.number(2) !== 1) throw new Unsupported('rounding');
    return rounded(given.number(0), given.number(1));
  },
  'sqrt(float $num)': floatOnly(Math.sqrt),
  'pow(mixed $num, mixed $exponent)': (_machine, given) => {
    const [base, exponent] = [numberOf(given.value(0)), numberOf(given.value(1))];
    if (typeof base === 'bigint' && typeof exponent === 'bigint' && exponent >= 0n && exponent < 64n)
      return whole(base ** exponent);
    return Number(base) ** Number(exponent);
  },
  'intdiv(int $num1, int $num2)': (machine, given) => {
    if (given.integer(1) === 0n) machine.throwError('DivisionByZeroError', 'Division by zero');
    return whole(given.integer(0) / given.integer(1));
  },
  'fmod(float $num1, float $num2)': (_machine, given) => given.number(0) % given.number(1),
  'fdiv(float $num1, float $num2)': (_machine, given) => given.number(0) / given.number(1),
  'exp(float $num)': floatOnly(Math.exp),
  'log(float $num, float $base = 2.718281828459045)': (_machine, given) =>
    given.count < 2 ? Math.log(given.number(0)) : Math.log(given.number(0)) / Math.log(given.number(1)),
  'log10(float $num)': floatOnly(Math.log10),
  'log2(float $num)': floatOnly(Math.log2),
  'sin(float $num)': floatOnly(Math.sin),
  'cos(float $num)': floatOnly(Math.cos),
  'tan(float $num)': floatOnly(Math.tan),
  'atan(float $num)': floatOnly(Math.atan),
  'atan2(float $y, float $x)': (_machine, given) => Math.atan2(given.number(0), given.number(1)),
  'pi()': () => Math.PI,
  'is_nan(float $num)': (_machine, given) => Number.isNaN(given.number(0)),
  'is_infinite(float $num)': (_machine, given) => Math.abs(given.number(0)) === Infinity,
  'is_finite(float $num)': (_machine, given) => Number.isFinite(given.number(0)),
  'bindec(string $binary_string)': (machine, given) => based(machine, given.text(0), 2),
  'hexdec(string $hex_string)': (machine, given) => based(machine, given.text(0), 16),
  'octdec(string $octal_string)': (machine, given) => based(machine, given.text(0), 8),
  'decbin(int $num)': (_machine, given) => BigInt.asUintN(64, given.integer(0)).toString(2),
  'dechex(int $num)': (_machine, given) => BigInt.asUintN(64, given.integer(0)).toString(16),
  'decoct(int $num)': (_machine, given) => BigInt.asUintN(64, given.integer(0)).toString(8),
  'base_convert(string $num, int $from_base, int $to_base)': (machine, given) => {
    const [from, to] = [given.number(1), given.number(2)];
    if (from < 2 || from > 36 || to < 2 || to > 36) throw new Unsupported('base');
    const value = based(machine, given.text(0), from);
    return typeof value === 'bigint' ? value.toString(to) : integerFrom(Number(value)).toString(to);
  },
  'rand(int $min = 0, int $max = 2147483647)': between,
  'mt_rand(int $min = 0, int $max = 2147483647)': between,
  'random_int(int $min, int $max)': (machine, given) => {
    if (given.integer(0) > given.integer(1))
      machine.throwError(
        'ValueError',
        'random_int(): Argument #1 ($min) must be less than or equal to argument #2 ($max)',
      );
    return between(machine, given);
  },
  'mt_getrandmax()': () => 2_147_483_647n,
  'getrandmax()': () => 2_147_483_647n,
  'lcg_value()': (machine) => Number(drawn(machine) & 0xffffffffn) / 0x1_0000_0000,
  'mt_srand(int $seed = 0, int $mode = 0)': () => {
    // What follows from a seed is the generator's own, and not here.
    throw new Unsupported('seed');
  },
  'srand(int $seed = 0, int $mode = 0)': () => {
    throw new Unsupported('seed');
  },
  'random_bytes(int $length)': (machine, given) => {
    const length = given.number(0);
    if (length < 1)
      machine.throwError('ValueError', 'random_bytes(): Argument #1 ($length) must be greater than 0');
    if (length > 1_048_576) throw new Unsupported('large');
    machine.spend(length * 16);
    return Array.from({ length }, () =>
      String.fromCharCode(machine.world.process.state.machine.nextRandom() & 255),
    ).join('');
  },
};
