import { Buffer } from 'node:buffer';
import { createHash, createHmac, getHashes } from 'node:crypto';
import {
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
  crc32,
} from 'node:zlib';
import { limits } from '../../../../limits.ts';
import { Unsupported } from '../../script/unsupported.ts';
import { makeObject } from '../open-file.ts';
import { argument, bytesOf, count, fail, makeModule, type Machinery, string } from '../machinery.ts';
import type { Engine } from '../engine.ts';
import { typeName } from '../types.ts';
import { Bytes, Instance, type ModuleValue, type Native, PythonError, Tuple, type Value } from '../value.ts';

const latin = (buffer: Buffer): Bytes => new Bytes(buffer.toString('latin1'));

function moduleError(
  engine: Engine,
  name: string,
  base: string,
  module: string,
  message: string,
): PythonError {
  const value = new Instance(engine.types.error(name, base, module));
  value.fields.set('args', new Tuple([message]));
  return new PythonError(value);
}

/** Text of ASCII or bytes. */
function looseBytes(machinery: Machinery, value: Value | undefined): string {
  if (typeof value === 'string') {
    if (/[\x80-\uffff]/.test(value))
      fail(machinery, 'ValueError', 'string argument should contain only ASCII characters');
    return value;
  }
  if (value instanceof Bytes) return value.text;
  return fail(
    machinery,
    'TypeError',
    `argument should be a bytes-like object or ASCII string, not '${typeName(value ?? null)}'`,
  );
}

function decode64(engine: Engine, value: Value | undefined): Bytes {
  const text = looseBytes(engine, value);
  engine.world.spend(text.length);
  const letters = text.replaceAll(/[^A-Za-z0-9+/=]/g, '');
  let data = '';
  let padding = 0;
  for (const letter of letters) {
    if (letter === '=') {
      padding += 1;
      if (data.length % 4 !== 0 && (data.length + padding) % 4 === 0) break;
    } else {
      data += letter;
      padding = 0;
    }
  }
  if (data.length % 4 === 1)
    throw moduleError(
      engine,
      'Error',
      'ValueError',
      'binascii',
      `Invalid base64-encoded string: number of data characters (${data.length}) cannot be 1 more than a multiple of 4`,
    );
  if (data.length % 4 !== 0 && (data.length + padding) % 4 !== 0)
    throw moduleError(engine, 'Error', 'ValueError', 'binascii', 'Incorrect padding');
  return latin(Buffer.from(data, 'base64'));
}

export function base64(engine: Engine): ModuleValue {
  const encode = ([value]: readonly Value[]): Bytes => {
    const text = bytesOf(engine, value);
    engine.world.spend(text.length);
    return new Bytes(Buffer.from(text, 'latin1').toString('base64'));
  };
  const url = (value: Value | undefined): Value => {
    const text = looseBytes(engine, value);
    return text.replaceAll('-', '+').replaceAll('_', '/');
  };
  const hexPairs = (value: Value | undefined): Bytes => {
    const text = looseBytes(engine, value);
    if (!/^(?:[0-9A-F]{2})*$/.test(text))
      throw moduleError(
        engine,
        'Error',
        'ValueError',
        'binascii',
        text.length % 2 === 1 ? 'Odd-length string' : 'Non-base16 digit found',
      );
    return latin(Buffer.from(text, 'hex'));
  };
  return makeModule('base64', {
    b64encode: encode,
    standard_b64encode: encode,
    b64decode: ([value]) => decode64(engine, value),
    standard_b64decode: ([value]) => decode64(engine, value),
    decodebytes: ([value]) => decode64(engine, value),
    encodebytes: ([value]) =>
      new Bytes((encode([value ?? null]).text.match(/.{1,76}/g) ?? []).map((line) => `${line}\n`).join('')),
    urlsafe_b64encode: ([value]) =>
      new Bytes(
        encode([value ?? null])
          .text.replaceAll('+', '-')
          .replaceAll('/', '_'),
      ),
    urlsafe_b64decode: ([value]) => decode64(engine, url(value)),
    b16encode: ([value]) =>
      new Bytes(Buffer.from(bytesOf(engine, value), 'latin1').toString('hex').toUpperCase()),
    b16decode: ([value]) => hexPairs(value),
  });
}

export function binascii(engine: Engine): ModuleValue {
  const hexlify: Native = ([value]) =>
    new Bytes(Buffer.from(bytesOf(engine, value), 'latin1').toString('hex'));
  const unhexlify: Native = ([value]) => {
    const text = looseBytes(engine, value);
    if (text.length % 2 === 1)
      throw moduleError(engine, 'Error', 'ValueError', 'binascii', 'Odd-length string');
    if (/[^0-9a-fA-F]/.test(text))
      throw moduleError(engine, 'Error', 'ValueError', 'binascii', 'Non-hexadecimal digit found');
    return latin(Buffer.from(text, 'hex'));
  };
  return makeModule(
    'binascii',
    {
      hexlify,
      b2a_hex: hexlify,
      unhexlify,
      a2b_hex: unhexlify,
      a2b_base64: ([value]) => decode64(engine, value),
      b2a_base64: (values, keywords) =>
        new Bytes(
          `${Buffer.from(bytesOf(engine, values[0]), 'latin1').toString('base64')}${keywords.get('newline') === false ? '' : '\n'}`,
        ),
      crc32: ([value]) => BigInt(crc32(Buffer.from(bytesOf(engine, value), 'latin1'))),
    },
    { Error: engine.types.error('Error', 'ValueError', 'binascii') },
  );
}

const digests: ReadonlySet<string> = new Set([
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'blake2b',
  'blake2s',
]);
const systemNames: Readonly<Record<string, string>> = { blake2b: 'blake2b512', blake2s: 'blake2s256' };

function hashObject(
  engine: Engine,
  name: string,
  first: Value | undefined,
  finish: (text: string) => Buffer,
): Value {
  let text = '';
  const add = (value: Value | undefined): Value => {
    if (typeof value === 'string')
      return fail(
        engine,
        'TypeError',
        `${engine.minor >= 12 ? 'Strings' : engine.minor >= 10 ? 'Strings' : 'Unicode-objects'} must be encoded before hashing`,
      );
    if (!(value instanceof Bytes))
      return fail(engine, 'TypeError', 'object supporting the buffer API required');
    if (text.length + value.text.length > limits.oneFileBytes) throw new Unsupported('large');
    text += value.text;
    return null;
  };
  if (first !== undefined) add(first);
  const digest = (): Buffer => {
    engine.world.spend(text.length);
    return finish(text);
  };
  return makeObject(
    engine,
    'HASH',
    '_hashlib',
    {
      update: ([value]) => add(value),
      hexdigest: () => digest().toString('hex'),
      digest: () => latin(digest()),
      copy: () => hashObject(engine, name, new Bytes(text), finish),
    },
    { name },
  );
}

export function hashlib(engine: Engine): ModuleValue {
  const known = new Set(getHashes().map((name) => name.toLowerCase()));
  const make = (name: string, first: Value | undefined): Value => {
    const system = systemNames[name] ?? name;
    if (!known.has(system)) return fail(engine, 'ValueError', `unsupported hash type ${name}`);
    return hashObject(engine, name, first, (text) => createHash(system).update(text, 'latin1').digest());
  };
  const functions: Record<string, Native> = {
    new: ([name, first]) => make(string(engine, name).toLowerCase(), first),
  };
  for (const name of digests) functions[name] = ([first]) => make(name, first);
  return makeModule('hashlib', functions);
}

export function hmac(engine: Engine): ModuleValue {
  return makeModule('hmac', {
    new: (values, keywords) => {
      const key = bytesOf(engine, values[0]);
      const mode = argument(values, keywords, 2, 'digestmod') ?? null;
      const name =
        typeof mode === 'string'
          ? mode
          : mode !== null && typeof mode === 'object' && 'name' in mode
            ? mode.name
            : '';
      if (!digests.has(name)) throw new Unsupported('digestmod');
      return hashObject(engine, name, argument(values, keywords, 1, 'msg'), (text) =>
        createHmac(systemNames[name] ?? name, Buffer.from(key, 'latin1'))
          .update(text, 'latin1')
          .digest(),
      );
    },
  });
}

/** Runs a codec of zlib; what it cannot read is Python's `zlib.error`. */
function zlibRun(
  engine: Engine,
  value: Value | undefined,
  run: (bytes: Buffer) => Buffer,
  message: string,
): Bytes {
  const text = bytesOf(engine, value);
  engine.world.spend(text.length * 4);
  let out: Buffer;
  try {
    out = run(Buffer.from(text, 'latin1'));
  } catch (error) {
    if (error instanceof RangeError) throw new Unsupported('large');
    throw moduleError(engine, 'error', 'Exception', 'zlib', message);
  }
  engine.world.spend(out.length);
  return latin(out);
}

const most = { maxOutputLength: limits.oneFileBytes };

export function zlib(engine: Engine): ModuleValue {
  const error = 'Error -3 while decompressing data: incorrect header check';
  return makeModule(
    'zlib',
    {
      compress: (values, keywords) => {
        const level = argument(values, keywords, 1, 'level');
        return zlibRun(
          engine,
          values[0],
          (bytes) => deflateSync(bytes, level === undefined ? {} : { level: count(engine, level) }),
          '',
        );
      },
      decompress: (values, keywords) => {
        const bits = Number(argument(values, keywords, 1, 'wbits') ?? 15n);
        return zlibRun(
          engine,
          values[0],
          (bytes) =>
            bits < 0
              ? inflateRawSync(bytes, most)
              : bits > 15
                ? gunzipSync(bytes, most)
                : inflateSync(bytes, most),
          error,
        );
      },
      crc32: ([value]) => BigInt(crc32(Buffer.from(bytesOf(engine, value), 'latin1'))),
    },
    { MAX_WBITS: 15n, error: engine.types.error('error', 'Exception', 'zlib') },
  );
}

export function gzip(engine: Engine): ModuleValue {
  return makeModule('gzip', {
    compress: ([value]) => zlibRun(engine, value, (bytes) => gzipSync(bytes), ''),
    decompress: ([value]) =>
      zlibRun(
        engine,
        value,
        (bytes) => gunzipSync(bytes, most),
        'Error -3 while decompressing data: incorrect header check',
      ),
  });
}

export function codecs(engine: Engine): ModuleValue {
  const rotate = (text: string): string =>
    text.replaceAll(/[a-zA-Z]/g, (one) =>
      String.fromCharCode(one.charCodeAt(0) + (one.toLowerCase() < 'n' ? 13 : -13)),
    );
  const change = function* change(name: 'encode' | 'decode', values: readonly Value[]) {
    const [value = null, given] = values;
    const encoding = typeof given === 'string' ? given.toLowerCase().replaceAll(/[-_]|codec/g, '') : 'utf8';
    if (encoding === 'rot13' && typeof value === 'string') return rotate(value);
    if (encoding === 'hex') {
      if (name === 'encode') return new Bytes(Buffer.from(bytesOf(engine, value), 'latin1').toString('hex'));
      const digits = looseBytes(engine, value);
      if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) throw new Unsupported('hex');
      return latin(Buffer.from(digits, 'hex'));
    }
    if (encoding === 'base64')
      return name === 'decode'
        ? decode64(engine, value)
        : new Bytes(`${Buffer.from(bytesOf(engine, value), 'latin1').toString('base64')}\n`);
    if (encoding === 'zlib' || encoding === 'zip')
      return zlibRun(
        engine,
        value,
        (bytes) => (name === 'decode' ? inflateSync(bytes, most) : deflateRawSync(bytes)),
        'Error -3 while decompressing data: incorrect header check',
      );
    return yield* engine.call(yield* engine.attribute(value, name), given === undefined ? [] : [given]);
  };
  return makeModule('codecs', {
    encode: (values) => change('encode', values),
    decode: (values) => change('decode', values),
  });
}
