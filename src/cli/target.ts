/** Addresses, networks and words as a person gives them on the command line. */

import { formatAddress, formatNetwork, type Network, parseNetwork } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import { printable } from './printable.ts';

const shown = (text: string): string => {
  const safe = printable(text);
  return safe === '' ? '""' : safe.length > 64 ? `${safe.slice(0, 64)}…` : safe;
};

/** `name` is the option or argument that holds it. Throws PICKET_USAGE. */
export function networkIn(text: string, name: string): Network {
  const network = parseNetwork(text);
  if (network !== null) return network;
  throw new PicketError(
    'PICKET_USAGE',
    `${name} ${shown(text)} is no address or network; write one such as 203.0.113.9 or 203.0.113.0/24`,
  );
}

/** The canonical text of an address or network. Throws PICKET_USAGE. */
export function targetIn(text: string, name: string): string {
  const network = networkIn(text, name);
  const isAddress = network.prefix === (network.family === 4 ? 32 : 128);
  return isAddress ? formatAddress(network) : formatNetwork(network);
}

export function wholeNumberIn(text: string, name: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new PicketError(
    'PICKET_USAGE',
    `${name} ${shown(text)} is no whole number from 1 to ${most}; give one`,
  );
}

/** Free text for those who read it later. */
export function sentenceIn(text: string, name: string, least: 0 | 1): string {
  if (text.length >= least && text.length <= 500) return text;
  throw new PicketError('PICKET_USAGE', `${name} has ${text.length} characters; give ${least} to 500`);
}
