/**
 * Lua scripts, as far as visitors use them: `return` of a literal, of KEYS and ARGV, and of `redis.call`; and the way
 * out of the sandbox that Debian's and Ubuntu's package left open (CVE-2022-0543). Nothing is run.
 */

import {
  array,
  bulk,
  bulkOrNull,
  failure,
  integer,
  respNull,
  type RespValue,
} from '../../wire/resp-value.ts';
import { entryOf, type Call } from './call.ts';

const literal = /^'([^'\\]*)'$|^"([^"\\]*)"$/;

/** The command that a script would hand to the system, or null. Linear: a fixed word, then one class of characters. */
export function systemCommand(text: string): string | null {
  const found = /(?:io\.popen|popen|os\.execute)\s?\(\s?(?:"([^"]{0,4096})"|'([^']{0,4096})')/.exec(text);
  return found === null ? null : (found[1] ?? found[2] ?? '');
}

export function escapesSandbox(text: string): boolean {
  return text.includes('package.loadlib') || text.includes('luaopen_') || systemCommand(text) !== null;
}

/** What the most usual first commands print, for the account that the daemon runs under. */
function printed(call: Call, command: string): string {
  const { persona } = call.instance;
  const uid = persona.users.find((user) => user.name === 'redis')?.uid ?? 106;
  switch (command.trim()) {
    case 'id':
      return `uid=${uid}(redis) gid=${uid + 6}(redis) groups=${uid + 6}(redis)\n`;
    case 'whoami':
      return 'redis\n';
    case 'hostname':
      return `${persona.hostname}\n`;
    case 'uname -a':
      return `Linux ${persona.hostname} ${persona.kernel.release} ${persona.kernel.version} ${persona.kernel.machine} GNU/Linux\n`;
    case 'pwd':
      return `${call.instance.configuration.get('dir')}\n`;
    default:
      return '';
  }
}

export function runScript(call: Call, text: string, keyCount: number): RespValue {
  const command = systemCommand(text);
  if (command !== null) return bulk(printed(call, command));
  const match = /^\s{0,16}return\s+([^\n;]{1,400});?\s{0,16}$/.exec(text);
  if (match === null) return respNull;
  const keys = call.words.slice(3, 3 + keyCount);
  const values = call.words.slice(3 + keyCount);
  return expression(call, (match[1] ?? '').trim(), keys, values);
}

function expression(call: Call, text: string, keys: readonly string[], values: readonly string[]): RespValue {
  if (/^-?\d{1,15}(?:\.\d{1,10})?$/.test(text)) return integer(Math.trunc(Number(text)));
  const quoted = literal.exec(text);
  if (quoted !== null) return bulk(quoted[1] ?? quoted[2] ?? '');
  if (text === 'true') return integer(1);
  if (text === 'false' || text === 'nil') return respNull;
  const argument = /^(KEYS|ARGV)\[(\d{1,4})\]$/.exec(text);
  if (argument !== null) return bulkOrNull((argument[1] === 'KEYS' ? keys : values)[Number(argument[2]) - 1]);
  if (text.startsWith('{') && text.endsWith('}') && !text.slice(1, -1).includes('{')) {
    const inside = text.slice(1, -1).trim();
    return array(
      inside === '' ? [] : inside.split(',').map((part) => expression(call, part.trim(), keys, values)),
    );
  }
  const read = /^redis\.call\((?:'get'|"get"|'GET'|"GET"),\s?(.{1,200})\)$/.exec(text);
  if (read !== null) {
    const key = expression(call, (read[1] ?? '').trim(), keys, values);
    return key.kind === 'bulk' ? bulkOrNull(entryOf(call, key.text, 'string')?.value) : respNull;
  }
  if (/^[a-z_]\w{0,60}$/.test(text)) {
    return failure(
      `ERR Error running script: @user_script:1: Script attempted to access nonexistent global variable '${text}'`,
    );
  }
  return respNull;
}
