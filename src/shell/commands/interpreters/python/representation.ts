import { limits } from '../../../limits.ts';
import { shortestText } from '../script/number-text.ts';
import { Unsupported } from '../script/unsupported.ts';
import {
  Builtin,
  Bytes,
  ClassValue,
  Dictionary,
  Ellipsis,
  FunctionValue,
  identityOf,
  Instance,
  Lazy,
  List,
  ModuleValue,
  Range,
  SetValue,
  Slice,
  Tuple,
  type Value,
} from './value.ts';

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const quoteFor = (text: string): string => (text.includes("'") && !text.includes('"') ? '"' : "'");

/** Nothing in it is to be escaped: most texts, and ten times as fast. */
const plain = /^[ !#-&(-[\]-~]*$/;

/** The text as a literal. Characters that do not print are escaped. */
export function quoteText(text: string): string {
  if (plain.test(text)) return `'${text}'`;
  const quote = quoteFor(text);
  let out = quote;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const known = named[character];
    if (known !== undefined) out += known;
    else if (character === quote) out += `\\${quote}`;
    else if (code < 32 || (code >= 127 && code < 161) || code === 0xad)
      out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code > 255 && /[\p{C}\p{Zl}\p{Zp}\u1680\u2000-\u200a\u202f\u205f\u3000]/u.test(character))
      out +=
        code > 0xffff
          ? `\\U${code.toString(16).padStart(8, '0')}`
          : `\\u${code.toString(16).padStart(4, '0')}`;
    else out += character;
  }
  return out + quote;
}

export function quoteBytes(text: string): string {
  const quote = quoteFor(text);
  let out = `b${quote}`;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const known = named[character];
    if (known !== undefined) out += known;
    else if (character === quote) out += `\\${quote}`;
    else if (code < 32 || code > 126) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += character;
  }
  return out + quote;
}

/** An address that an object could have. */
const addressOf = (value: object): string =>
  `0x7f${(0x3a_1000_0000 + ((identityOf(value) * 2_654_435_761) % 0xfff_ffff) * 16).toString(16).padStart(10, '0')}`;

const deepest = 40;

/** `repr` of what needs no code of the script to be run. */
export function represent(value: Value, depth = 0): string {
  if (depth > deepest) throw new Unsupported('deep');
  const inside = (item: Value): string => represent(item, depth + 1);
  switch (typeof value) {
    case 'string':
      return quoteText(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return shortestText(value);
    default:
  }
  if (value === null) return 'None';
  if (value instanceof Bytes)
    return value.mutable ? `bytearray(${quoteBytes(value.text)})` : quoteBytes(value.text);
  if (value instanceof List) {
    const items = `[${bounded(value.items, inside)}]`;
    return value.view === '' ? items : `${value.view}(${items})`;
  }
  if (value instanceof Tuple)
    return value.items.length === 1
      ? `(${bounded(value.items, inside)},)`
      : `(${bounded(value.items, inside)})`;
  if (value instanceof Dictionary)
    return `{${bounded([...value.entries.values()], (entry) => `${inside(entry.key)}: ${inside(entry.value)}`)}}`;
  if (value instanceof SetValue) {
    const items = bounded([...value.items.values()], inside);
    if (value.frozen) return items === '' ? 'frozenset()' : `frozenset({${items}})`;
    return items === '' ? 'set()' : `{${items}}`;
  }
  if (value instanceof Range)
    return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`;
  if (value instanceof Slice)
    return `slice(${inside(value.start)}, ${inside(value.stop)}, ${inside(value.step)})`;
  if (value instanceof Lazy) return `<${value.type} object at ${addressOf(value)}>`;
  if (value instanceof FunctionValue) return `<function ${value.definition.name} at ${addressOf(value)}>`;
  if (value instanceof Builtin) return `<built-in function ${value.name}>`;
  if (value instanceof ClassValue)
    return `<class '${value.module === 'builtins' ? '' : `${value.module}.`}${value.name}'>`;
  if (value instanceof ModuleValue) return `<module '${value.name}' (built-in)>`;
  if (value instanceof Ellipsis) return value.text;
  return representInstance(value, depth);
}

/** As much as a line may print. */
const mostText = limits.outputPerLine;

function bounded<Item>(items: readonly Item[], show: (item: Item) => string): string {
  const pieces: string[] = [];
  let length = 0;
  for (const item of items) {
    const text = show(item);
    length += text.length + 2;
    if (length > mostText) throw new Unsupported('large');
    pieces.push(text);
  }
  return pieces.join(', ');
}

export const argumentsOf = (value: Instance): readonly Value[] => {
  const held = value.fields.get('args');
  return held instanceof Tuple ? held.items : [];
};

function representInstance(value: Instance, depth: number): string {
  if (value.shown !== '') return value.shown;
  const held = value.fields.get('args');
  if (held instanceof Tuple && value.type.find('__repr__') === undefined)
    return `${value.type.name}(${bounded(held.items, (item) => represent(item, depth + 1))})`;
  if (value.type.find('__repr__') !== undefined) throw new Unsupported('__repr__');
  return `<${value.type.module}.${value.type.name} object at ${addressOf(value)}>`;
}

/** `str` of an exception. */
export function exceptionText(value: Instance): string {
  const items = argumentsOf(value);
  const [first, second] = items;
  if (value.type.name === 'KeyError' && items.length === 1 && first !== undefined) return represent(first);
  const code = value.fields.get('errno');
  if (code !== undefined && code !== null && second !== undefined) {
    const name = value.fields.get('filename');
    return `[Errno ${plainText(code)}] ${plainText(second)}${name === undefined || name === null ? '' : `: ${represent(name)}`}`;
  }
  if (items.length === 0) return '';
  return items.length === 1 && first !== undefined ? plainText(first) : represent(new Tuple(items));
}

/** `str` of what needs no code of the script to be run. */
export function plainText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Instance && value.fields.get('args') instanceof Tuple) {
    if (value.type.find('__str__') !== undefined) throw new Unsupported('__str__');
    return exceptionText(value);
  }
  return represent(value);
}
