/** DCE/RPC over named pipes ([MS-RPCE] §2.2, C706 §12.6), as far as a server of a few calls needs it. */

import { Buffer } from 'node:buffer';
import { LittleReader, LittleWriter } from './little-endian.ts';

export interface RpcMessage {
  /** 0 request, 11 bind, 14 alter context. */
  readonly type: number;
  readonly callId: number;
  /** Octets of the whole message. */
  readonly length: number;
  readonly reader: LittleReader;
}

// rpc_vers (1) 5, rpc_vers_minor (1), PTYPE (1), pfc_flags (1), packed_drep (4), frag_length (2), auth_length (2), call_id (4)
/** The first message of these bytes; null where it is not whole, or none. */
export function readRpc(bytes: Uint8Array): RpcMessage | null {
  const reader = new LittleReader(bytes);
  const length = reader.uint16(8);
  if (reader.uint8(0) !== 5 || length < 16 || bytes.length < length) return null;
  return {
    type: reader.uint8(2),
    callId: reader.uint32(12),
    length,
    reader: new LittleReader(bytes.subarray(0, length)),
  };
}

function message(type: number, callId: number, body: Buffer): Buffer {
  return new LittleWriter()
    .octets(Uint8Array.of(5, 0, type, 3, 0x10, 0, 0, 0))
    .uint16(16 + body.length)
    .uint16(0)
    .uint32(callId)
    .octets(body)
    .finish();
}

/** NDR 2.0: 8a885d04-1ceb-11c9-9fe8-08002b104860. */
const ndr = Buffer.from('045d888aeb1cc9119fe808002b10486002000000', 'hex');

// bind_ack: max_xmit_frag (2), max_recv_frag (2), assoc_group_id (4), sec_addr (2 + n), align 4, n_results (1), reserved (3),
//           results: result (2), reason (2), transfer_syntax (20)
export function bindAcknowledge(bind: RpcMessage, pipe: string): Buffer {
  const { reader } = bind;
  const address = Buffer.from(`\\PIPE\\${pipe}\0`, 'latin1');
  const count = Math.min(reader.uint8(24), 16);
  const body = new LittleWriter()
    .uint16(4280)
    .uint16(4280)
    .uint32(0x53f0)
    .uint16(address.length)
    .octets(address);
  // The body begins at 16, which is a multiple of 4 itself.
  body.align(4).uint8(count).zeros(3);
  let at = 28;
  for (let index = 0; index < count; index += 1) {
    const syntaxes = reader.uint8(at + 2);
    const offered = reader.slice(at + 24, 20);
    if (offered.equals(ndr)) body.uint32(0).octets(ndr);
    // Bind time feature negotiation (6cb71c2c-9812-4540-…): acknowledged with no features; else proposed syntaxes not supported.
    else if (offered.subarray(0, 8).toString('hex') === '2c1cb76c12984045') body.uint32(3).zeros(20);
    else body.uint16(2).uint16(2).zeros(20);
    at += 24 + syntaxes * 20;
  }
  return message(bind.type === 14 ? 15 : 12, bind.callId, body.finish());
}

// request: alloc_hint (4), p_cont_id (2), opnum (2), stub
export function requestOf(rpc: RpcMessage): { operation: number; stub: LittleReader } {
  return { operation: rpc.reader.uint16(22), stub: new LittleReader(rpc.reader.bytes.subarray(24)) };
}

/** response: alloc_hint (4), p_cont_id (2), cancel_count (1), reserved (1), stub */
export function rpcResponse(callId: number, stub: Uint8Array): Buffer {
  return message(2, callId, new LittleWriter().uint32(stub.length).uint32(0).octets(stub).finish());
}

/** fault: the same head, then status (4), reserved (4) */
export function rpcFault(callId: number, status: number): Buffer {
  return message(3, callId, new LittleWriter().uint32(32).uint32(0).uint32(status).uint32(0).finish());
}

/** A conformant and varying string of UTF-16 with its NUL: maximum, offset, actual (4 each), characters, aligned to 4. */
export function putRpcString(writer: LittleWriter, text: string): void {
  const count = text.length + 1;
  writer.uint32(count).uint32(0).uint32(count).wide(`${text}\0`).align(4);
}

export function readRpcString(stub: LittleReader, at: number): { text: string; end: number } {
  const count = Math.min(stub.uint32(at + 8), 4_096);
  const text = stub.wide(at + 12, count * 2).replace(/\0[^]*$/, '');
  return { text, end: at + 12 + Math.ceil((count * 2) / 4) * 4 };
}
