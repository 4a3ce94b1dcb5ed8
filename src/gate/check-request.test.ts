import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { octets } from '../wire/big-endian.ts';
import { protobufField } from '../wire/protobuf.ts';
import { readCheckRequest, writeCheckResponse } from './check-request.ts';
import { s3Error } from './s3-error.ts';

const header = (name: string, value: string): Uint8Array =>
  protobufField(3, octets(protobufField(1, name), protobufField(2, value)));
const http = octets(
  protobufField(2, 'HEAD'),
  header(':path', '/pine'),
  header('user-agent', 'finder'),
  protobufField(4, '/pine?acl'),
  protobufField(5, 's3.test'),
);
const source = protobufField(1, protobufField(1, protobufField(1, protobufField(2, '203.0.113.9'))));
const whole = protobufField(1, octets(source, protobufField(4, protobufField(2, http))));

it('reads who asks for what', () => {
  expect(readCheckRequest(whole)).toEqual({
    source: '203.0.113.9',
    method: 'HEAD',
    uri: '/pine?acl',
    host: 's3.test',
    userAgent: 'finder',
    headers: [
      [':path', '/pine'],
      ['user-agent', 'finder'],
    ],
  });
  expect(readCheckRequest(new Uint8Array(0))).toMatchObject({ source: '', uri: '' });
});

it('takes any bytes, and any damage', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(whole.length), (bytes, at) => {
      for (const message of [bytes, whole.subarray(0, at), octets(whole.subarray(0, at), bytes)]) {
        const question = readCheckRequest(message);
        expect(question === null || typeof question.uri === 'string').toBe(true);
      }
    }),
  );
});

it('leaves out the body of an answer to HEAD', () => {
  const written = (method: string): string =>
    Buffer.from(writeCheckResponse(s3Error(403, method, new Uint8Array(65)))).toString('latin1');
  expect(written('GET')).toContain('AccessDenied');
  expect(written('HEAD')).not.toContain('AccessDenied');
});
