/**
 * IP addresses as canonical text, and networks as CIDR.
 *
 * Text is the form that travels in observations and decisions: IPv4 dotted, IPv6 as RFC 5952 writes it, an
 * IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) always as the IPv4 address it maps.
 */

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  /** The address as an unsigned integer, 32 or 128 bits. */
  readonly value: bigint;
}

export interface Network {
  readonly family: Family;
  /** The first address, host bits zero. */
  readonly value: bigint;
  /** Prefix length in bits. */
  readonly prefix: number;
}

const mappedPrefix = 0xffffn;

/** The value of a dotted IPv4 address, or -1 where the text is none. Leading zeros are refused (they read as octal elsewhere). */
export function ipv4Value(text: string): number {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (octet < 0 || octets === 3) return -1;
      value = value * 256 + octet;
      octets += 1;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return -1;
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return -1;
    } else return -1;
  }
  return octets === 3 && octet >= 0 ? value * 256 + octet : -1;
}

function parseIpv6(text: string): bigint | null {
  if (text.length < 2 || text.length > 45) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groupsOf = (half: string): number[] | null => {
    if (half === '') return [];
    const groups: number[] = [];
    const parts = half.split(':');
    for (const [index, part] of parts.entries()) {
      if (part.includes('.')) {
        if (index !== parts.length - 1) return null;
        const value = ipv4Value(part);
        if (value < 0) return null;
        groups.push(Math.floor(value / 65_536), value % 65_536);
      } else {
        if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
        groups.push(Number.parseInt(part, 16));
      }
    }
    return groups;
  };
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  // A dotted quad may only end the whole address.
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  let value = 0n;
  for (const group of [...head, ...Array.from({ length: missing }, () => 0), ...tail]) {
    value = (value << 16n) | BigInt(group);
  }
  return value;
}

/** Reads an IPv4 or IPv6 address; a mapped one comes back as IPv4, a zone (`%eth0`) is refused. Null where the text is no address. */
export function parseAddress(text: string): Address | null {
  const four = ipv4Value(text);
  if (four >= 0) return { family: 4, value: BigInt(four) };
  if (!text.includes(':')) return null;
  const value = parseIpv6(text);
  if (value === null) return null;
  if (value >> 32n === mappedPrefix) return { family: 4, value: value & 0xffffffffn };
  return { family: 6, value };
}

export function formatIpv4(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** The canonical text (RFC 5952: lower case, longest run of zero groups as `::`). */
export function formatAddress(address: Address): string {
  if (address.family === 4) return formatIpv4(Number(address.value));
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((address.value >> shift) & 0xffffn));
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > bestLength) {
      bestStart = start;
      bestLength = end - start;
    }
    if (end > start) start = end;
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}

/** Canonical text of an address, or null where the text is none. Plain IPv4 comes back as it is, without allocation. */
export function canonicalAddress(text: string): string | null {
  if (ipv4Value(text) >= 0) return text;
  const address = parseAddress(text);
  return address === null ? null : formatAddress(address);
}

const widthOf = (family: Family): number => (family === 4 ? 32 : 128);

/** Reads `address/prefix`, or a bare address as a host network. Host bits are cleared. Null where the text is neither. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const width = widthOf(address.family);
  if (slash < 0) return { ...address, prefix: width };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits)) return null;
  let prefix = Number(digits);
  // "::ffff:a.b.c.d/p" is unmapped, its prefix with it.
  if (address.family === 4 && text.slice(0, slash).includes(':')) prefix -= 96;
  if (prefix < 0 || prefix > width) return null;
  return networkOf(address, prefix);
}

/** The network of this prefix length that holds the address. */
export function networkOf(address: Address, prefix: number): Network {
  const hostBits = BigInt(widthOf(address.family) - prefix);
  return { family: address.family, value: (address.value >> hostBits) << hostBits, prefix };
}

export function formatNetwork(network: Network): string {
  return `${formatAddress(network)}/${network.prefix}`;
}

export function networkContains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false;
  const hostBits = BigInt(widthOf(network.family) - network.prefix);
  return address.value >> hostBits === network.value >> hostBits;
}

/**
 * The key under which a source is judged: an IPv4 address by itself, an IPv6 address by its /64 (one subscriber owns
 * at least that much, RFC 6177), so that `2001:db8::1` is keyed `2001:db8::/64`. Expects canonical text.
 */
export function sourceKey(canonical: string): string {
  if (!canonical.includes(':')) return canonical;
  const known = keyOf.get(canonical);
  if (known !== undefined) return known;
  const address = parseAddress(canonical);
  const key = address === null ? canonical : formatNetwork(networkOf(address, 64));
  // Emptied when full: a flood of new addresses costs what it cost without the table.
  if (keyOf.size >= keysKept) keyOf.clear();
  keyOf.set(canonical, key);
  return key;
}

/** Keys of the IPv6 addresses last asked for: each detector asks for the same one, and finding it takes 3 µs. */
const keyOf = new Map<string, string>();
const keysKept = 16_384;
