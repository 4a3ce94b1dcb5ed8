/** Connections, which are recorded and never made, and names. */

import { addressOf } from '../../../../download.ts';
import { reasons } from '../../../reach.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Machine } from '../machine.ts';
import type { Given, NativeTable } from '../native.ts';
import { ArrayValue, type Value } from '../value.ts';

const numbers: Readonly<Record<string, bigint>> = { refused: 111n, timeout: 110n, unknown: 0n };

function connected(
  machine: Machine,
  name: string,
  given: Given,
  host: string,
  port: number,
  shown: string,
): Value {
  const { how } = machine.world.connect(host.replace(/^(?:tcp|ssl|tls|udp):\/\//i, ''), port);
  if (how === 'open') throw new Unsupported('open port');
  const why = reasons[how];
  const [code, text] = name === 'fsockopen' || name === 'pfsockopen' ? [2, 3] : [1, 2];
  if (given.count > code) given.ref(code).value = numbers[how] ?? 0n;
  if (given.count > text) given.ref(text).value = why;
  machine.warn(`${name}(): Unable to connect to ${shown} (${why})`);
  return false;
}

const socket =
  (name: string) =>
  (machine: Machine, given: Given): Value =>
    connected(
      machine,
      name,
      given,
      given.text(0),
      given.number(1),
      given.number(1) < 0 ? given.text(0) : `${given.text(0)}:${given.number(1)}`,
    );

const urlParts: readonly string[] = ['scheme', 'host', 'port', 'user', 'pass', 'path', 'query', 'fragment'];

function parsed(given: Given): Value {
  const match =
    /^(?:([A-Za-z][A-Za-z0-9+.-]{0,60}):)?(?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^:/?#]*|\[[^\]]*\])(?::(\d{1,5}))?)?([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(
      given.text(0).slice(0, 8_192),
    );
  if (match === null) return false;
  const [, scheme, user, pass, host, port, path, query, fragment] = match;
  const all: Readonly<Record<string, string | undefined>> = {
    scheme,
    host,
    port,
    user,
    pass,
    path,
    query,
    fragment,
  };
  const made = new ArrayValue();
  for (const name of urlParts) {
    const value = all[name];
    if (value !== undefined && value !== '') made.set(name, name === 'port' ? BigInt(value) : value);
  }
  const wanted = given.number(1);
  return wanted < 0 ? made : (made.get(urlParts[wanted] ?? '') ?? null);
}

export const networkFunctions: NativeTable = {
  'fsockopen(string $hostname, int $port = -1, mixed &$error_code = null, mixed &$error_message = null, ?float $timeout = null)':
    socket('fsockopen'),
  'pfsockopen(string $hostname, int $port = -1, mixed &$error_code = null, mixed &$error_message = null, ?float $timeout = null)':
    socket('pfsockopen'),
  'stream_socket_client(string $address, mixed &$error_code = null, mixed &$error_message = null, ?float $timeout = null, int $flags = 4, mixed $context = null)':
    (machine, given) => {
      const match = /^(?:[a-z]{2,4}:\/\/)?(.+):(\d{1,5})$/i.exec(given.text(0).slice(0, 400));
      if (match === null) throw new Unsupported('address');
      return connected(
        machine,
        'stream_socket_client',
        given,
        match[1] ?? '',
        Number(match[2]),
        given.text(0),
      );
    },
  'gethostbyname(string $hostname)': (machine, given) => {
    machine.world.process.state.recordCommand([machine.world.process.name, given.text(0)]);
    return /^[\w-]+(?:\.[\w-]+)+$/.test(given.text(0))
      ? addressOf(machine.world.process, given.text(0))
      : given.text(0);
  },
  'gethostname()': (machine) => machine.world.process.state.machine.hostname,
  'ip2long(string $ip)': (_machine, given) => {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(given.text(0));
    if (match === null || match.slice(1).some((part) => Number(part) > 255)) return false;
    return match.slice(1).reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  },
  'long2ip(int $ip)': (_machine, given) =>
    [24n, 16n, 8n, 0n]
      .map((shift) => ((BigInt.asUintN(32, given.integer(0)) >> shift) & 255n).toString())
      .join('.'),
  'parse_url(string $url, int $component = -1)': (_machine, given) => parsed(given),
  'parse_str(string $string, mixed &$result)': (machine, given) => {
    const made = new ArrayValue();
    for (const part of given.text(0).split('&').slice(0, 1_000)) {
      const [name = '', ...value] = part.split('=');
      if (name === '') continue;
      if (/\[|%5b/i.test(name)) throw new Unsupported('parse_str');
      const decode = (text: string): string =>
        text
          .replaceAll('+', ' ')
          .replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
            String.fromCharCode(Number.parseInt(digits, 16)),
          );
      made.set(decode(name).replaceAll(/[ .]/g, '_'), decode(value.join('=')));
    }
    machine.spend(given.text(0).length * 2);
    given.ref(1).value = made;
    return null;
  },
  'http_build_query(array|object $data, string $numeric_prefix = "", ?string $arg_separator = null, int $encoding_type = 1)':
    (machine, given) => {
      machine.spend(given.array(0).size * 64);
      const encode = (text: string): string =>
        text.replaceAll(/[^A-Za-z0-9_.-]/g, (character) =>
          character === ' ' ? '+' : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        );
      return [...given.array(0).entries()]
        .flatMap(([key, value]) => {
          if (value === null) return [];
          if (typeof value === 'object') throw new Unsupported('query');
          return [
            `${encode(String(key))}=${encode(typeof value === 'boolean' ? String(Number(value)) : String(value))}`,
          ];
        })
        .join('&');
    },
  'header(string $header, bool $replace = true, int $response_code = 0)': () => null,
  'headers_sent()': () => false,
  'http_response_code(int $response_code = 0)': () => false,
};
