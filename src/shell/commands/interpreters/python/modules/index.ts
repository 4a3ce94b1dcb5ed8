import { ownMember } from '../../../../own-member.ts';
import { Unsupported } from '../../script/unsupported.ts';
import type { Engine } from '../engine.ts';
import { fail, makeModule, string } from '../machinery.ts';
import { Builtin, Instance, ModuleValue, Tuple, type Value } from '../value.ts';
import { base64, binascii, codecs, gzip, hashlib, hmac, zlib } from './encoding.ts';
import { json } from './json.ts';
import { requests, socket, urlParse, urlRequest } from './network.ts';
import { math, random, time } from './numbers.ts';
import { re } from './patterns.ts';
import { subprocess } from './processes.ts';
import { standardLibrary } from './standard-library.ts';
import { struct } from './structure.ts';
import { os, osPath, sys } from './system.ts';

function platform(engine: Engine): ModuleValue {
  const { kernel, hostname, packages } = engine.world.process.state.machine;
  const libc =
    packages.family === 'redhat'
      ? '2.28'
      : packages.codename === 'focal' || packages.codename === 'bullseye'
        ? '2.31'
        : '2.36';
  return makeModule('platform', {
    system: () => 'Linux',
    node: () => hostname,
    release: () => kernel.release,
    version: () => kernel.version,
    machine: () => kernel.machine,
    processor: () => (packages.codename === 'bullseye' ? '' : kernel.machine),
    architecture: () => new Tuple([kernel.machine.endsWith('64') ? '64bit' : '32bit', 'ELF']),
    python_version: () => engine.version,
    python_implementation: () => 'CPython',
    platform: () => `Linux-${kernel.release}-${kernel.machine}-with-glibc${libc}`,
    uname: () => {
      const parts = [
        'Linux',
        hostname,
        kernel.release,
        kernel.version,
        kernel.machine,
        packages.codename === 'bullseye' ? '' : kernel.machine,
      ];
      const value = new Instance(engine.types.error('uname_result', 'tuple', 'platform'));
      for (const [index, name] of ['system', 'node', 'release', 'version', 'machine', 'processor'].entries())
        value.fields.set(name, parts[index] ?? '');
      value.shown = `uname_result(system='Linux', node='${hostname}', release='${kernel.release}', version='${kernel.version}', machine='${kernel.machine}'${engine.minor < 9 ? `, processor='${parts[5] ?? ''}'` : ''})`;
      return value;
    },
  });
}

function pty(engine: Engine): ModuleValue {
  return makeModule('pty', {
    *spawn([given]) {
      const words =
        typeof given === 'string'
          ? [given]
          : (yield* engine.items(given ?? null)).map((word) => string(engine, word));
      const [program = ''] = words;
      if (engine.world.find(program) === null)
        return fail(engine, 'OSError', `[Errno 2] No such file or directory`);
      const { status } = yield* engine.world.program(words, {
        input: null,
        output: 'inherit',
        error: 'inherit',
      });
      return BigInt(status << 8);
    },
  });
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

function strings(): ModuleValue {
  const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
  const whitespace = ' \t\n\r\x0b\x0c';
  const members: Record<string, Value> = {
    ascii_lowercase: letters,
    ascii_uppercase: letters.toUpperCase(),
    ascii_letters: letters + letters.toUpperCase(),
    digits: '0123456789',
    hexdigits: '0123456789abcdefABCDEF',
    octdigits: '01234567',
    punctuation,
    whitespace,
    printable: `0123456789${letters}${letters.toUpperCase()}${punctuation}${whitespace}`,
  };
  return makeModule('string', {}, members);
}

function getPass(engine: Engine): ModuleValue {
  const { machine, files } = engine.world.process.state;
  return makeModule('getpass', { getuser: () => machine.userOf(files.uid) });
}

/** Threads run when they are started, one after the other. */
function threading(engine: Engine): ModuleValue {
  const make = (_values: readonly Value[], keywords: ReadonlyMap<string, Value>): Value => {
    const target = keywords.get('target') ?? null;
    const given = keywords.get('args');
    const value = new Instance(engine.types.error('Thread', 'object', 'threading'));
    const start = function* start() {
      yield* engine.call(target, given === undefined ? [] : yield* engine.items(given));
      return null;
    };
    value.fields.set('start', new Builtin('start', start));
    for (const name of ['join', 'setDaemon']) value.fields.set(name, new Builtin(name, () => null));
    value.fields.set('is_alive', new Builtin('is_alive', () => false));
    return value;
  };
  return makeModule('threading', { Thread: make });
}

function urllib(engine: Engine): ModuleValue {
  const error = new ModuleValue(
    'urllib.error',
    new Map([
      ['URLError', engine.types.error('URLError', 'OSError', 'urllib.error')],
      ['HTTPError', engine.types.error('HTTPError', 'OSError', 'urllib.error')],
    ]),
  );
  return new ModuleValue(
    'urllib',
    new Map<string, Value>([
      ['request', urlRequest(engine)],
      ['parse', urlParse(engine)],
      ['error', error],
    ]),
  );
}

const makers: Readonly<Record<string, (engine: Engine) => ModuleValue>> = {
  os,
  'os.path': osPath,
  posixpath: osPath,
  sys,
  time,
  math,
  random,
  base64,
  binascii,
  hashlib,
  hmac,
  zlib,
  gzip,
  codecs,
  json,
  struct,
  re,
  socket,
  subprocess,
  urllib,
  'urllib.request': urlRequest,
  'urllib.parse': urlParse,
  platform,
  pty,
  string: strings,
  getpass: getPass,
  threading,
};

/** Packages of the distribution that bring modules. */
const packaged: Readonly<Record<string, string>> = {
  requests: 'python3-requests',
  urllib3: 'python3-urllib3',
  paramiko: 'python3-paramiko',
  yaml: 'python3-yaml',
  cryptography: 'python3-cryptography',
  six: 'python3-six',
  pip: 'python3-pip',
  setuptools: 'python3-setuptools',
  apt: 'python3-apt',
  dbus: 'python3-dbus',
  gi: 'python3-gi',
};

/** A module by its name: one that is here, one whose members are not known here, or null where there is none. */
export function moduleNamed(engine: Engine, path: string): ModuleValue | null {
  const maker = ownMember(makers, path);
  if (maker !== undefined) return maker(engine);
  const [top = ''] = path.split('.');
  // The script's own modules, beside it.
  const { files } = engine.world.process.state;
  if (
    files.find(`${top}.py`, engine.world.folder) !== null ||
    files.find(top, engine.world.folder)?.kind === 'directory'
  )
    throw new Unsupported('own module');
  const owner = ownMember(packaged, top);
  if (owner !== undefined && engine.world.process.state.machine.packages.installed.has(owner))
    return path === 'requests' ? requests(engine) : new ModuleValue(path, new Map());
  return standardLibrary.has(top) ? new ModuleValue(path, new Map()) : null;
}
