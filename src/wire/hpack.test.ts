import { Buffer } from 'node:buffer';
import { array, assert, integer, nat, oneof, property, stringMatching, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HpackDecoder, type HpackLimits } from './hpack-decoder.ts';
import { encodeAnswer, hpackInteger, noTable } from './hpack-encoder.ts';
import { decodeHuffman, encodeHuffman, huffmanLength } from './hpack-huffman.ts';
import { DynamicTable } from './hpack-table.ts';

const limits: HpackLimits = { table: 4_096, string: 8_192, list: 32_768, fields: 4_096 };
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const decoded = (decoder: HpackDecoder, hex: string): unknown => decoder.push(bytes(hex), true);

describe('HPACK by the examples of RFC 7541, appendix C', () => {
  it('writes integers (C.1)', () => {
    expect(hpackInteger(10, 5, 0)).toEqual([0x0a]);
    expect(hpackInteger(1_337, 5, 0)).toEqual([0x1f, 0x9a, 0x0a]);
    expect(hpackInteger(42, 8, 0)).toEqual([0x2a]);
  });

  it('reads each representation (C.2)', () => {
    const read = (hex: string): unknown => decoded(new HpackDecoder(limits), hex);
    expect(read('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572')).toEqual([
      ['custom-key', 'custom-header'],
    ]);
    expect(read('040c 2f73 616d 706c 652f 7061 7468')).toEqual([[':path', '/sample/path']]);
    expect(read('1008 7061 7373 776f 7264 0673 6563 7265 74')).toEqual([['password', 'secret']]);
    expect(read('82')).toEqual([[':method', 'GET']]);
  });

  const requests = [
    [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ],
    [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
      ['cache-control', 'no-cache'],
    ],
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/index.html'],
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ],
  ];
  const date = 'Mon, 21 Oct 2013 20:13:';
  const responses = [
    [
      [':status', '302'],
      ['cache-control', 'private'],
      ['date', `${date}21 GMT`],
      ['location', 'https://www.example.com'],
    ],
    [
      [':status', '307'],
      ['cache-control', 'private'],
      ['date', `${date}21 GMT`],
      ['location', 'https://www.example.com'],
    ],
    [
      [':status', '200'],
      ['cache-control', 'private'],
      ['date', `${date}22 GMT`],
      ['location', 'https://www.example.com'],
      ['content-encoding', 'gzip'],
      ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    ],
  ];

  it('reads requests on one connection, plain (C.3) and in Huffman’s code (C.4)', () => {
    for (const blocks of [
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ]) {
      const decoder = new HpackDecoder(limits);
      expect(blocks.map((block) => decoded(decoder, block))).toEqual(requests);
    }
  });

  it('reads responses on one connection whose table has room for 256 octets (C.5, C.6)', () => {
    for (const blocks of [
      [
        '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '4803 3330 37c1 c0bf',
        '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
      ],
      [
        '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
        '4883 640e ffc1 c0bf',
        '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
      ],
    ]) {
      const decoder = new HpackDecoder({ ...limits, table: 256 });
      expect(blocks.map((block) => decoded(decoder, block))).toEqual(responses);
    }
  });

  it('counts and evicts entries as §4 says', () => {
    const table = new DynamicTable(256);
    table.add([':status', '302']);
    table.add(['cache-control', 'private']);
    table.add(['date', `${date}21 GMT`]);
    table.add(['location', 'https://www.example.com']);
    expect([table.size, table.count]).toEqual([222, 4]);
    table.add([':status', '307']);
    expect([table.size, table.count, table.at(65)]).toEqual([222, 4, ['cache-control', 'private']]);
    table.add(['x', 'y'.repeat(300)]);
    expect([table.size, table.count]).toEqual([0, 0]);
  });
});

describe('the Huffman code', () => {
  it('has a code for each octet and spends every bit pattern once', () => {
    let total = 0;
    for (let octet = 0; octet < 256; octet += 1) {
      const text = String.fromCharCode(octet);
      // Eight times the same octet take exactly as many octets as one takes bits.
      total += 2 ** -huffmanLength(text.repeat(8));
      expect(decodeHuffman(encodeHuffman(text.repeat(5)))).toBe(text.repeat(5));
    }
    // What is left is the end of a string, 30 ones.
    expect(1 - total).toBe(2 ** -30);
  });

  it('refuses padding that is none, and the end of a string within', () => {
    expect(decodeHuffman(bytes('00'))).toBeNull();
    expect(decodeHuffman(bytes('1fff'))).toBeNull();
    expect(decodeHuffman(bytes('ffffffff'))).toBeNull();
    expect(decodeHuffman(bytes('1f'))).toBe('a');
    expect(decodeHuffman(bytes(''))).toBe('');
  });

  it('gives back any text', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), (octets) => {
        const text = Buffer.from(octets).toString('latin1');
        const code = encodeHuffman(text);
        expect(code.length).toBe(huffmanLength(text));
        expect(decodeHuffman(code)).toBe(text);
      }),
    );
  });
});

const name = stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const value = uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets).toString('latin1'));

describe('a header block', () => {
  it('is read as it was written', () => {
    assert(
      property(
        integer({ min: 200, max: 599 }),
        array(tuple(name, value), { maxLength: 20 }),
        (status, fields) => {
          const block = Buffer.concat([noTable, encodeAnswer(status, fields)]);
          expect(new HpackDecoder(limits).push(block, true)).toEqual([
            [':status', String(status)],
            ...fields,
          ]);
        },
      ),
    );
  });

  it('gives the same for any split of any bytes', () => {
    const block = oneof(
      uint8Array({ maxLength: 200 }),
      array(tuple(name, value), { maxLength: 8 }).map((fields) => encodeAnswer(200, fields)),
    );
    assert(
      property(array(block, { maxLength: 4 }), nat(40), (blocks, size) => {
        const whole = new HpackDecoder(limits);
        const split = new HpackDecoder(limits);
        for (const octets of blocks) {
          const expected = whole.push(octets, true);
          let given: unknown = null;
          for (let at = 0; given === null; at += size + 1)
            given = split.push(octets.subarray(at, at + size + 1), at + size + 1 >= octets.length);
          expect(given).toEqual(expected);
          if (typeof expected === 'string') return;
        }
      }),
    );
  });

  it('ends where it unfolds to more than its bounds', () => {
    const entry = Buffer.concat([bytes('40 01 61 7f a1 1e'), Buffer.alloc(4_000, 0x62)]);
    const bomb = Buffer.concat([entry, Buffer.alloc(100_000, 0xbe)]);
    const decoder = new HpackDecoder(limits);
    expect(decoder.push(bomb, true)).toBe('too-large');
    expect(decoder.unfolded.size).toBeLessThan(limits.list + 8_192);
    expect(new HpackDecoder(limits).push(Buffer.alloc(50_000, 0x82), true)).toBe('too-large');
    expect(new HpackDecoder({ ...limits, list: 1e9 }).push(Buffer.alloc(5_000, 0x82), true)).toBe(
      'too-large',
    );
    // A string that says that it is long is not waited for.
    expect(new HpackDecoder(limits).push(bytes('00 7f 80 7e'), false)).toBe('too-large');
    expect(new HpackDecoder(limits).push(bytes('00 7f 80 80 80 80 80 00'), false)).toBe('compression');
  });

  it('is refused where it names what is not there', () => {
    for (const hex of ['80', 'be', 'ff ff 00', '3f e2 1f', '7f 80 01', '0f 80 80 80 80 01'])
      expect(decoded(new HpackDecoder(limits), hex)).toBe('compression');
    for (const hex of ['40', '40 05 61', '3f', '00 01 61 7f 80'])
      expect(decoded(new HpackDecoder(limits), hex)).toBe('truncated');
  });
});
