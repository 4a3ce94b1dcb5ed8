/** How C, and what is written in it, shows numbers. */

/** Scientific notation with at least two digits of exponent: `1e+16` becomes `1e+16`, `1e-7` `1e-07`. */
const widen = (text: string): string =>
  text.replace(/e([+-])(\d)$/, (_all, sign: string, digit: string) => `e${sign}0${digit}`);

/** The shortest text that reads back as the same number, as Python's repr gives it. */
export function shortestText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return widen(`${digits}e${exponent.startsWith('-') ? '' : '+'}${exponent.replace('+', '')}`);
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** `%.<digits>g`. */
export function generalText(value: number, digits: number, keepZeros = false): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (value === 0) {
    const zero = Object.is(value, -0) ? '-0' : '0';
    return keepZeros && digits > 1 ? `${zero}.${'0'.repeat(Math.min(digits, 100) - 1)}` : zero;
  }
  const wanted = Math.min(Math.max(digits, 1), 100);
  const exponential = value.toExponential(wanted - 1);
  const exponent = Number(exponential.slice(exponential.indexOf('e') + 1));
  const trim = (text: string): string =>
    keepZeros || !text.includes('.') ? text : text.replace(/\.?0{1,100}$/, '');
  if (exponent < -4 || exponent >= wanted) {
    const [mantissa = '', power = ''] = exponential.split('e');
    return widen(`${trim(mantissa)}e${power}`);
  }
  return trim(value.toFixed(Math.min(100, Math.max(0, wanted - 1 - exponent))));
}

/** `%.<digits>e`. */
export function exponentText(value: number, digits: number): string {
  return Number.isFinite(value) ? widen(value.toExponential(Math.min(digits, 100))) : generalText(value, 6);
}

/** As many as `toFixed` gives: a number that lies half-way is then shown exactly. */
const mostDigits = 100;

/** Half-way between two texts C takes the even one, `toFixed` the greater. */
function evenFixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (digits > 20 || !Number.isInteger(value * 2 * 10 ** digits)) return text;
  const exact = value.toFixed(mostDigits);
  const end = exact.indexOf('.') + 1 + digits;
  if (!/^50*$/.test(exact.slice(end))) return text;
  const cut = exact.slice(0, digits === 0 ? end - 1 : end);
  return /[02468]$/.test(cut) ? cut : text;
}

/** `%.<digits>f`, exact beyond what `toFixed` takes. */
export function fixedText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return generalText(value, 6);
  if (Math.abs(value) < 1e21) return evenFixed(value, Math.min(digits, 100));
  return `${BigInt(value)}${digits > 0 ? `.${'0'.repeat(Math.min(digits, 100))}` : ''}`;
}
