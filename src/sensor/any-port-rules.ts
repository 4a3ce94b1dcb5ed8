/**
 * The kernel's rules around a sensor, in a table of their own: one that hands every free port to the any-port sockets, one that gives
 * packets of decoys the marks of the systems that they claim, and one that keeps the sensor's uid from beginning anything. Installed by a privileged process; the sensor itself can't touch them.
 */

import { execFileSync } from 'node:child_process';
import { parseNetwork } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import { acknowledgement, probeChain, probeLines, synOnly } from './probe-rules.ts';
import { stackChain, type DisguisedStack } from './stack-rules.ts';

export interface AnyPortRules {
  /** The interface on which visitors arrive. */
  readonly interface: string;
  readonly tcpPort: number;
  readonly udpPort: number;
  /**
   * Ports that are left alone. A port on which this machine listens is left alone in any case; name those that are served
   * without a socket here (published by NAT to a container, for one).
   */
  readonly exceptPorts: readonly number[];
  /** Networks beside this machine's own addresses that are routed to it and answered as decoys. */
  readonly prefixes?: readonly string[];
  /** Whether probes are logged for the probe socket and some first SYNs withheld (`probe-rules.ts`). */
  readonly probes?: boolean;
}

export interface SensorRules {
  /** The uid under which the sensor runs. */
  readonly uid: number;
  /** Name of the table, so that two sensors of one machine keep out of each other's; `picket_sensor` where left out. */
  readonly table?: string;
  readonly anyPort?: AnyPortRules;
  /** Decoys whose packets look as those of another system. */
  readonly stacks?: readonly DisguisedStack[];
}

const sensorTable = 'picket_sensor';

function tableOf({ table = sensorTable }: SensorRules): string {
  if (/^[a-z][a-z0-9_]{0,40}$/.test(table)) return table;
  throw new PicketError('PICKET_NFT_FAILED', `${table} is no name for a table; use letters, digits and _`);
}
/** Only with `prefixes`: packets to addresses that are not this machine's are marked and routed to it. */
const mark = 0x7069;
const routeTable = 7_069;
const rulePriority = 7_069;

const interfaceName = /^[A-Za-z0-9_.@-]{1,15}$/;

function wholeNumber(value: number, most: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new PicketError(
    'PICKET_CONFIG_INVALID',
    `${what} must be a whole number up to ${most}, not ${value}`,
  );
}

function anyPortChain(rules: AnyPortRules): string {
  if (!interfaceName.test(rules.interface)) {
    throw new PicketError('PICKET_CONFIG_INVALID', `"${rules.interface}" is not the name of an interface`);
  }
  const tcpPort = wholeNumber(rules.tcpPort, 65_535, 'the any-port TCP port');
  const udpPort = wholeNumber(rules.udpPort, 65_535, 'the any-port UDP port');
  const except = [...new Set(rules.exceptPorts)].map((port) => wholeNumber(port, 65_535, 'an excepted port'));
  const prefixes = (rules.prefixes ?? []).map((text) => {
    const network = parseNetwork(text);
    if (network === null) throw new PicketError('PICKET_CONFIG_INVALID', `"${text}" is not a network`);
    return { text, family: network.family };
  });
  const marking = prefixes.length > 0 ? ` meta mark set ${mark}` : '';
  const lines: string[] = [];
  const hand = (packets: string, port: number): void => {
    for (const match of matches) {
      lines.push(
        `${match} meta nfproto ipv4 ${packets} tproxy ip to 127.0.0.1:${port}${marking} accept`,
        `${match} meta nfproto ipv6 ${packets} tproxy ip6 to [::1]:${port}${marking} accept`,
      );
    }
  };
  lines.push(`iifname != "${rules.interface}" accept`, 'meta l4proto != { tcp, udp } accept');
  if (except.length > 0) lines.push(`th dport { ${except.join(', ')} } accept`);
  const matches = ['fib daddr type local'];
  for (const family of [4, 6] as const) {
    const own = prefixes.filter((prefix) => prefix.family === family).map((prefix) => prefix.text);
    if (own.length > 0) matches.push(`${family === 4 ? 'ip' : 'ip6'} daddr { ${own.join(', ')} }`);
  }
  const probes = rules.probes === true ? probeLines(matches) : { synLines: [], stealthLines: [] };
  lines.push(...probes.synLines);
  // A visitor who comes again from a port whose last conversation still waits for its end: the target puts the listener in its place.
  hand(`${synOnly} socket transparent 1`, tcpPort);
  // Packets of conversations that were handed over before; to an address that is not ours they need their mark again.
  lines.push(`socket transparent 1${marking} accept`);
  // Whatever listens here keeps its port: a lookup that finds no socket ends the rule, so both say "there is one".
  lines.push('socket wildcard 0 accept', 'socket wildcard 1 accept');
  lines.push(...probes.stealthLines);
  hand(synOnly, tcpPort);
  // While half-open sockets abound the kernel keeps new ones in cookies: what answers its SYN-ACK has no socket yet.
  hand(`${acknowledgement} ct state established ct direction original`, tcpPort);
  hand('meta l4proto udp ct direction original', udpPort);
  return [
    ...(rules.probes === true ? probeChain() : []),
    '  chain prerouting {',
    '    type filter hook prerouting priority mangle; policy accept;',
    ...lines.filter(coherent).map((line) => `    ${line}`),
    '  }',
  ].join('\n');
}

/** A match on addresses of one family and a target of the other never meet; nft refuses to read them. */
function coherent(line: string): boolean {
  return !(
    (line.startsWith('ip daddr') && line.includes('nfproto ipv6')) ||
    (line.startsWith('ip6 daddr') && line.includes('nfproto ipv4'))
  );
}

/** The text for `nft -f -`; replaces whatever stood in the table, in one transaction. */
export function sensorRuleset(rules: SensorRules): string {
  const uid = wholeNumber(rules.uid, 4_294_967_294, 'the uid of the sensor');
  const table = tableOf(rules);
  return [
    `table inet ${table} {}`,
    `delete table inet ${table}`,
    `table inet ${table} {`,
    ...(rules.anyPort === undefined ? [] : [anyPortChain(rules.anyPort)]),
    ...stackChain(rules.stacks ?? []),
    '  chain output {',
    '    type filter hook output priority filter; policy accept;',
    // An answer within a flow that another began, and nothing else: no new flow, no error message, no forged one.
    `    meta skuid ${uid} ct state established ct direction reply accept`,
    `    meta skuid ${uid} counter reject with icmpx admin-prohibited`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** The arguments of the `ip` commands that go with it: routes for prefixes, none without. */
export function sensorRoutes(rules: SensorRules, change: 'add' | 'del'): string[][] {
  if ((rules.anyPort?.prefixes ?? []).length === 0) return [];
  return (['-4', '-6'] as const).flatMap((family) => [
    [family, 'rule', change, 'priority', `${rulePriority}`, 'fwmark', `${mark}`, 'lookup', `${routeTable}`],
    [
      family,
      'route',
      change === 'add' ? 'replace' : 'del',
      'local',
      'default',
      'dev',
      'lo',
      'table',
      `${routeTable}`,
    ],
  ]);
}

function run(command: string, words: readonly string[], input: string): void {
  try {
    execFileSync(command, words, { input, stdio: ['pipe', 'ignore', 'pipe'] });
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const said =
      error instanceof Error && 'stderr' in error
        ? String(error.stderr).trim().split('\n')[0]
        : String(error);
    throw new PicketError(
      missing ? 'PICKET_NFT_MISSING' : 'PICKET_NFT_FAILED',
      missing
        ? `${command} is not on this machine; install nftables and iproute2`
        : `${command} ${words.join(' ')} was refused: ${said}`,
      { cause: error },
    );
  }
}

function runIfThere(command: string, words: readonly string[]): void {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
  } catch {
    // It was not there.
  }
}

/** Puts the rules in force, also over ones that stand. Throws PICKET_NFT_FAILED or PICKET_NFT_MISSING. */
export function installSensorRules(rules: SensorRules): void {
  run('nft', ['-f', '-'], sensorRuleset(rules));
  for (const words of sensorRoutes(rules, 'del')) runIfThere('ip', words);
  for (const words of sensorRoutes(rules, 'add')) run('ip', words, '');
}

/** Takes them away, also where there are none. */
export function removeSensorRules(rules: SensorRules): void {
  const table = tableOf(rules);
  run('nft', ['-f', '-'], `table inet ${table} {}\ndelete table inet ${table}\n`);
  for (const words of sensorRoutes(rules, 'del')) runIfThere('ip', words);
}
