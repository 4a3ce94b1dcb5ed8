/** Addresses, networks and cursors as people and programs write them in a request. */

import { canonicalAddress, formatAddress, formatNetwork, parseNetwork, sourceKey } from '../core/address.ts';
import type { Cursor } from './contract.ts';
import { Problem } from './problem.ts';

/** The canonical target: an address by itself, a network as CIDR with its host bits cleared. `field` names it in the problem. */
export function readTarget(text: string, field: string): string {
  const network = parseNetwork(text);
  if (network === null)
    throw new Problem(
      'invalid-input',
      `"${field}" is neither an address nor a network: ${shown(text)}; write it like 203.0.113.9, 203.0.113.0/24 or 2001:db8::/64 (in a path with %2F for the slash)`,
    );
  return network.prefix === (network.family === 4 ? 32 : 128)
    ? formatAddress(network)
    : formatNetwork(network);
}

/** Canonical CIDR; a bare address becomes a network of one. */
export function readNetwork(text: string, field: string): string {
  const target = readTarget(text, field);
  if (target.includes('/')) return target;
  return `${target}/${target.includes(':') ? 128 : 32}`;
}

/** The key under which a source is judged: an address is keyed (IPv6 by its /64), a network is taken as it is. */
export function readSource(text: string, field: string): string {
  const address = canonicalAddress(text);
  return address === null ? readTarget(text, field) : sourceKey(address);
}

export function formatCursor(cursor: Cursor): string {
  return `${cursor.at}:${cursor.id}`;
}

export function readCursor(text: string): Cursor {
  const match = /^(\d{1,16}):([0-9A-Za-z.:/-]{1,64})$/.exec(text);
  if (match === null)
    throw new Problem(
      'invalid-input',
      `"before" is no cursor: ${shown(text)}; take the "next" of the page before`,
    );
  return { at: Number(match[1]), id: match[2] ?? '' };
}

const shown = (text: string): string => JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
