/** The Client Info PDU, in which a client without NLA tells name and password: [MS-RDPBCGR] §2.2.1.11. */

import type { Buffer } from 'node:buffer';
import { utf16Text } from '../../wire/utf16-text.ts';

export interface ClientInfo {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
  /** Program to run in place of the desktop. */
  readonly shell: string;
}

// SendDataRequest: 0x64, initiator (2), channelId (2), priority and segmentation, length (1 or 2), data
export function requestData(message: Buffer): Buffer {
  return message.subarray((message[6] ?? 0) >= 0x80 ? 8 : 7);
}

// securityHeader: flags (2) with SEC_INFO_PKT 0x0040, flagsHi (2)
//       CodePage (4), flags (4), cbDomain, cbUserName, cbPassword, cbAlternateShell, cbWorkingDir (2 each), then the texts, each with its NUL
/** Null for any other message. `data` starts at the security header, decrypted. */
export function readClientInfo(data: Buffer): ClientInfo | null {
  if (data.length < 22 || (data.readUInt16LE(0) & 0x0040) === 0) return null;
  const isWide = (data.readUInt32LE(8) & 0x10) !== 0;
  const lengths = [12, 14, 16, 18].map((at) => data.readUInt16LE(at));
  let at = 22;
  const texts = lengths.map((length) => {
    const octets = data.subarray(at, at + length);
    const text = isWide ? utf16Text(octets) : octets.toString('latin1');
    at += length + (isWide ? 2 : 1);
    return text.replace(/\0.*$/s, '').slice(0, 512);
  });
  const [domain = '', user = '', password = '', shell = ''] = texts;
  return { domain, user, password, shell };
}
