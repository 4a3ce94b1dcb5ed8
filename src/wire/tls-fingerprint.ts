/** Fingerprints of TLS clients: JA3 (https://github.com/salesforce/ja3) and JA4 (https://github.com/FoxIO-LLC/ja4, JA4 alone). */

import { createHash } from 'node:crypto';
import type { ClientHello } from './tls-client-hello.ts';

/** The sixteen reserved values 0x0a0a, 0x1a1a … 0xfafa that clients sprinkle in to keep servers tolerant (RFC 8701). */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

const withoutGrease = (values: readonly number[]): number[] => values.filter((value) => !isGrease(value));

/** The text that JA3 hashes: `version,ciphers,extensions,groups,pointFormats`, decimal, dashes within. */
export function ja3Text(hello: ClientHello): string {
  const list = (values: readonly number[]): string => withoutGrease(values).join('-');
  return [
    String(hello.version),
    list(hello.ciphers),
    list(hello.extensions.map((extension) => extension.type)),
    list(hello.groups),
    hello.pointFormats.join('-'),
  ].join(',');
}

/** MD5 of the JA3 text, in hex. */
export function ja3(hello: ClientHello): string {
  return createHash('md5').update(ja3Text(hello)).digest('hex');
}

const versionNames: Readonly<Record<number, string>> = {
  0x0304: '13',
  0x0303: '12',
  0x0302: '11',
  0x0301: '10',
  0x0300: 's3',
  0x0002: 's2',
  0xfeff: 'd1',
  0xfefd: 'd2',
  0xfefc: 'd3',
};

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');
const twoDigits = (count: number): string => String(Math.min(count, 99)).padStart(2, '0');
const hash12 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
const nothing = '000000000000';

/** First and last character of the first protocol name; of their hex digits where one is not alphanumeric; `00` without a name. */
function alpnCharacters(alpn: readonly string[]): string {
  const name = alpn[0];
  if (name === undefined || name === '') return '00';
  const first = name.charAt(0);
  const last = name.charAt(name.length - 1);
  if (/^[0-9A-Za-z]{2}$/.test(first + last)) return first + last;
  const hex = Buffer.from(name, 'latin1').toString('hex');
  return hex.charAt(0) + hex.charAt(hex.length - 1);
}

/** The texts that the second and third part of JA4 hash (the `r` form of the specification, sorted). */
export function ja4Texts(hello: ClientHello): { ciphers: string; extensions: string } {
  const ciphers = withoutGrease(hello.ciphers).map(hex4).sort().join(',');
  const types = withoutGrease(hello.extensions.map((extension) => extension.type));
  const sorted = types.filter((type) => type !== 0 && type !== 16).map(hex4);
  const algorithms = withoutGrease(hello.signatureAlgorithms).map(hex4).join(',');
  const extensions = sorted.sort().join(',');
  return { ciphers, extensions: algorithms === '' ? extensions : `${extensions}_${algorithms}` };
}

/**
 * JA4, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`.
 *
 * @param transport `t` for TCP, `q` for QUIC
 */
export function ja4(hello: ClientHello, transport: 't' | 'q'): string {
  const offered = withoutGrease(hello.supportedVersions);
  const version = offered.length > 0 ? Math.max(...offered) : hello.version;
  const types = withoutGrease(hello.extensions.map((extension) => extension.type));
  const texts = ja4Texts(hello);
  const ciphers = withoutGrease(hello.ciphers);
  return [
    transport,
    versionNames[version] ?? '00',
    types.includes(0) ? 'd' : 'i',
    twoDigits(ciphers.length),
    twoDigits(types.length),
    alpnCharacters(hello.alpn),
    '_',
    ciphers.length === 0 ? nothing : hash12(texts.ciphers),
    '_',
    texts.extensions === '' ? nothing : hash12(texts.extensions),
  ].join('');
}
