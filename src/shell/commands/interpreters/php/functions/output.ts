/** Functions that show values, and what holds output back. */

import { Unsupported } from '../../script/unsupported.ts';
import { exactFloat, keyText, textOf } from '../conversion.ts';
import type { Machine } from '../machine.ts';
import type { NativeTable } from '../native.ts';
import { ArrayValue, ClosureValue, ObjectValue, Resource, type Value } from '../value.ts';

const deepest = 40;

/** Visibility marks beside a property's name. */
function marked(object: ObjectValue, name: string, style: 'print' | 'dump'): string {
  const property = object.info.properties.get(name);
  if (object.info.is('Throwable') && property === undefined) throw new Unsupported('throwable');
  const visibility = property?.visibility ?? 'public';
  if (style === 'print') {
    if (visibility === 'public') return `[${name}]`;
    return visibility === 'protected'
      ? `[${name}:protected]`
      : `[${name}:${property?.owner.name ?? ''}:private]`;
  }
  if (visibility === 'public') return `["${name}"]`;
  return visibility === 'protected'
    ? `["${name}":protected]`
    : `["${name}":"${property?.owner.name ?? ''}":private]`;
}

function printed(machine: Machine, value: Value, indent: number, inside: readonly Value[]): string {
  if (inside.length > deepest) throw new Unsupported('deep');
  machine.step();
  if (value instanceof ArrayValue || value instanceof ObjectValue) {
    const pad = ' '.repeat(indent);
    const title = value instanceof ArrayValue ? 'Array' : `${value.info.name} Object`;
    if (inside.includes(value)) return `${title}\n *RECURSION*`;
    const lines: string[] = [];
    const entries: Iterable<readonly [string, Value]> =
      value instanceof ArrayValue
        ? Array.from(value.entries(), ([key, one]) => [`[${keyText(key)}]`, one] as const)
        : Array.from(
            value.properties.keys(),
            (name) => [marked(value, name, 'print'), value.get(name) ?? null] as const,
          );
    for (const [key, one] of entries) {
      const text = printed(machine, one, indent + 8, [...inside, value]);
      machine.spend(text.length + indent);
      lines.push(`${pad}    ${key} => ${text}\n`);
    }
    return `${title}\n${pad}(\n${lines.join('')}${pad})\n`;
  }
  return textOf(value);
}

function dumped(machine: Machine, value: Value, indent: number, inside: readonly Value[]): string {
  if (inside.length > deepest) throw new Unsupported('deep');
  machine.step();
  const pad = ' '.repeat(indent);
  if (value === null) return `${pad}NULL\n`;
  if (typeof value === 'boolean') return `${pad}bool(${value})\n`;
  if (typeof value === 'bigint') return `${pad}int(${value})\n`;
  if (typeof value === 'number') return `${pad}float(${exactFloat(value)})\n`;
  if (typeof value === 'string') return `${pad}string(${value.length}) "${value}"\n`;
  if (value instanceof Resource)
    return `${pad}resource(${value.id}) of type (${value.open ? value.type : 'Unknown'})\n`;
  if (inside.includes(value)) return `${pad}*RECURSION*\n`;
  const lines: string[] = [];
  const entries: [string, Value][] =
    value instanceof ArrayValue
      ? Array.from(value.entries(), ([key, one]) => [
          typeof key === 'bigint' ? `[${key}]` : `["${key}"]`,
          one,
        ])
      : Array.from(value.properties.keys(), (name) => [marked(value, name, 'dump'), value.get(name) ?? null]);
  for (const [key, one] of entries) {
    const text = dumped(machine, one, indent + 2, [...inside, value]);
    machine.spend(text.length + indent);
    lines.push(`${pad}  ${key}=>\n${text}`);
  }
  const title =
    value instanceof ArrayValue
      ? `array(${value.size})`
      : `object(${value.info.name})#${value.id} (${value.properties.size})`;
  return `${pad}${title} {\n${lines.join('')}${pad}}\n`;
}

/** A text as PHP's own code would write it. */
const quoted = (text: string): string => {
  const escaped = `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
  return escaped.includes('\0') ? escaped.replaceAll('\0', `' . "\\0" . '`) : escaped;
};

function exported(machine: Machine, value: Value, indent: number, depth: number): string {
  if (depth > deepest) throw new Unsupported('deep');
  machine.step();
  if (value === null) return 'NULL';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    const text = exactFloat(value);
    return /^-?\d+$/.test(text) ? `${text}.0` : text;
  }
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Resource) return 'NULL';
  const pad = ' '.repeat(indent);
  const lines: string[] = [];
  if (value instanceof ArrayValue) {
    for (const [key, one] of value.entries()) {
      const text = exported(machine, one, indent + 2, depth + 1);
      machine.spend(text.length + indent);
      lines.push(
        `${pad}  ${typeof key === 'bigint' ? key : quoted(key)} => ${one instanceof ArrayValue || one instanceof ObjectValue ? `\n${pad}  ` : ''}${text},\n`,
      );
    }
    return `array (\n${lines.join('')}${pad})`;
  }
  const isPlain = value.info.name === 'stdClass';
  if (value instanceof ClosureValue) return '\\Closure::__set_state(array(\n))';
  for (const name of value.properties.keys()) {
    const one = value.get(name) ?? null;
    const text = exported(machine, one, indent + 2, depth + 1);
    machine.spend(text.length + indent);
    lines.push(
      `${pad}   '${name}' => ${one instanceof ArrayValue || one instanceof ObjectValue ? `\n${pad}  ` : ''}${text},\n`,
    );
  }
  return isPlain
    ? `(object) array(\n${lines.join('')}${pad})`
    : `\\${value.info.name}::__set_state(array(\n${lines.join('')}${pad}))`;
}

export const outputFunctions: NativeTable = {
  'print_r(mixed $value, bool $return = false)': (machine, given) => {
    const text = printed(machine, given.value(0), 0, []);
    if (given.flag(1)) return text;
    machine.write(text);
    return true;
  },
  'var_dump(mixed $value, mixed ...$values)': (machine, given) => {
    for (const value of given.values) machine.write(dumped(machine, value, 0, []));
    return null;
  },
  'var_export(mixed $value, bool $return = false)': (machine, given) => {
    const text = exported(machine, given.value(0), 0, 0);
    if (given.flag(1)) return text;
    machine.write(text);
    return null;
  },
  'ob_start(mixed $callback = null, int $chunk_size = 0, int $flags = 112)': (machine, given) => {
    if (!given.isNull(0) || machine.buffers.length > 20) throw new Unsupported('ob_start');
    machine.buffers.push('');
    return true;
  },
  'ob_get_clean()': (machine) => machine.buffers.pop() ?? false,
  'ob_get_contents()': (machine) => machine.buffers.at(-1) ?? false,
  'ob_get_level()': (machine) => BigInt(machine.buffers.length),
  'ob_get_length()': (machine) =>
    machine.buffers.length === 0 ? false : BigInt(machine.buffers.at(-1)?.length ?? 0),
  'ob_end_clean()': (machine) => {
    if (machine.buffers.pop() !== undefined) return true;
    machine.notice('ob_end_clean(): Failed to delete buffer. No buffer to delete');
    return false;
  },
  'ob_end_flush()': (machine) => {
    const text = machine.buffers.pop();
    if (text === undefined) {
      machine.notice('ob_end_flush(): Failed to delete and flush buffer. No buffer to delete or flush');
      return false;
    }
    machine.write(text);
    return true;
  },
  'ob_get_flush()': (machine) => {
    const text = machine.buffers.pop();
    if (text === undefined) return false;
    machine.write(text);
    return text;
  },
  'ob_flush()': (machine) => {
    const text = machine.buffers.pop();
    if (text === undefined) {
      machine.notice('ob_flush(): Failed to flush buffer. No buffer to flush');
      return false;
    }
    machine.write(text);
    machine.buffers.push('');
    return true;
  },
  'ob_clean()': (machine) => {
    if (machine.buffers.length === 0) {
      machine.notice('ob_clean(): Failed to delete buffer. No buffer to delete');
      return false;
    }
    machine.buffers[machine.buffers.length - 1] = '';
    return true;
  },
  'ob_implicit_flush(bool $enable = true)': () => null,
  'flush()': () => null,
};
