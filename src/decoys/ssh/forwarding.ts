/** How the machine answers requests to forward: nothing is ever forwarded, but how it says so is the machine's own. */

import type { Persona } from '../../core/persona.ts';
import { pick } from '../../core/random.ts';
import type { SshDaemon } from './daemon.ts';

/**
 * `prohibited`: AllowTcpForwarding no. The others have sshd's default, behind a firewall that answers connections to the outside:
 * `refused` with a reset, `unreachable` with an ICMP message.
 */
export type Forwarding = 'prohibited' | 'refused' | 'unreachable';

/** `details.forwarding` of the persona's `ssh` software, or drawn. Dropbear of devices is built without. */
export function forwardingOf(persona: Persona, daemon: SshDaemon): Forwarding {
  if (daemon.product === 'dropbear') return 'prohibited';
  const named = persona.software['ssh']?.details?.['forwarding'];
  if (named === 'prohibited' || named === 'refused' || named === 'unreachable') return named;
  return pick(persona.random('ssh forwarding'), ['prohibited', 'refused', 'unreachable']);
}

/** `tcp://host:port`, as the fact's address. */
export function forwardUrl(host: string, port: number): string {
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
