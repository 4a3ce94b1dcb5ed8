/** A line that the server says. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';

/** `text` without its end; several lines are parted by CRLF. */
export function reply(text: string): DecoyOutput {
  return { do: 'reply', bytes: new Uint8Array(Buffer.from(`${text}\r\n`, 'latin1')) };
}
