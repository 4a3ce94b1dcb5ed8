import { Buffer } from 'node:buffer';
import { decodeText } from '../../../../byte-text.ts';
import { addressOf } from '../../../../download.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { count, fail, faultError, makeModule, pathOf, string, systemError } from '../machinery.ts';
import { makeObject, readerMembers } from '../open-file.ts';
import { FileFault } from '../../../../files/fault.ts';
import {
  Bytes,
  Instance,
  type Keywords,
  type ModuleValue,
  type Native,
  PythonError,
  Tuple,
  type Value,
} from '../value.ts';

function unknownName(engine: Engine, code: bigint, message: string): PythonError {
  const value = new Instance(engine.types.error('gaierror', 'OSError', 'socket'));
  value.fields.set('args', new Tuple([code, message]));
  value.fields.set('errno', code);
  return new PythonError(value);
}

function makeSocket(engine: Engine): Instance {
  const { world } = engine;
  let seconds = 0;
  const connect = (given: Value | undefined): number => {
    if (!(given instanceof Tuple))
      return fail(
        engine,
        'TypeError',
        `connect(): AF_INET address must be tuple, not ${given === undefined ? 'NoneType' : typeof given}`,
      );
    const [host, port] = given.items;
    const { how } = world.connect(string(engine, host), count(engine, port), seconds);
    if (how === 'unknown') throw unknownName(engine, -2n, 'Name or service not known');
    if (how === 'timeout') return 110;
    if (how === 'refused') return 111;
    throw new Unsupported('open port');
  };
  const timeout = (): PythonError => {
    const type =
      engine.minor >= 10
        ? engine.types.get('TimeoutError')
        : engine.types.error('timeout', 'OSError', 'socket');
    const value = new Instance(type);
    value.fields.set('args', new Tuple(['timed out']));
    return new PythonError(value);
  };
  const unconnected: Native = () => {
    throw systemError(engine, 'OSError', 107n, 'Transport endpoint is not connected', null);
  };
  const nothing: Native = () => null;
  return makeObject(engine, 'socket', 'socket', {
    connect: ([given]) => {
      const status = connect(given);
      if (status === 110)
        throw seconds > 0
          ? timeout()
          : systemError(engine, 'TimeoutError', 110n, 'Connection timed out', null);
      throw systemError(engine, 'ConnectionRefusedError', 111n, 'Connection refused', null);
    },
    connect_ex: ([given]) => BigInt(connect(given) === 110 && seconds > 0 ? 11 : connect(given)),
    settimeout: ([value]) => {
      seconds = value === null || value === undefined ? 0 : Number(value);
      return null;
    },
    setsockopt: nothing,
    setblocking: nothing,
    close: nothing,
    shutdown: unconnected,
    fileno: () => 3n,
    recv: unconnected,
    send: unconnected,
    sendall: unconnected,
    // Datagrams go out, and nobody answers.
    sendto: ([value]) => BigInt(value instanceof Bytes ? value.text.length : 0),
  });
}

export function socket(engine: Engine): ModuleValue {
  const { world } = engine;
  const resolve = (given: Value | undefined): string => {
    const host = string(engine, given);
    if (host === 'localhost') return '127.0.0.1';
    if (host === world.process.state.machine.hostname) return '127.0.1.1';
    if (!/^[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}\.?$/.test(host))
      throw unknownName(engine, -2n, 'Name or service not known');
    return addressOf(world.process, host);
  };
  return makeModule(
    'socket',
    {
      socket: () => makeSocket(engine),
      create_connection: (values, keywords) => {
        const value = makeSocket(engine);
        const limit = values[1] ?? keywords.get('timeout') ?? null;
        const settimeout = value.fields.get('settimeout') ?? null;
        return (function* run() {
          yield* engine.call(settimeout, [limit]);
          return yield* engine.call(value.fields.get('connect') ?? null, [values[0] ?? null]);
        })();
      },
      gethostname: () => world.process.state.machine.hostname,
      getfqdn: () => world.process.state.machine.hostname,
      gethostbyname: ([host]) => resolve(host),
      inet_aton: ([text]) =>
        new Bytes(
          string(engine, text)
            .split('.')
            .map((part) => String.fromCharCode(Number(part) & 255))
            .join(''),
        ),
      inet_ntoa: ([value]) =>
        value instanceof Bytes
          ? Array.from(value.text, (one) => one.charCodeAt(0)).join('.')
          : fail(engine, 'TypeError', 'a bytes-like object is required'),
      htons: ([value]) =>
        ((BigInt(count(engine, value)) & 255n) << 8n) | (BigInt(count(engine, value)) >> 8n),
      setdefaulttimeout: () => null,
    },
    {
      AF_INET: 2n,
      AF_INET6: 10n,
      AF_UNIX: 1n,
      SOCK_STREAM: 1n,
      SOCK_DGRAM: 2n,
      SOCK_RAW: 3n,
      SOL_SOCKET: 1n,
      SO_REUSEADDR: 2n,
      SO_KEEPALIVE: 9n,
      IPPROTO_TCP: 6n,
      IPPROTO_UDP: 17n,
      TCP_NODELAY: 1n,
      SHUT_RDWR: 2n,
      error: engine.types.get('OSError'),
      gaierror: engine.types.error('gaierror', 'OSError', 'socket'),
      timeout:
        engine.minor >= 10
          ? engine.types.get('TimeoutError')
          : engine.types.error('timeout', 'OSError', 'socket'),
    },
  );
}

function address(engine: Engine, given: Value | undefined): string {
  const value = given instanceof Instance ? given.fields.get('full_url') : given;
  return string(engine, value);
}

function fetch(engine: Engine, url: string): string {
  if (!/^[a-z]{2,8}:/i.test(url)) return fail(engine, 'ValueError', `unknown url type: '${url}'`);
  const body = engine.world.fetch(url);
  if (body === null) {
    const value = new Instance(engine.types.error('URLError', 'OSError', 'urllib.error'));
    value.fields.set('args', new Tuple(['<urlopen error [Errno -2] Name or service not known>']));
    throw new PythonError(value);
  }
  return body;
}

export function urlRequest(engine: Engine): ModuleValue {
  const opened = (given: Value | undefined): Value => {
    const url = address(engine, given);
    const members = readerMembers(engine, fetch(engine, url), true);
    return makeObject(
      engine,
      'HTTPResponse',
      'http.client',
      { ...members, close: () => null, getcode: () => 200n, geturl: () => url },
      { status: 200n, code: 200n, url },
    );
  };
  return makeModule('urllib.request', {
    urlopen: ([given]) => opened(given),
    urlretrieve: (values, keywords) => {
      const url = address(engine, values[0]);
      const target = values[1] ?? keywords.get('filename') ?? null;
      const path = target === null ? `/tmp/tmp${engine.world.process.pid}` : pathOf(engine, target);
      const body = fetch(engine, url);
      try {
        engine.world.openFile(path, 'truncate');
        engine.world.append(path, body);
      } catch (error) {
        if (error instanceof FileFault) throw faultError(engine, error, path);
        throw error;
      }
      return new Tuple([path, null]);
    },
    Request: ([url]) =>
      makeObject(
        engine,
        'Request',
        'urllib.request',
        { add_header: () => null, get_method: () => 'GET' },
        { full_url: url ?? null },
      ),
    build_opener: () =>
      makeObject(engine, 'OpenerDirector', 'urllib.request', { open: ([given]) => opened(given) }, {}),
    install_opener: () => null,
  });
}

export function urlParse(engine: Engine): ModuleValue {
  const quote = (text: string, safe: string): string =>
    Array.from(Buffer.from(text, 'utf8'), (code) => {
      const one = String.fromCharCode(code);
      return /[A-Za-z0-9_.~-]/.test(one) || safe.includes(one)
        ? one
        : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
    }).join('');
  const unquote = (text: string): string =>
    decodeText(
      Buffer.from(text, 'utf8')
        .toString('latin1')
        .replaceAll(/%([0-9a-fA-F]{2})/g, (_all, digits: string) =>
          String.fromCharCode(Number.parseInt(digits, 16)),
        ),
    );
  return makeModule('urllib.parse', {
    quote: ([text, safe]) => quote(string(engine, text), typeof safe === 'string' ? safe : '/'),
    quote_plus: ([text]) => quote(string(engine, text), '').replaceAll('%20', '+'),
    unquote: ([text]) => unquote(string(engine, text)),
    unquote_plus: ([text]) => unquote(string(engine, text).replaceAll('+', ' ')),
  });
}

/** The `requests` package, where the machine has it. */
export function requests(engine: Engine): ModuleValue {
  const get = ([url]: readonly Value[], _keywords: Keywords): Value => {
    const body = fetch(engine, string(engine, url));
    const value = makeObject(
      engine,
      'Response',
      'requests.models',
      {},
      { content: new Bytes(body), text: decodeText(body), status_code: 200n, ok: true },
    );
    value.shown = '<Response [200]>';
    return value;
  };
  return makeModule('requests', { get, post: get, head: get, put: get });
}
