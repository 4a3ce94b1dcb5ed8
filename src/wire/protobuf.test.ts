import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { octets } from './big-endian.ts';
import { octetsOf, protobufField, readProtobuf, textOf } from './protobuf.ts';

/** The examples of the encoding guide. */
it('reads and writes the examples of the specification', () => {
  expect(Buffer.from(protobufField(1, 150)).toString('hex')).toBe('089601');
  expect(Buffer.from(protobufField(2, 'testing')).toString('hex')).toBe('120774657374696e67');
  expect(readProtobuf(Buffer.from('089601', 'hex'))).toEqual([{ number: 1, value: 150n }]);
  expect(textOf(readProtobuf(Buffer.from('120774657374696e67', 'hex')) ?? [], 2)).toBe('testing');
});

it('passes over numbers of fixed width, and takes the last of a field that comes twice', () => {
  const bytes = octets(
    0x09,
    new Uint8Array(8),
    0x15,
    new Uint8Array(4),
    protobufField(3, 'a'),
    protobufField(3, 'é'),
  );
  expect(textOf(readProtobuf(bytes) ?? [], 3)).toBe('é');
});

it.each(['08', '0a05616263', '0b', '0c', '00', '07', '08ffffffffffffffffffffff', '0a8080808080808080807f'])(
  'takes %s for no message',
  (hex) => expect(readProtobuf(Buffer.from(hex, 'hex'))).toBeNull(),
);

it('bounds the fields of a message', () => {
  const field = protobufField(1, 1);
  expect(readProtobuf(octets(...Array.from({ length: 1_024 }, () => field)))).toHaveLength(1_024);
  expect(readProtobuf(octets(...Array.from({ length: 1_025 }, () => field)))).toBeNull();
});

it('reads what it writes, and takes any bytes', () => {
  const field = fc.tuple(
    fc.integer({ min: 1, max: 0x1fff_ffff }),
    fc.oneof(fc.nat(), fc.uint8Array({ maxLength: 40 })),
  );
  fc.assert(
    fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
      const read = readProtobuf(octets(...fields.map(([number, value]) => protobufField(number, value))));
      expect(
        read?.map(({ number, value }) => [
          number,
          typeof value === 'bigint' ? Number(value) : Uint8Array.from(value),
        ]),
      ).toEqual(fields);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(octetsOf(readProtobuf(bytes) ?? [], 1)?.length ?? 0).toBeLessThanOrEqual(200);
    }),
  );
});
