import { expandEscapes } from '../echo-escapes.ts';
import { limits } from '../limits.ts';
import type { Command } from '../process.ts';

/** POSIX printf: the format is used again while arguments are left. `fault` is the complaint about an argument, empty for none. */
export function formatPrintf(format: string, words: readonly string[]): { text: string; fault: string } {
  const pieces = /%[-+ #0]*(?:\d{1,6}|\*)?(?:\.(?:\d{1,6}|\*)?)?[a-zA-Z%]|\\c|(?:[^%\\]|\\.)+|[\s\S]/gs;
  const parts = format.match(pieces) ?? [];
  let text = '';
  let index = 0;
  let fault = '';
  do {
    const before = index;
    for (const part of parts) {
      if (part === '%%') text += '%';
      else if (part.startsWith('%') && part.length > 1) {
        const result = conversion(part, () => words[index++]);
        text += result.text;
        if (result.fault !== '') fault = result.fault;
        if (result.stopped) return { text, fault };
      } else {
        const expanded = expandEscapes(part, false);
        text += expanded.text;
        if (expanded.stopped) return { text, fault };
      }
      if (text.length > limits.pipeBytes) return { text, fault };
    }
    if (index === before) break;
  } while (index < words.length);
  return { text, fault };
}

function conversion(
  part: string,
  next: () => string | undefined,
): { text: string; fault: string; stopped: boolean } {
  const match = /^%([-+ #0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z])$/.exec(part);
  if (match === null) return { text: part, fault: '', stopped: false };
  const flags = match[1] ?? '';
  const widthText = match[2] === '*' ? next() : match[2];
  const hasPrecision = part.includes('.');
  const precision = hasPrecision
    ? Math.min(Number((match[3] === '*' ? next() : match[3]) ?? 0) || 0, 4096)
    : -1;
  const width = Math.min(Math.abs(Number(widthText ?? 0) || 0), 65_536);
  const left = flags.includes('-') || (widthText ?? '').startsWith('-');
  const type = match[4] ?? 's';
  const argument = next();
  let body = '';
  let fault = '';
  let stopped = false;
  if (type === 's' || type === 'b') {
    const expanded =
      type === 'b' ? expandEscapes(argument ?? '', true) : { text: argument ?? '', stopped: false };
    ({ stopped } = expanded);
    body = precision >= 0 ? expanded.text.slice(0, precision) : expanded.text;
  } else if (type === 'c') body = (argument ?? '').charAt(0);
  else if (type === 'q')
    body = /^[\w./:=@%+,-]+$/.test(argument ?? '') ? (argument ?? '') : `'${argument ?? ''}'`;
  else if ('diouxX'.includes(type)) {
    const value = integer(argument ?? '0');
    if (value.bad) fault = `${argument ?? ''}: invalid number`;
    body = wholeNumber(value.value, type, flags, precision);
  } else if ('eEfFgG'.includes(type)) {
    const number = Number(argument ?? 0) || 0;
    body =
      type.toLowerCase() === 'e'
        ? number.toExponential(precision < 0 ? 6 : Math.min(precision, 100)).replace(/e([+-])(\d)$/, 'e$10$2')
        : type.toLowerCase() === 'f'
          ? number.toFixed(precision < 0 ? 6 : Math.min(precision, 100))
          : String(Number(number.toPrecision(Math.min(Math.max(precision < 0 ? 6 : precision, 1), 100))));
    if (flags.includes('+') && number >= 0) body = `+${body}`;
  } else return { text: part, fault: `%${type}: invalid directive`, stopped: false };
  if (left) return { text: body.padEnd(width), fault, stopped };
  const zero = flags.includes('0') && !'sbcq'.includes(type) && (precision < 0 || 'eEfFgG'.includes(type));
  if (!zero) return { text: body.padStart(width), fault, stopped };
  const sign = /^[-+ ]?(?:0[xX])?/.exec(body)?.[0] ?? '';
  return { text: sign + body.slice(sign.length).padStart(width - sign.length, '0'), fault, stopped };
}

function integer(text: string): { value: bigint; bad: boolean } {
  const trimmed = text.trim();
  if (/^["']/.test(trimmed)) return { value: BigInt(trimmed.charCodeAt(1) || 0), bad: false };
  const match = /^([-+]?)(0[xX][0-9a-fA-F]{1,30}|0[0-7]{1,40}|\d{1,40})/.exec(trimmed);
  if (match === null) return { value: 0n, bad: trimmed !== '' };
  const digits = match[2] ?? '0';
  const value = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return { value: BigInt.asIntN(64, match[1] === '-' ? -value : value), bad: match[0] !== trimmed };
}

function wholeNumber(value: bigint, type: string, flags: string, precision: number): string {
  const unsigned = 'ouxX'.includes(type) ? BigInt.asUintN(64, value) : value;
  const magnitude = unsigned < 0n ? -unsigned : unsigned;
  let digits = magnitude.toString(type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10);
  if (type === 'X') digits = digits.toUpperCase();
  if (precision >= 0) digits = precision === 0 && magnitude === 0n ? '' : digits.padStart(precision, '0');
  if (flags.includes('#') && magnitude !== 0n)
    digits = (type === 'o' ? '0' : type === 'x' ? '0x' : type === 'X' ? '0X' : '') + digits;
  if (unsigned < 0n) return `-${digits}`;
  if (!'di'.includes(type)) return digits;
  return flags.includes('+') ? `+${digits}` : flags.includes(' ') ? ` ${digits}` : digits;
}

export const printf: Command = {
  names: ['printf'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { text, fault } = formatPrintf(process.words[0] ?? '', process.words.slice(1));
    process.output.write(text);
    if (fault !== '') process.error.write(`printf: ${fault}\n`);
    return fault === '' ? 0 : 1;
  },
};
