import { describe, expect, it } from 'vitest';
import type { ClientHello } from './tls-client-hello.ts';
import { isGrease, ja3, ja3Text, ja4, ja4Texts } from './tls-fingerprint.ts';

const none: ClientHello = {
  recordVersion: 0x0301,
  version: 0x0303,
  ciphers: [],
  extensions: [],
  supportedVersions: [],
  groups: [],
  pointFormats: [],
  signatureAlgorithms: [],
  serverName: null,
  alpn: [],
};

/** A hello with these fields; the extensions given by their types alone. */
const hello = (
  fields: Partial<Omit<ClientHello, 'extensions'>>,
  types: readonly number[] = [],
): ClientHello => ({
  ...none,
  ...fields,
  extensions: types.map((type) => ({ type, data: new Uint8Array(0) })),
});

/** The algorithms, in the order in which Chrome sends them; JA4 does not sort them. */
const chromeAlgorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const chromeCiphers = [
  0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
  0x009d, 0x002f, 0x0035,
];

/** The worked example of JA4's technical details: Chrome, TLS 1.3, its GREASE values in place. */
const chrome = hello(
  {
    ciphers: chromeCiphers,
    supportedVersions: [0x3a3a, 0x0304, 0x0303],
    groups: [0x1a1a, 29, 23, 24],
    pointFormats: [0],
    signatureAlgorithms: chromeAlgorithms,
    alpn: ['h2', 'http/1.1'],
  },
  [
    0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
    0xff01, 0x000b, 0x000a, 0x0015, 0xfafa,
  ],
);

/** Chrome 143 on Android, as a public fingerprinting service published it with all four texts. */
const chrome143 = hello(
  {
    ciphers: chromeCiphers,
    supportedVersions: [0x5a5a, 0x0304, 0x0303],
    groups: [0xcaca, 4588, 29, 23, 24],
    pointFormats: [0],
    signatureAlgorithms: chromeAlgorithms,
    alpn: ['h2', 'http/1.1'],
  },
  [0x8a8a, 45, 51, 16, 65037, 23, 17613, 0, 11, 10, 43, 65281, 35, 18, 5, 13, 27, 0x1a1a],
);

describe('JA3', () => {
  it('gives the values of its specification', () => {
    const old = hello(
      {
        version: 0x0301,
        ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
        groups: [23, 24, 25],
        pointFormats: [0],
      },
      [0, 10, 11],
    );
    expect(ja3Text(old)).toBe('769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0');
    expect(ja3(old)).toBe('ada70206e40642a3e4461f35503241d5');
    const bare = hello({ version: 0x0301, ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99] });
    expect(ja3Text(bare)).toBe('769,4-5-10-9-100-98-3-6-19-18-99,,,');
    expect(ja3(bare)).toBe('de350869b8c85de67a350c8d186f11e6');
  });

  it('leaves GREASE out of ciphers, extensions and groups', () => {
    expect(ja3(chrome143)).toBe('98487aa16281980e7d1120d399efb6a4');
  });
});

describe('JA4', () => {
  it('gives the value of the worked example in its specification', () => {
    expect(ja4Texts(chrome)).toEqual({
      ciphers: '002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9',
      extensions:
        '0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601',
    });
    expect(ja4(chrome, 't')).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
    expect(ja4(chrome, 'q')).toBe('q13d1516h2_8daaf6152771_e5627efa2ab1');
  });

  it('does not depend on the order of ciphers and extensions, and does on that of the algorithms', () => {
    expect(ja4(chrome143, 't')).toBe('t13d1516h2_8daaf6152771_d8a2da3f94cd');
    const shuffled = {
      ...chrome143,
      ciphers: chrome143.ciphers.toReversed(),
      extensions: chrome143.extensions.toReversed(),
    };
    expect(ja4(shuffled, 't')).toBe(ja4(chrome143, 't'));
    const reordered = { ...chrome143, signatureAlgorithms: chrome143.signatureAlgorithms.toReversed() };
    expect(ja4(reordered, 't')).not.toBe(ja4(chrome143, 't'));
  });

  it('hashes the extensions alone where no algorithms are sent (example of the specification)', () => {
    const plain = { ...chrome, signatureAlgorithms: [] };
    expect(ja4(plain, 't')).toBe('t13d1516h2_8daaf6152771_6d807ffa2a79');
  });

  it.each([
    ['nothing at all', hello({}), 't12i000000_000000000000_000000000000'],
    ['only name and protocol', hello({ alpn: ['h2'] }, [0, 16]), 't12d0002h2_000000000000_000000000000'],
    ['an unknown version', hello({ version: 0x0399 }), 't00i000000_000000000000_000000000000'],
    ['SSL 3.0', hello({ version: 0x0300 }), 'ts3i000000_000000000000_000000000000'],
    ['only GREASE versions', hello({ supportedVersions: [0x0a0a] }), 't12i000000_000000000000_000000000000'],
  ])('has a value for a hello with %s', (_case, client, value) => {
    expect(ja4(client, 't')).toBe(value);
  });

  it.each([
    ['h2', 'h2'],
    ['http/1.1', 'h1'],
    ['h', 'hh'],
    ['\xab', 'ab'],
    ['\xab\xcd', 'ad'],
    ['\x30\xab', '3b'],
    ['\x30\x31\xab\xcd', '3d'],
    ['\x30\xab\xcd\x31', '01'],
  ])('writes the protocol name %j as %s', (name, characters) => {
    expect(ja4(hello({ alpn: [name] }), 't').slice(8, 10)).toBe(characters);
  });

  it('counts to 99', () => {
    const many = hello({ ciphers: Array.from({ length: 120 }, (_, index) => index) });
    expect(ja4(many, 't').slice(4, 6)).toBe('99');
  });
});

it('knows the sixteen GREASE values and no other', () => {
  const values = Array.from({ length: 65_536 }, (_, value) => value).filter(isGrease);
  expect(values).toEqual(Array.from({ length: 16 }, (_, index) => 0x0a0a + 0x1010 * index));
});
