/** MCS messages of the server (T.125 in packed encoding): [MS-RDPBCGR] §2.2.1.4 to §2.2.1.9. */

import { Buffer } from 'node:buffer';

/** The user that MCS gives the client, and the channel of the desktop. */
export const userChannel = 1007;
const desktopChannel = 1003;

function tpkt(body: Uint8Array): Buffer {
  const head = Buffer.from([3, 0, 0, 0, 2, 0xf0, 0x80]);
  head.writeUInt16BE(7 + body.length, 2);
  return Buffer.concat([head, body]);
}

const packedLength = (length: number): Buffer => {
  if (length < 0x80) return Buffer.of(length);
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(0x8000 | length);
  return bytes;
};

const berLength = (length: number): Buffer => {
  const bytes = Buffer.of(0x82, 0, 0);
  bytes.writeUInt16BE(length, 1);
  return bytes;
};

/** What stands below TLS needs no encryption of its own. */
const noEncryption = Buffer.from('020c0c000000000000000000', 'hex');

// Connect-Response ::= [APPLICATION 102] SEQUENCE { result ENUMERATED, calledConnectId INTEGER, domainParameters, userData OCTET STRING }
// userData: T.124 key, ConferenceCreateResponse, "McDn", then
//   SC_CORE     0x0C01, length, version (4), clientRequestedProtocols (4), earlyCapabilityFlags (4)
//   SC_NET      0x0C03, length, MCSChannelId (2), channelCount (2), channel ids (2 each), padding
//   SC_SECURITY 0x0C02, length, encryptionMethod (4) 0, encryptionLevel (4) 0, or as standard security has it
export function connectResponse(
  protocols: number,
  channelCount: number,
  security: Buffer = noEncryption,
): Buffer {
  const core = Buffer.alloc(16);
  core.writeUInt16LE(0x0c01, 0);
  core.writeUInt16LE(16, 2);
  core.writeUInt32LE(0x00080004, 4);
  core.writeUInt32LE(protocols, 8);
  const network = Buffer.alloc(8 + (channelCount + (channelCount % 2)) * 2);
  network.writeUInt16LE(0x0c03, 0);
  network.writeUInt16LE(network.length, 2);
  network.writeUInt16LE(desktopChannel, 4);
  network.writeUInt16LE(channelCount, 6);
  for (let index = 0; index < channelCount; index += 1)
    network.writeUInt16LE(desktopChannel + 1 + index, 8 + index * 2);
  const data = Buffer.concat([core, network, security]);
  const user = Buffer.concat([
    Buffer.from('000500147c00012a14760a01010001c0004d63446e', 'hex'),
    packedLength(data.length),
    data,
  ]);
  const parameters = Buffer.from('301a020122020103020100020101020100020101020300fff8020102', 'hex');
  const body = Buffer.concat([
    Buffer.from([0x0a, 1, 0, 2, 1, 0]),
    parameters,
    Buffer.of(0x04),
    berLength(user.length),
    user,
  ]);
  return tpkt(Buffer.concat([Buffer.of(0x7f, 0x66), berLength(body.length), body]));
}

// AttachUserConfirm: 0x2E, result, initiator (2, counted from 1001)
export function attachUserConfirm(): Buffer {
  return tpkt(Buffer.of(0x2e, 0, 0, userChannel - 1001));
}

// ChannelJoinConfirm: 0x3E, result, initiator (2), requested (2), channelId (2)
export function channelJoinConfirm(request: Buffer): Buffer {
  return tpkt(Buffer.concat([Buffer.of(0x3e, 0), request.subarray(1, 5), request.subarray(3, 5)]));
}

// SendDataIndication: 0x68, initiator (2), channelId (2), priority and segmentation, length, data
export function sendData(data: Uint8Array): Buffer {
  const head = Buffer.from([0x68, 0, 1, 0, 0, 0x70]);
  head.writeUInt16BE(desktopChannel, 3);
  return tpkt(Buffer.concat([head, packedLength(data.length), data]));
}

// security header SEC_LICENSE_PKT (0x80), ERROR_ALERT (0xff) with STATUS_VALID_CLIENT (7) and ST_NO_TRANSITION (2)
export function validClient(): Buffer {
  return Buffer.from('80000000ff031000070000000200000004000000', 'hex');
}

// DisconnectProviderUltimatum: 0x21, reason in the bits behind: user requested
export function disconnected(): Buffer {
  return tpkt(Buffer.of(0x21, 0x80));
}
