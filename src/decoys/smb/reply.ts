/** Pieces that replies share. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { type LittleReader, LittleWriter } from '../../wire/little-endian.ts';

// StructureSize (2) 49, Reserved (2), CtlCode (4), FileId (16), InputOffset (4), InputCount (4), OutputOffset (4), OutputCount (4),
// Flags (4), Reserved2 (4), Buffer
export function ioctlBody(request: LittleReader, output: Uint8Array): Buffer {
  const writer = new LittleWriter()
    .uint16(49)
    .uint16(0)
    .uint32(request.uint32(68))
    .octets(request.slice(72, 16));
  writer.uint32(112).uint32(0).uint32(112).uint32(output.length).uint32(0).uint32(0);
  return writer.octets(output).finish();
}

/** Direct TCP ([MS-SMB2] §2.1): a zero and the length in 24 bits, big-endian. */
export function frame(message: Uint8Array): DecoyOutput {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(message.length & 0xff_ffff);
  return { do: 'reply', bytes: new Uint8Array(Buffer.concat([head, message])) };
}
