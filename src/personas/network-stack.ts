/**
 * What the kernel of a machine puts into the packets that a scanner reads it by: the TTL that it starts with and the window of its
 * SYN-ACK. Values as p0f's and nmap's public tables of systems give them; a system that they do not tell of keeps this machine's own.
 */

import type { NetworkStack, Persona } from '../core/persona.ts';

const segment = 1_460;
const timestampOctets = 12;

const segments = (count: number): NetworkStack['window'] => ({
  plain: count * segment,
  withTimestamps: count * (segment - timestampOctets),
});

/** Since this build Windows begins with the whole window, before with 8 KiB. */
const wholeWindowBuild = 17_763;

export function networkStackOf({ system, kernel }: Persona): NetworkStack | null {
  if (system === 'windows') {
    const build = Number(/\b10\.0\.(\d+)/.exec(`${kernel.release} ${kernel.version}`)?.[1] ?? 0);
    const window = build >= wholeWindowBuild ? 65_535 : 8_192;
    return { ttl: 128, window: { plain: window, withTimestamps: window } };
  }
  if (kernel.version.startsWith('FreeBSD'))
    return { ttl: 64, window: { plain: 65_535, withTimestamps: 65_535 } };
  if (!system.startsWith('linux')) return null;
  const [, major = '', minor = ''] = /^(\d+)\.(\d+)/.exec(kernel.release) ?? [];
  const version = Number(major) * 1_000 + Number(minor);
  if (version === 0) return null;
  // The first window grew from 4 to 10 to 20 segments, and to 64 KiB with Linux 4.20.
  if (version < 3_000) return { ttl: 64, window: segments(4) };
  if (version < 3_011) return { ttl: 64, window: segments(10) };
  return { ttl: 64, window: version < 4_020 ? segments(20) : null };
}
