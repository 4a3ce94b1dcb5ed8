import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameProtocol } from './protocol-name.ts';

/** First packets as clients send them. */
const samples: readonly (readonly [name: string, transport: 'tcp' | 'udp', text: string])[] = [
  ['ssh', 'tcp', 'SSH-2.0-Go\r\n'],
  ['http', 'tcp', 'GET / HTTP/1.1\r\n'],
  ['http-connect', 'tcp', 'CONNECT example.com:443 HTTP/1.1\r\n'],
  ['rtsp', 'tcp', 'OPTIONS rtsp://203.0.113.5/ RTSP/1.0\r\n'],
  ['sip', 'udp', 'OPTIONS sip:100@203.0.113.5 SIP/2.0\r\n'],
  ['ssdp', 'udp', 'M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\n'],
  ['redis', 'tcp', '*1\r\n$4\r\nINFO\r\n'],
  ['tls', 'tcp', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['rdp', 'tcp', '\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00'],
  ['s7', 'tcp', '\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02'],
  ['smb', 'tcp', '\x00\x00\x00\x45\xffSMBr'],
  ['telnet', 'tcp', '\xff\xfb\x1f\xff\xfb\x20'],
  ['socks5', 'tcp', '\x05\x01\x00'],
  ['socks4', 'tcp', '\x04\x01\x00\x50\x7f\x00\x00\x01\x00'],
  ['postgres', 'tcp', '\x00\x00\x00\x08\x04\xd2\x16\x2f'],
  ['mongodb', 'tcp', '\x3a\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xd4\x07\x00\x00'],
  ['mqtt', 'tcp', '\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00'],
  ['modbus', 'tcp', '\x00\x01\x00\x00\x00\x05\x01\x2b\x0e\x01\x00'],
  ['dns', 'udp', '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03com\x00\x00\x01\x00\x01'],
  ['ntp', 'udp', `\x1b${'\0'.repeat(47)}`],
  ['ntp', 'udp', '\x17\x00\x03\x2a\x00\x00\x00\x00'],
  ['snmp', 'udp', '\x30\x29\x02\x01\x01\x04\x06public\xa0\x1c'],
  ['ldap', 'tcp', '\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00'],
  [
    'ike',
    'udp',
    `\x01\x02\x03\x04\x05\x06\x07\x08${'\0'.repeat(8)}\x01\x10\x02\x00${'\0'.repeat(4)}\x00\x00\x00\x1c`,
  ],
  ['adb', 'tcp', 'CNXN\x00\x00\x00\x01\x00\x00\x04\x00'],
  ['vnc', 'tcp', 'RFB 003.008\n'],
  ['smtp', 'tcp', 'EHLO scanner\r\n'],
  ['ftp', 'tcp', 'USER anonymous\r\n'],
  ['jdwp', 'tcp', 'JDWP-Handshake'],
  ['java-rmi', 'tcp', 'JRMI\x00\x02K'],
  ['bittorrent', 'tcp', '\x13BitTorrent protocol'],
  ['coap', 'udp', '\x40\x01\x7d\x70\xbb.well-known\x04core'],
  ['memcached', 'udp', '\x00\x01\x00\x00\x00\x01\x00\x00stats\r\n'],
  ['memcached', 'tcp', 'stats\r\n'],
  ['mssql', 'tcp', '\x12\x01\x00\x08\x00\x00\x01\x00'],
  ['tftp', 'udp', '\x00\x01boot\x00octet\x00'],
  ['sun-rpc', 'tcp', '\x80\x00\x00\x28\x72\xfe\x1d\x13\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01\x86\xa0'],
];

describe('the name of a protocol', () => {
  it.each(samples)('is %s (%s) for what its clients send first', (name, transport, text) => {
    const guess = nameProtocol(Buffer.from(text, 'latin1'), transport);
    expect(guess.name).toBe(name);
    expect(guess.confidence).toBeGreaterThanOrEqual(0.6);
  });

  it('is unknown for nothing at all', () => {
    expect(nameProtocol(new Uint8Array(0), 'tcp')).toEqual({ name: 'unknown', confidence: 0 });
  });

  it('is found for any bytes and any truncation, with a confidence from 0 to 1', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom(...samples.map(([, , text]) => new Uint8Array(Buffer.from(text, 'latin1')))),
    );
    fc.assert(
      fc.property(
        bytes,
        fc.nat(600),
        fc.constantFrom('tcp' as const, 'udp' as const),
        (whole, cut, transport) => {
          const { name, confidence } = nameProtocol(whole.subarray(0, cut), transport);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(name === 'unknown').toBe(confidence === 0);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
