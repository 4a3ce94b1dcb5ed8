/** Protocols whose first bytes are numbers. Each rule opens with the layout that it reads. */

import { unsigned, unsignedLittle, type FirstBytes, type ProtocolRule } from './protocol-rule.ts';

const at = (first: FirstBytes, offset: number): number => first.bytes[offset] ?? -1;
const has = (first: FirstBytes, offset: number, text: string): boolean => first.text.startsWith(text, offset);

function rule(
  name: string,
  transport: ProtocolRule['transport'],
  fits: (first: FirstBytes) => number,
): ProtocolRule {
  return { name, transport, fits };
}

/** BER SEQUENCE (X.690 §8.1.3): where its contents begin, or -1. */
function sequenceContents(first: FirstBytes): number {
  if (at(first, 0) !== 0x30) return -1;
  const length = at(first, 1);
  return length < 0x80 ? 2 : 2 + (length & 0x7f);
}

export const binaryProtocols: readonly ProtocolRule[] = [
  // RFC 8446 §5.1: uint8 type 22; uint16 version 3.x; uint16 length; then uint8 handshake type, client_hello 1.
  rule('tls', 'tcp', (first) => {
    if (at(first, 0) !== 22 || at(first, 1) !== 3 || at(first, 2) > 4 || at(first, 2) < 0) return 0;
    return first.bytes.length < 6 || at(first, 5) === 1 ? 1 : 0.6;
  }),
  // RFC 6101 appendix E.1: uint16 length with the top bit; client_hello 1; uint16 version.
  rule('tls', 'tcp', (first) =>
    at(first, 0) >= 0x80 &&
    at(first, 2) === 1 &&
    (at(first, 3) === 3 || (at(first, 3) === 0 && at(first, 4) === 2))
      ? 0.85
      : 0,
  ),
  // RFC 9147 §4: the same with version 254.x, uint16 epoch, uint48 sequence.
  rule('dtls', 'udp', (first) =>
    at(first, 0) === 22 && at(first, 1) === 254 && at(first, 2) >= 253 ? 1 : 0,
  ),
  // RFC 9000 §17.2: long header with fixed bit, uint32 version.
  rule('quic', 'udp', (first) =>
    (at(first, 0) & 0xc0) === 0xc0 &&
    first.bytes.length >= 20 &&
    (unsigned(first.bytes, 1, 4) === 1 ||
      unsigned(first.bytes, 1, 4) === 0x6b3343cf ||
      (unsigned(first.bytes, 1, 4) & 0x0f0f0f0f) === 0x0a0a0a0a)
      ? 0.95
      : 0,
  ),
  // RFC 1006: version 3, reserved 0, uint16 length; ITU X.224: length, connection request 0xe0; S7 asks for TSAPs.
  rule('s7', 'tcp', (first) =>
    has(first, 0, '\x03\0') && at(first, 5) === 0xe0 && /[\xc1\xc2]\x02[\x01-\x03]/.test(first.text) ? 1 : 0,
  ),
  rule('rdp', 'tcp', (first) =>
    has(first, 0, '\x03\0') && at(first, 5) === 0xe0
      ? /mstshash=|\x01\0\x08\0/.test(first.text)
        ? 0.98
        : 0.9
      : 0,
  ),
  // [MS-SMB2] §2.1: NetBIOS session type 0, uint24 length; 0xff or 0xfe and SMB.
  rule('smb', 'tcp', (first) =>
    at(first, 0) === 0 && /^[\xfe\xff]SMB/.test(first.text.slice(4, 8)) ? 1 : 0,
  ),
  // RFC 1002 §4.3.2: session request 0x81, flags 0, length 68.
  rule('netbios', 'tcp', (first) => (has(first, 0, '\x81\0\0\x44') ? 1 : 0)),
  // RFC 854: IAC (255) and WILL, WONT, DO or DONT (251 to 254).
  rule('telnet', 'tcp', (first) =>
    at(first, 0) === 255 && at(first, 1) >= 250 && at(first, 1) <= 254 ? 0.95 : 0,
  ),
  // RFC 1928 §3: version 5, uint8 number of methods, as many methods.
  rule('socks5', 'tcp', (first) =>
    at(first, 0) === 5 && at(first, 1) >= 1 && at(first, 1) <= 10 && first.bytes.length === 2 + at(first, 1)
      ? 0.96
      : 0,
  ),
  // SOCKS 4: version 4, command 1 or 2, uint16 port, four octets of address, user, 0.
  rule('socks4', 'tcp', (first) =>
    at(first, 0) === 4 &&
    (at(first, 1) === 1 || at(first, 1) === 2) &&
    first.bytes.length >= 9 &&
    first.text.includes('\0', 8)
      ? 0.95
      : 0,
  ),
  // Frontend/backend protocol 3.0: int32 length, int32 196608, or 80877103 for SSL, 80877102 to cancel.
  rule('postgres', 'tcp', (first) => {
    const code = unsigned(first.bytes, 4, 4);
    return code === 196_608 || code === 80_877_103 || code === 80_877_102 || code === 80_877_104 ? 1 : 0;
  }),
  // MySQL handshake response: uint24 length, sequence 1, capabilities, maximum packet, charset, 23 zeros.
  rule('mysql', 'tcp', (first) =>
    at(first, 3) === 1 &&
    unsignedLittle(first.bytes, 0, 3) >= 32 &&
    first.bytes.length >= 36 &&
    has(first, 13, '\0'.repeat(23))
      ? 0.95
      : 0,
  ),
  // MongoDB wire protocol: int32 length, request id, response to 0, opcode (2004 query, 2013 message), little-endian.
  rule('mongodb', 'tcp', (first) => {
    const code = unsignedLittle(first.bytes, 12, 4);
    return [2004, 2010, 2012, 2013].includes(code) && unsignedLittle(first.bytes, 8, 4) === 0 ? 1 : 0;
  }),
  // memcached binary: magic 0x80, opcode, uint16 key length, uint8 extras, 0.
  rule('memcached', 'tcp', (first) =>
    at(first, 0) === 0x80 &&
    at(first, 1) <= 0x25 &&
    first.bytes.length >= 24 &&
    unsigned(first.bytes, 8, 4) === unsigned(first.bytes, 2, 2) + at(first, 4) &&
    at(first, 5) === 0
      ? 0.8
      : 0,
  ),
  // memcached over UDP: uint16 request id, sequence 0, total 1, reserved 0, then text.
  rule('memcached', 'udp', (first) =>
    has(first, 2, '\0\0\0\x01\0\0') && /^(?:stats|version|gets? |set )/.test(first.text.slice(8)) ? 1 : 0,
  ),
  // MQTT 3.1.1 §3.1: 0x10, remaining length, uint16 4, "MQTT" (3.1: 6, "MQIsdp").
  rule('mqtt', 'tcp', (first) =>
    at(first, 0) === 0x10 && /^.{1,4}\0(?:\x04MQTT|\x06MQIsdp)/s.test(first.text.slice(1, 16)) ? 1 : 0,
  ),
  // Modbus TCP: uint16 transaction, uint16 protocol 0, uint16 length, uint8 unit, uint8 function.
  rule('modbus', 'tcp', (first) => {
    const length = unsigned(first.bytes, 4, 2);
    return unsigned(first.bytes, 2, 2) === 0 &&
      length >= 2 &&
      length <= 254 &&
      first.bytes.length === length + 6 &&
      at(first, 7) >= 1 &&
      at(first, 7) <= 0x2b
      ? 0.85
      : 0;
  }),
  // RFC 1035 §4.1.1: (on TCP a uint16 length;) id, flags, four counts; one question and no answer.
  rule('dns', 'udp', (first) => dnsAt(first, 0)),
  rule('dns', 'tcp', (first) => (unsigned(first.bytes, 0, 2) >= 12 ? dnsAt(first, 2) : 0)),
  // RFC 5905 §7.3: leap, version 1 to 4 and mode in the first octet; 48 octets; mode 6 and 7 are control and private.
  rule('ntp', 'udp', (first) => {
    const mode = at(first, 0) & 7;
    const version = (at(first, 0) >> 3) & 7;
    if (version < 1 || version > 4) return 0;
    if (mode === 3 || mode === 1) return first.bytes.length >= 48 && first.bytes.length <= 68 ? 0.8 : 0;
    if (mode === 7) return at(first, 2) === 3 && at(first, 3) <= 0x2a ? 0.9 : 0;
    return mode === 6 && first.bytes.length >= 12 && at(first, 1) <= 12 ? 0.7 : 0;
  }),
  // RFC 3416, RFC 1157: SEQUENCE { INTEGER version, OCTET STRING community, … }.
  rule('snmp', 'both', (first) => {
    const contents = sequenceContents(first);
    if (contents < 0 || at(first, contents) !== 2 || at(first, contents + 1) !== 1) return 0;
    const version = at(first, contents + 2);
    const next = at(first, contents + 3);
    return (version <= 1 && next === 4) || (version === 3 && next === 0x30) ? 0.98 : 0;
  }),
  // RFC 4511 §4.1.1: SEQUENCE { INTEGER messageID, bindRequest [APPLICATION 0] 0x60 or searchRequest 0x63 }.
  rule('ldap', 'both', (first) => {
    const contents = sequenceContents(first);
    if (contents < 0 || at(first, contents) !== 2) return 0;
    const operation = at(first, contents + 2 + at(first, contents + 1));
    return operation === 0x60 || operation === 0x63 || operation === 0x77 ? 0.97 : 0;
  }),
  // RFC 4120 §5.4: AS-REQ is [APPLICATION 10], behind a uint32 length on TCP.
  rule('kerberos', 'both', (first) =>
    at(first, 0) === 0x6a || (at(first, 0) === 0 && at(first, 4) === 0x6a) ? 0.8 : 0,
  ),
  // RFC 7296 §3.1: two SPIs of 8 octets (the second zero), next payload, version, exchange type, flags, id, length.
  rule('ike', 'udp', (first) =>
    has(first, 8, '\0'.repeat(8)) &&
    (at(first, 17) === 0x10 || at(first, 17) === 0x20) &&
    unsigned(first.bytes, 24, 4) === first.bytes.length
      ? 1
      : 0,
  ),
  // RFC 7252 §3: version 1, type confirmable or not, token length up to 8; code 0.01 to 0.04; options .well-known.
  rule('coap', 'udp', (first) =>
    (at(first, 0) & 0xc0) === 0x40 &&
    (at(first, 0) & 15) <= 8 &&
    at(first, 1) >= 1 &&
    at(first, 1) <= 4 &&
    first.bytes.length >= 5
      ? first.text.includes('well-known')
        ? 1
        : 0.6
      : 0,
  ),
  // RFC 6143 §7.1.1.
  rule('vnc', 'tcp', (first) => (/^RFB \d{3}\.\d{3}\n/.test(first.text) ? 1 : 0)),
  // RFC 5531 §9: record mark with the last-fragment bit; xid; call 0; version 2; program.
  rule('sun-rpc', 'tcp', (first) =>
    at(first, 0) === 0x80 && unsigned(first.bytes, 8, 4) === 0 && unsigned(first.bytes, 12, 4) === 2 ? 1 : 0,
  ),
  rule('sun-rpc', 'udp', (first) =>
    unsigned(first.bytes, 4, 4) === 0 && unsigned(first.bytes, 8, 4) === 2 ? 1 : 0,
  ),
  // [MS-RPCE]: version 5.0, bind 11, flags, little-endian data.
  rule('dce-rpc', 'tcp', (first) => (has(first, 0, '\x05\0\x0b\x03\x10\0\0\0') ? 1 : 0)),
  // RFC 8489 §5: type, length, magic cookie.
  rule('stun', 'both', (first) =>
    unsigned(first.bytes, 4, 4) === 0x2112a442 && at(first, 0) < 0x40 ? 1 : 0,
  ),
  // IEC 60870-5-104: start 0x68, length, control; DNP3: start 0x0564.
  rule('iec-104', 'tcp', (first) =>
    at(first, 0) === 0x68 && at(first, 1) >= 4 && first.bytes.length >= 2 + at(first, 1) ? 0.9 : 0,
  ),
  rule('dnp3', 'tcp', (first) => (has(first, 0, '\x05\x64') ? 0.9 : 0)),
  // EtherNet/IP: ListIdentity 0x63 or RegisterSession 0x65, little-endian length, session 0.
  rule('ethernet-ip', 'both', (first) =>
    (at(first, 0) === 0x63 || at(first, 0) === 0x65) &&
    at(first, 1) === 0 &&
    has(first, 4, '\0\0\0\0') &&
    first.bytes.length >= 24
      ? 0.95
      : 0,
  ),
  // BACnet/IP: 0x81, function, uint16 length of it all.
  rule('bacnet', 'udp', (first) =>
    at(first, 0) === 0x81 && unsigned(first.bytes, 2, 2) === first.bytes.length ? 0.95 : 0,
  ),
  // Sofia/Xiongmai DVR: 0xff, version, session, sequence, message id, length, JSON.
  rule('xiongmai-dvr', 'tcp', (first) =>
    at(first, 0) === 0xff &&
    at(first, 1) <= 1 &&
    (first.text.includes('{ "') || first.text.includes('{"') || has(first, 2, '\0\0\0\0\0\0\0\0'))
      ? 0.8
      : 0,
  ),
  // Cisco Smart Install: uint32 direction 1, version 1, type 4, length 8.
  rule('smart-install', 'tcp', (first) => (has(first, 0, '\0\0\0\x01\0\0\0\x01\0\0\0\x04') ? 1 : 0)),
  // Bolt: magic 0x6060b017 and four versions.
  rule('neo4j-bolt', 'tcp', (first) => (has(first, 0, '\x60\x60\xb0\x17') ? 1 : 0)),
  // .NET message framing [MC-NMF] §2.2.3: version record 0, 1.0; mode record 1; via record 2.
  rule('net-tcp', 'tcp', (first) =>
    has(first, 0, '\0\x01\0\x01') && first.text.includes('net.tcp://') ? 1 : 0,
  ),
  // Oracle TNS: uint16 length, checksum 0, type connect 1.
  rule('oracle-tns', 'tcp', (first) =>
    unsigned(first.bytes, 0, 2) >= 58 &&
    unsigned(first.bytes, 2, 2) === 0 &&
    at(first, 4) === 1 &&
    first.text.includes('(')
      ? 0.95
      : 0,
  ),
  // [MS-TDS] §2.2.3.1: pre-login 0x12, status 1, uint16 length.
  rule('mssql', 'tcp', (first) =>
    at(first, 0) === 0x12 && at(first, 1) === 1 && unsigned(first.bytes, 2, 2) === first.bytes.length
      ? 0.95
      : 0,
  ),
  // AJP13: 0x1234, uint16 length.
  rule('ajp', 'tcp', (first) =>
    has(first, 0, '\x12\x34') && unsigned(first.bytes, 2, 2) === first.bytes.length - 4 ? 0.95 : 0,
  ),
  // RFC 1350 §5: opcode 1 or 2, file name, 0, mode, 0.
  rule('tftp', 'udp', (first) =>
    at(first, 0) === 0 &&
    (at(first, 1) === 1 || at(first, 1) === 2) &&
    /\0(?:octet|netascii|mail)\0/i.test(first.text)
      ? 1
      : 0,
  ),
  // IPMI over RMCP: version 6, reserved, sequence 0xff, class 7.
  rule('ipmi', 'udp', (first) => (has(first, 0, '\x06\0\xff\x07') ? 1 : 0)),
  // OpenVPN: opcode 7 or 10 in the upper five bits, session id, no acknowledgements.
  rule('openvpn', 'udp', (first) =>
    (at(first, 0) === 0x38 || at(first, 0) === 0x50) && first.bytes.length >= 14 && at(first, 9) === 0
      ? 0.7
      : 0,
  ),
  // MikroTik bandwidth test, discovery.
  rule('mndp', 'udp', (first) => (first.bytes.length === 4 && has(first, 0, '\0\0\0\0') ? 0.7 : 0)),
  rule('wireguard', 'udp', (first) => (has(first, 0, '\x01\0\0\0') && first.bytes.length === 148 ? 0.95 : 0)),
];

function dnsAt(first: FirstBytes, offset: number): number {
  const { bytes } = first;
  const flags = unsigned(bytes, offset + 2, 2);
  const questions = unsigned(bytes, offset + 4, 2);
  if (flags < 0 || (flags & 0xf800) !== 0 || questions < 1 || questions > 4) return 0;
  if (unsigned(bytes, offset + 6, 2) !== 0 || unsigned(bytes, offset + 8, 2) > 1) return 0;
  const label = at(first, offset + 12);
  return label >= 0 && label <= 63 ? 0.95 : 0;
}
