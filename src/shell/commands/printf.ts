import { expandDashEscapes, expandEscapes } from '../echo-escapes.ts';
import type { Dialect } from '../language/dialect.ts';
import { limits } from '../limits.ts';
import { isBusybox, type Command } from '../process.ts';

export interface Formatted {
  readonly text: string;
  /** Complaints, without the name of the program. */
  readonly faults: readonly string[];
  readonly status: number;
}

type Speaker = Dialect | 'gnu';

/** One call of printf: its arguments, and what went wrong. */
interface Call {
  readonly words: readonly string[];
  readonly speaker: Speaker;
  readonly faults: string[];
  index: number;
  failed: boolean;
}

/** POSIX printf: the format is used again while arguments are left. Faults are in the words of the shell or of coreutils. */
export function formatPrintf(format: string, words: readonly string[], speaker: Speaker): Formatted {
  const pieces =
    /%[-+ #0']*(?:\d{1,6}|\*)?(?:\.(?:\d{1,6}|\*)?)?[hlLjzt]{0,2}[a-zA-Z%]|\\c|(?:[^%\\]|\\.)+|[\s\S]/gs;
  const parts = format.match(pieces) ?? [];
  const call: Call = { words, speaker, faults: [], index: 0, failed: false };
  let text = '';
  let at = 0;
  do {
    const before = call.index;
    at = 0;
    for (const part of parts) {
      if (part === '%%') text += '%';
      else if (part.startsWith('%')) {
        const unknown = invalidConversion(part, format.slice(at), speaker);
        if (unknown !== null) {
          call.faults.push(unknown);
          return { text, faults: call.faults, status: speaker === 'dash' ? 2 : 1 };
        }
        const result = conversion(part, call);
        text += result.text;
        if (result.stopped) return { text, faults: call.faults, status: Number(call.failed) };
      } else if (part === '\\c') {
        if (speaker === 'ash' || speaker === 'gnu')
          return { text, faults: call.faults, status: Number(call.failed) };
        text += part;
      } else if (speaker === 'dash') text += expandDashFormat(part);
      else text += expandEscapes(part, false).text;
      at += part.length;
      if (text.length > limits.pipeBytes) return { text, faults: call.faults, status: 1 };
    }
    if (call.index === before) break;
  } while (call.index < words.length);
  return { text, faults: call.faults, status: Number(call.failed) };
}

/** In dash's format `\x` and `\e` are no escapes. */
function expandDashFormat(part: string): string {
  return part
    .split(/(\\[xeE])/)
    .map((piece) => (/^\\[xeE]$/.test(piece) ? piece : expandEscapes(piece, false).text))
    .join('');
}

/** What is said of a conversion that is none; null for one that is. */
function invalidConversion(part: string, rest: string, speaker: Speaker): string | null {
  const letter = part.length > 1 ? part.slice(-1) : '';
  const known =
    speaker === 'bash'
      ? 'sbcqdiouxXeEfFgGaAnQT'
      : speaker === 'gnu'
        ? 'sbcqdiouxXeEfFgGaA'
        : 'sbcdiouxXeEfFgGaA';
  if (letter !== '' && known.includes(letter) && !(speaker === 'dash' && /[hlLjzt]/.test(part.slice(0, -1))))
    return null;
  const missing = letter === '' || 'hlLjzt'.includes(letter);
  switch (speaker) {
    case 'bash':
      return missing ? `\`${part}': missing format character` : `\`${letter}': invalid format character`;
    case 'dash':
      return letter === '' ? 'missing format character' : `${part}: invalid directive`;
    case 'ash':
      return `${missing ? '%' : rest}: invalid format`;
    default:
      return missing ? `${part}: missing conversion specifier` : `${part}: invalid conversion specification`;
  }
}

/** A word as bash's `%q` and `${name@Q}` would have it read back. */
export function quotedWord(word: string): string {
  if (word === '') return "''";
  if (/[\x00-\x1f\x7f-\xff]/.test(word))
    return `$'${word
      .replaceAll(/[\\']/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t')
      .replaceAll('\r', '\\r')
      .replaceAll('\x1b', '\\E')
      .replaceAll(
        /[\x00-\x1f\x7f-\xff]/g,
        (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
      )}'`;
  return word.replaceAll(/[^\w./:=@%+-]/g, '\\$&').replace(/^~/, '\\~');
}

function conversion(part: string, call: Call): { text: string; stopped: boolean } {
  const match = /^%([-+ #0']*)(\d+|\*)?(?:\.(\d+|\*)?)?[hlLjzt]{0,2}([a-zA-Z])$/.exec(part);
  if (match === null) return { text: part, stopped: false };
  const next = (): string | undefined => call.words[call.index++];
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
  let stopped = false;
  if (type === 's' || type === 'b') {
    const expanded =
      type !== 'b'
        ? { text: argument ?? '', stopped: false }
        : call.speaker === 'dash'
          ? expandDashEscapes(argument ?? '')
          : expandArgument(argument ?? '');
    ({ stopped } = expanded);
    body = precision >= 0 ? expanded.text.slice(0, precision) : expanded.text;
  } else if (type === 'c') body = (argument ?? '').charAt(0) || '\0';
  else if (type === 'q') body = quotedWord(argument ?? '');
  else if ('diouxX'.includes(type)) body = wholeNumber(integer(argument, call), type, flags, precision);
  else body = realNumber(argument, type, flags, precision, call);
  if (left) return { text: body.padEnd(width), stopped };
  const zero = flags.includes('0') && !'sbcq'.includes(type) && (precision < 0 || 'eEfFgG'.includes(type));
  if (!zero) return { text: body.padStart(width), stopped };
  const sign = /^[-+ ]?(?:0[xX])?/.exec(body)?.[0] ?? '';
  return { text: sign + body.slice(sign.length).padStart(width - sign.length, '0'), stopped };
}

/** `%b`: octal with or without a leading 0. */
function expandArgument(text: string): { text: string; stopped: boolean } {
  return expandEscapes(
    text.replaceAll(/\\(\\|[1-7])/g, (whole, next: string) => (next === '\\' ? whole : `\\0${next}`)),
    true,
  );
}

function complainOfNumber(call: Call, argument: string, read: number): void {
  call.failed = true;
  const texts: Readonly<Record<Speaker, string>> = {
    bash: `${argument}: invalid number`,
    dash: `${argument}: ${read > 0 ? 'not completely converted' : 'expected numeric value'}`,
    ash: `invalid number '${argument}'`,
    gnu: `'${argument}': ${read > 0 ? 'value not completely converted' : 'expected a numeric value'}`,
  };
  call.faults.push(texts[call.speaker]);
}

function realNumber(
  argument: string | undefined,
  type: string,
  flags: string,
  precision: number,
  call: Call,
): string {
  const text = (argument ?? '0').trim();
  const read = /^[-+]?(?:\d{1,300}\.?\d{0,300}|\.\d{1,300})(?:[eE][-+]?\d{1,4})?/.exec(text)?.[0] ?? '';
  if ((read !== text || text === '') && !(text === '' && call.speaker !== 'ash'))
    complainOfNumber(call, argument ?? '', read.length);
  const number = call.speaker === 'ash' && read !== text ? 0 : Number(read) || 0;
  const exponent = (shown: string): string => shown.replace(/e([+-])(\d)$/, 'e$10$2');
  const lower = type.toLowerCase();
  let body: string;
  if (lower === 'e') body = exponent(number.toExponential(precision < 0 ? 6 : Math.min(precision, 100)));
  else if (lower === 'f') body = number.toFixed(precision < 0 ? 6 : Math.min(precision, 100));
  else {
    const digits = Math.min(Math.max(precision < 0 ? 6 : precision, 1), 100);
    const power = number === 0 ? 0 : Math.floor(Math.log10(Math.abs(number)));
    body =
      power < -4 || power >= digits
        ? exponent(Number(number.toPrecision(digits)).toExponential())
        : String(Number(number.toPrecision(digits)));
  }
  return flags.includes('+') && number >= 0 ? `+${body}` : body;
}

const greatest = 9_223_372_036_854_775_807n;

function integer(argument: string | undefined, call: Call): bigint {
  if (argument === undefined || argument === '') {
    if (call.speaker === 'ash') complainOfNumber(call, '', 0);
    return 0n;
  }
  const trimmed = argument.trimStart();
  if (/^["']/.test(trimmed)) return BigInt(trimmed.charCodeAt(1) || 0);
  const match = /^([-+]?)(0[xX][0-9a-fA-F]{1,30}|0[0-7]{0,40}|[1-9]\d{0,40})/.exec(trimmed);
  const digits = match?.[2] ?? '0';
  const value =
    BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits) * (match?.[1] === '-' ? -1n : 1n);
  const whole = match !== null && match[0] === trimmed;
  const fits = value <= greatest && value >= -greatest - 1n;
  if (whole && fits) return value;
  if (call.speaker === 'ash') {
    complainOfNumber(call, argument, 0);
    return 0n;
  }
  if (!whole) complainOfNumber(call, argument, match?.[0].length ?? 0);
  else {
    call.failed = call.failed || call.speaker !== 'bash';
    call.faults.push(
      `${call.speaker === 'bash' ? 'warning: ' : ''}${argument}: Numerical result out of range`,
    );
  }
  return fits ? value : value > 0n ? greatest : -greatest - 1n;
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
    if (process.words.length === 0) {
      process.error.write(
        isBusybox(process)
          ? 'printf: usage: printf FORMAT [ARGUMENT...]\n'
          : "printf: missing operand\nTry 'printf --help' for more information.\n",
      );
      return 1;
    }
    const speaker = isBusybox(process) ? 'ash' : 'gnu';
    const { text, faults, status } = formatPrintf(process.words[0] ?? '', process.words.slice(1), speaker);
    process.output.write(text);
    for (const fault of faults) process.error.write(`printf: ${fault}\n`);
    return status;
  },
};
