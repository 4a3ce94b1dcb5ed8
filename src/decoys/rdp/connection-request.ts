/** The X.224 connection, in which client and server agree on the security: [MS-RDPBCGR] §2.2.1.1 and §2.2.1.2. */

import { Buffer } from 'node:buffer';
import type { RdpSetting } from './setting.ts';

export const protocol = { rdp: 0, tls: 1, hybrid: 2, hybridExtended: 8 } as const;

const failure = { sslRequired: 1, sslNotAllowed: 2, hybridRequired: 5 } as const;

export interface ConnectionRequest {
  /** `mstshash` of the cookie: the user that the client was told, at most nine letters of it. */
  readonly cookie: string;
  /** The protocols asked for; null where the client knows of no negotiation. */
  readonly protocols: number | null;
}

// tpktHeader (4): version 3, reserved, length (2, big-endian)
// x224Crq (7): length indicator, 0xE0, destination (2), source (2), class
// routingToken or cookie (variable): "Cookie: mstshash=…" CR LF
// rdpNegReq (8): type 1, flags, length 8 (2), requestedProtocols (4), little-endian
/** Null for a message that is no connection request. */
export function readConnectionRequest(message: Buffer): ConnectionRequest | null {
  if (message.length < 11 || ((message[5] ?? 0) & 0xf0) !== 0xe0) return null;
  const text = message.toString('latin1', 11, Math.min(message.length, 1024));
  const line = /^(?:Cookie: )?(?:mstshash|msts)=([^\r\n]{0,256})\r\n/.exec(text);
  const rest = message.subarray(11 + (line?.[0].length ?? 0));
  const protocols =
    rest.length >= 8 && rest[0] === 1 && rest.readUInt16LE(2) === 8 ? rest.readUInt32LE(4) : null;
  return { cookie: line?.[1] ?? '', protocols };
}

export interface Agreement {
  readonly reply: Buffer;
  /** What is spoken from here on; null where the server hangs up. */
  readonly protocol: number | null;
}

/** The answer of a server with this setting. */
export function agree(request: ConnectionRequest, setting: RdpSetting): Agreement {
  const { protocols } = request;
  const confirm = (negotiation: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from([3, 0, 0, 11 + negotiation.length, 6 + negotiation.length, 0xd0, 0, 0, 0x12, 0x34, 0]),
      negotiation,
    ]);
  // rdpNegRsp: type 2, flags, length 8, selectedProtocol
  const choose = (selected: number): Agreement => {
    const bytes = Buffer.from([2, setting.flags, 8, 0, selected, 0, 0, 0]);
    return { reply: confirm(bytes), protocol: selected };
  };
  // rdpNegFailure: type 3, flags, length 8, failureCode
  const refuse = (code: number): Agreement => ({
    reply: confirm(Buffer.from([3, 0, 8, 0, code, 0, 0, 0])),
    protocol: null,
  });
  const has = (wanted: number): boolean => ((protocols ?? 0) & wanted) !== 0;
  const { security } = setting;
  if (security === 'rdp' || (security === 'negotiate' && (protocols === null || protocols === 0)))
    return protocols === null
      ? { reply: confirm(Buffer.alloc(0)), protocol: protocol.rdp }
      : choose(protocol.rdp);
  if (security !== 'tls') {
    const { networkLogin } = setting;
    if (networkLogin === 'early result' && has(protocol.hybridExtended))
      return choose(protocol.hybridExtended);
    if (networkLogin !== 'none' && has(protocol.hybrid)) return choose(protocol.hybrid);
    if (security === 'nla') return refuse(failure.hybridRequired);
  }
  return has(protocol.tls) ? choose(protocol.tls) : refuse(failure.sslRequired);
}
