/**
 * The rules that show the sensor probes which no socket accepts, and that withhold the answer from a random sixteenth of
 * the first SYNs of sources that knock at many decoy ports (see `return-path.ts` for what that proves).
 *
 * The coin is the kernel's random generator at each SYN and not a keyed hash of addresses: whoever learns from his own probes which
 * of them a hash with a 32-bit seed picks can compute the seed, and with it whom else it picks. Needs Linux 6.1, whose
 * `numgen random` is a cryptographic generator.
 */

/** The netfilter log group between these rules and the probe socket. */
export const probeLogGroup = 7_069;
/** One of so many first SYNs goes unanswered. */
export const withheldOneIn = 16;

/** Matches of nftables on the flags of a TCP packet. */
export const synOnly = 'tcp flags & (fin | syn | rst | ack) == syn';
export const acknowledgement = 'tcp flags & (fin | syn | rst | ack) == ack';

const record = (mark: string): string => `log prefix "${mark}" group ${probeLogGroup} snaplen 96`;

/**
 * How each record is marked; one byte each, so that all cost the same and none is likelier to be lost:
 * a SYN that passes, one that is withheld, a repeat of a withheld one, and a packet of a stealth scan.
 */
export const probeMarks = { passed: 'p', withheld: 'w', again: 'r', stealth: 's' } as const;

/**
 * Sets and the chain `probes`, to stand in the sensor's table. A full set withholds nothing and drops nothing.
 * The first ten SYNs of a source, and one a minute after, are never withheld: few visitors meet the rule.
 */
export function probeChain(): string[] {
  const lines: string[] = [];
  for (const [name, family, address] of [
    ['4', 'ip', 'ipv4_addr'],
    ['6', 'ip6', 'ipv6_addr'],
  ] as const) {
    lines.push(
      `  set busy${name} { type ${address}; flags dynamic, timeout; timeout 1m; size 262144; }`,
      `  set withheld${name} { type ${address} . ${address} . inet_service; flags dynamic, timeout; timeout 15m; size 262144; }`,
      `  chain probes${name} {`,
      `    ${family} saddr . ${family} daddr . tcp dport @withheld${name} ${record(probeMarks.again)} return`,
      `    update @busy${name} { ${family} saddr limit rate over 1/minute burst 10 packets } numgen random mod ${withheldOneIn} 0 add @withheld${name} { ${family} saddr . ${family} daddr . tcp dport } ${record(probeMarks.withheld)} drop`,
      `    ${record(probeMarks.passed)}`,
      '  }',
    );
  }
  return lines;
}

/**
 * Lines for the any-port chain. `synLines` go before every line that accepts what already has a socket: a SYN sent again while its
 * first is half open must be seen as well. `stealthLines` go after those: packets that belong to no conversation.
 * `matches` pick the addresses that are answered as decoys.
 */
export function probeLines(matches: readonly string[]): {
  readonly synLines: string[];
  readonly stealthLines: string[];
} {
  return {
    synLines: [
      // A port on which this machine serves: its visitors are none of the sensor's business.
      `${synOnly} socket transparent 0 accept`,
      ...matches.flatMap((match) => [
        `${match} meta nfproto ipv4 ${synOnly} jump probes4`,
        `${match} meta nfproto ipv6 ${synOnly} jump probes6`,
      ]),
    ],
    stealthLines: matches.flatMap((match) => [
      `${match} tcp flags & (fin | syn | rst | ack) == fin ct state new,invalid,untracked ${record(probeMarks.stealth)}`,
      `${match} tcp flags & (fin | syn | rst | ack) == 0x0 ct state new,invalid,untracked ${record(probeMarks.stealth)}`,
      `${match} ${acknowledgement} ct state new ${record(probeMarks.stealth)}`,
    ]),
  };
}
