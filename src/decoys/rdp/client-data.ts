/** What an RDP client says of itself in its MCS Connect Initial: [MS-RDPBCGR] §2.2.1.3. */

import type { Buffer } from 'node:buffer';
import { utf16Text } from '../../wire/utf16-text.ts';

export interface ClientData {
  readonly name: string;
  readonly build: number;
  readonly keyboard: number;
  readonly width: number;
  readonly height: number;
  readonly channels: readonly string[];
  /** requestedProtocols is to be given back. */
  readonly protocols: number;
  /** Methods of encryption without TLS. */
  readonly encryption: number;
}

const block = { core: 0xc001, security: 0xc002, network: 0xc003 } as const;

/** Null for what is no Connect Initial with the data of a client. `message` starts at the TPKT header. */
export function readClientData(message: Buffer): ClientData | null {
  // [APPLICATION 101] behind TPKT (4) and X.224 data (3)
  if (message[7] !== 0x7f || message[8] !== 0x65) return null;
  const key = message.indexOf('Duca', 9, 'latin1');
  if (key < 0) return null;
  let at = key + 4;
  at += (message[at] ?? 0) >= 0x80 ? 2 : 1;
  const data = { name: '', build: 0, keyboard: 0, width: 0, height: 0, protocols: 0, encryption: 0 };
  const channels: string[] = [];
  // Each block: type (2), length (2) with this header, data
  while (at + 4 <= message.length) {
    const type = message.readUInt16LE(at);
    const length = message.readUInt16LE(at + 2);
    if (length < 4 || at + length > message.length) break;
    const body = message.subarray(at + 4, at + length);
    at += length;
    if (type === block.core && body.length >= 56) {
      // version (4), desktopWidth, desktopHeight, colorDepth, SASSequence (2 each), keyboardLayout (4), clientBuild (4), clientName (32)
      data.width = body.readUInt16LE(4);
      data.height = body.readUInt16LE(6);
      data.keyboard = body.readUInt32LE(12);
      data.build = body.readUInt32LE(16);
      data.name = utf16Text(body.subarray(20, 52)).replace(/\0.*$/s, '');
      if (body.length >= 212) data.protocols = body.readUInt32LE(208);
    } else if (type === block.security && body.length >= 8) {
      // encryptionMethods (4), extEncryptionMethods (4), which stands in for it in French systems
      data.encryption = body.readUInt32LE(0) | body.readUInt32LE(4);
    } else if (type === block.network && body.length >= 4) {
      // channelCount (4), then name (8) and options (4) of each
      const count = Math.min(body.readUInt32LE(0), 31);
      for (let index = 0; index < count && 4 + index * 12 + 12 <= body.length; index += 1) {
        const start = 4 + index * 12;
        channels.push(body.toString('latin1', start, start + 8).replace(/\0.*$/s, ''));
      }
    }
  }
  return { ...data, channels };
}

/** The channel that only the server may have: who asks for it looks for CVE-2019-0708. */
export function asksForServerChannel(channels: readonly string[]): boolean {
  return channels.some((name) => name.toUpperCase() === 'MS_T120');
}
