/** Answers of the SFTP subsystem, each in its layout. */

import { Buffer } from 'node:buffer';
import type { Node } from '../../shell/files/node.ts';
import { SshWriter } from '../../wire/ssh-bytes.ts';
import { writeAttributes } from './sftp-attributes.ts';
import { packet, statusTexts } from './sftp-protocol.ts';

// byte     SSH_FXP_STATUS
// uint32   id
// uint32   error/status code
// string   error message (ISO-10646 UTF-8 [RFC-2279])
// string   language tag (as defined in [RFC-1766])
export function statusAnswer(
  id: number,
  code: number,
  text: string = statusTexts[code] ?? 'Unknown error',
): Buffer {
  return new SshWriter().uint8(packet.status).uint32(id).uint32(code).string(text).string('').finish();
}

export function dataAnswer(id: number, text: string): Buffer {
  return new SshWriter().uint8(packet.data).uint32(id).string(Buffer.from(text, 'latin1')).finish();
}

export function attributesAnswer(id: number, node: Node): Buffer {
  return writeAttributes(new SshWriter().uint8(packet.attributes).uint32(id), node).finish();
}

/** One name, without attributes. */
export function nameAnswer(id: number, path: string): Buffer {
  const bytes = Buffer.from(path, 'latin1');
  const writer = new SshWriter().uint8(packet.name).uint32(id).uint32(1);
  return writer.string(bytes).string(bytes).uint32(0).finish();
}
