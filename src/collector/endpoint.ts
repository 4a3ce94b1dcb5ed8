/** An address with a port, as RFC 3986 §3.2.2 writes it: `127.0.0.1:2055`, `[::1]:2055`. */

import { canonicalAddress } from '../core/address.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Null where the text is none. */
export function parseEndpoint(text: string): Endpoint | null {
  const found = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})$/.exec(text);
  if (found === null) return null;
  const address = canonicalAddress(found[1] ?? found[2] ?? '');
  const port = Number(found[3]);
  return address === null || port > 65_535 ? null : { address, port };
}
