import { describe, expect, it } from 'vitest';
import { hexOf, octetsOf } from '../../test/support/talk.ts';
import { decoys } from './index.ts';

/** As the sensor's any-port listener asks, on a port that is nobody's home. */
function surest(bytes: Uint8Array, transport: 'tcp' | 'udp'): string {
  let best = '';
  let most = 0;
  for (const decoy of decoys) {
    if (decoy.transport !== transport && decoy.transport !== 'both') continue;
    const sure = decoy.recognise?.(bytes) ?? 0;
    if (sure > most) [best, most] = [decoy.name, sure];
  }
  return best;
}

/** A client's first bytes, and whose they are. */
const samples: readonly (readonly ['tcp' | 'udp', string, Uint8Array])[] = [
  ['tcp', 'mqtt', hexOf('101000044d5154540402003c000470726f62')],
  ['tcp', 'sip', octetsOf('OPTIONS sip:100@192.0.2.1 SIP/2.0\r\nVia: a\r\n\r\n')],
  ['udp', 'sip', octetsOf('REGISTER sip:192.0.2.1 SIP/2.0\r\nVia: a\r\n\r\n')],
  ['tcp', 'rtsp', octetsOf('OPTIONS rtsp://192.0.2.1/ RTSP/1.0\r\nCSeq: 1\r\n\r\n')],
  ['tcp', 'rtsp', octetsOf('DESCRIBE /live.sdp RTSP/1.0\r\nCSeq: 1\r\n\r\n')],
  [
    'tcp',
    'tr069',
    octetsOf('POST /UD/act?1 HTTP/1.1\r\nSOAPAction: urn:dslforum-org:service:Time:1#SetNTPServers\r\n\r\n'),
  ],
  ['tcp', 'http', octetsOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
  ['tcp', 'modbus', hexOf('000700000006010300000001')],
  ['tcp', 's7comm', hexOf('0300001611e00000001400c1020100c2020102c0010a')],
  ['udp', 'dns', hexOf('123401000001000000000000076578616d706c65036f72670000010001')],
  ['tcp', 'dns', hexOf('001d123401000001000000000000076578616d706c65036f72670000010001')],
  ['udp', 'ntp', hexOf(`23${'00'.repeat(47)}`)],
  ['udp', 'ntp', hexOf('1700032a00000000')],
  ['udp', 'snmp', hexOf('302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500')],
  ['udp', 'ssdp', octetsOf('M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n')],
  ['udp', 'ike', hexOf(`0102030405060708${'00'.repeat(8)}01100200000000000000001c`)],
  ['udp', 'coap', octetsOf('\x40\x01\x12\x34\xbb.well-known\x04core')],
  ['udp', 'tftp', octetsOf('\0\x01a\0octet\0')],
];

describe('first bytes', () => {
  it('are taken up by the decoy whose protocol they speak', () => {
    expect(samples.map(([transport, , bytes]) => `${transport} ${surest(bytes, transport)}`)).toEqual(
      samples.map(([transport, name]) => `${transport} ${name}`),
    );
  });
});
