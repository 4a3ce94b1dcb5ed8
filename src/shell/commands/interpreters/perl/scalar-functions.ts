import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { limits } from '../../../limits.ts';
import { compileExpression } from '../script/expression.ts';
import { Unsupported } from '../script/unsupported.ts';
import { formatText } from './formatting.ts';
import type { Machine } from './machine.ts';
import { pack, unpack } from './packing.ts';
import { numberOf, referenceKind, textOf, type Value } from './value.ts';

type Plain = (machine: Machine, values: readonly Value[], wantsList: boolean) => Value | Value[];

const text =
  (run: (text: string) => Value): Plain =>
  (machine, [value]) => {
    machine.world.spend(textOf(value).length);
    return run(textOf(value));
  };

const number =
  (run: (value: number) => number): Plain =>
  (_machine, [value]) =>
    run(numberOf(value));

function split(machine: Machine, values: readonly Value[]): Value[] {
  const [pattern, subjectGiven, given] = values;
  const source = textOf(pattern);
  const whole = textOf(subjectGiven);
  machine.world.spend(whole.length * 2);
  const limit = Math.trunc(numberOf(given));
  const most = limit > 0 ? limit - 1 : Infinity;
  const pieces: Value[] = [];
  if (source === '') {
    if (limit > 0) throw new Unsupported('split');
    return Array.from(whole);
  }
  const subject = source === ' ' ? whole.replace(/^\s+/, '') : whole;
  const compiled = compileExpression(source === ' ' ? '\\s+' : source, '');
  let at = 0;
  for (let from = 0; from <= subject.length && pieces.length < most;) {
    const found = machine.world.search(compiled, subject, from);
    if (found === null) break;
    if (found.end === found.start) {
      if (found.start >= subject.length) break;
      from = found.end + 1;
      if (found.start === at) continue;
    } else from = found.end;
    if (found.end === 0 || (found.start === 0 && found.end > 0 && found.end === found.start)) continue;
    pieces.push(subject.slice(at, found.start), ...found.groups.slice(1));
    at = found.end;
  }
  if (subject !== '') pieces.push(subject.slice(at));
  if (limit === 0)
    while (pieces.length > 0 && (pieces.at(-1) === '' || pieces.at(-1) === undefined)) pieces.pop();
  return pieces;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const clock: Plain = (machine, [given], wantsList) => {
  const date = new Date(given === undefined ? machine.world.process.state.now() : numberOf(given) * 1000);
  if (Number.isNaN(date.getTime())) throw new Unsupported('time');
  const two = (value: number): string => String(value).padStart(2, '0');
  if (!wantsList)
    return `${days[date.getUTCDay()] ?? ''} ${months[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${date.getUTCFullYear()}`;
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    date.getUTCFullYear() - 1900,
    date.getUTCDay(),
    Math.floor((date.getTime() - start) / 86_400_000),
    0,
  ];
};

const random = (machine: Machine): number => machine.world.process.state.machine.nextRandom() / 4_294_967_296;

const hash =
  (algorithm: string): Plain =>
  (machine, values) => {
    const bytes = values.map((value) => textOf(value)).join('');
    machine.world.spend(bytes.length);
    return createHash(algorithm).update(bytes, 'latin1').digest('hex');
  };

const find =
  (last: boolean): Plain =>
  (machine, [given, needle, from]) => {
    const [whole, wanted] = [textOf(given), textOf(needle)];
    machine.world.spend(whole.length);
    const start = from === undefined ? (last ? whole.length : 0) : Math.max(0, numberOf(from));
    return last ? whole.lastIndexOf(wanted, start) : whole.indexOf(wanted, start);
  };

/** Functions of values alone. */
export const scalarFunctions: Readonly<Record<string, Plain>> = {
  length: (_machine, [value]) => (value === undefined ? undefined : textOf(value).length),
  uc: text((one) => one.replaceAll(/[a-z]+/g, (word) => word.toUpperCase())),
  lc: text((one) => one.replaceAll(/[A-Z]+/g, (word) => word.toLowerCase())),
  ucfirst: text((one) => one.charAt(0).toUpperCase() + one.slice(1)),
  lcfirst: text((one) => one.charAt(0).toLowerCase() + one.slice(1)),
  ord: text((one) => (one === '' ? 0 : one.charCodeAt(0))),
  chr: (_machine, [value]) => {
    const code = Math.trunc(numberOf(value));
    return code < 0 || code > 255
      ? Buffer.from(String.fromCodePoint(Math.min(Math.max(code, 0xfffd), 0x10ffff)), 'utf8').toString(
          'latin1',
        )
      : String.fromCharCode(code);
  },
  hex: text((one) =>
    Number(
      BigInt.asUintN(
        64,
        BigInt(`0x${/^(?:0?x)?([0-9a-f]{1,16})/i.exec(one.replaceAll('_', ''))?.[1] ?? '0'}`),
      ),
    ),
  ),
  oct: text((one) => {
    const plain = one.trim().toLowerCase().replaceAll('_', '');
    const match = /^(?:0?x([0-9a-f]+)|0?b([01]+)|0?o?([0-7]+))/.exec(plain);
    return match?.[1] !== undefined
      ? Number.parseInt(match[1], 16)
      : match?.[2] !== undefined
        ? Number.parseInt(match[2], 2)
        : Number.parseInt(match?.[3] ?? '0', 8);
  }),
  int: number(Math.trunc),
  abs: number(Math.abs),
  sqrt: (machine, [value]) =>
    numberOf(value) < 0 ? machine.die(`Can't take sqrt of ${textOf(value)}`, 1) : Math.sqrt(numberOf(value)),
  sin: number(Math.sin),
  cos: number(Math.cos),
  exp: number(Math.exp),
  log: (machine, [value]) =>
    numberOf(value) <= 0 ? machine.die(`Can't take log of ${textOf(value)}`, 1) : Math.log(numberOf(value)),
  rand: (machine, [limit]) => random(machine) * (numberOf(limit) || 1),
  srand: () => 1,
  ref: (_machine, [value]) => referenceKind(value),
  join(machine, [separator, ...values]) {
    const joined = values.map((value) => textOf(value)).join(textOf(separator));
    machine.world.spend(joined.length);
    if (joined.length > limits.oneFileBytes) throw new Unsupported('large');
    return joined;
  },
  split: (machine, values, wantsList) => {
    const found = split(machine, values);
    return wantsList ? found : found.length;
  },
  reverse: (machine, values, wantsList) => {
    if (wantsList) return values.toReversed();
    const joined = values.map((value) => textOf(value)).join('');
    machine.world.spend(joined.length * 8);
    return Array.from(joined).reverse().join('');
  },
  sprintf: (machine, [format, ...values]) => {
    const made = formatText(textOf(format), values);
    machine.world.spend(made.length);
    return made;
  },
  substr(_machine, [given, offset, length, replacement]) {
    if (replacement !== undefined) throw new Unsupported('substr');
    const whole = textOf(given);
    const from = Math.trunc(numberOf(offset));
    const start = from < 0 ? Math.max(0, whole.length + from) : from;
    if (start > whole.length) return undefined;
    if (length === undefined) return whole.slice(start);
    const size = Math.trunc(numberOf(length));
    return size < 0 ? whole.slice(start, whole.length + size) : whole.slice(start, start + size);
  },
  index: find(false),
  rindex: find(true),
  quotemeta: text((one) => one.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`)),
  pack: (machine, [template, ...values]) => {
    machine.world.spend(values.length * 16);
    return pack(textOf(template), values);
  },
  unpack: (machine, [template, given], wantsList) => {
    machine.world.spend(textOf(given).length);
    const found = unpack(textOf(template), textOf(given));
    return wantsList ? found : found[0];
  },
  time: (machine) => Math.floor(machine.world.process.state.now() / 1000),
  localtime: clock,
  gmtime: clock,
  md5_hex: hash('md5'),
  sha1_hex: hash('sha1'),
  sha256_hex: hash('sha256'),
  encode_base64: (machine, [given, end]) => {
    const encoded = Buffer.from(textOf(given), 'latin1').toString('base64');
    machine.world.spend(encoded.length);
    const mark = end === undefined ? '\n' : textOf(end);
    return (encoded.match(/.{1,76}/g) ?? []).map((line) => line + mark).join('');
  },
  decode_base64: text((one) => Buffer.from(one, 'base64').toString('latin1')),
  inet_aton: text((one) =>
    /^\d+(?:\.\d+){3}$/.test(one)
      ? one
          .split('.')
          .map((part) => String.fromCharCode(Number(part) & 255))
          .join('')
      : one,
  ),
  sockaddr_in: (_machine, [port, address]) => `\x02${textOf(port)}:${textOf(address)}`,
  pack_sockaddr_in: (_machine, [port, address]) => `\x02${textOf(port)}:${textOf(address)}`,
  getprotobyname: () => 6,
  PF_INET: () => 2,
  AF_INET: () => 2,
  SOCK_STREAM: () => 1,
  SOCK_DGRAM: () => 2,
  lock: () => 1,
  umask: () => 18,
  select: () => 'main::STDOUT',
  wait: () => -1,
  waitpid: () => -1,
  alarm: () => 0,
  getppid: (machine) => machine.world.process.parentPid,
  // A child that a dropper forks is the script going on by itself.
  fork: () => 0,
};
