import type { Process } from '../process.ts';
import { listedRule } from './firewall-rule.ts';
import { type Chain, firewallOf, type Tables } from './firewall-rules.ts';

export function versionOf(process: Process): string {
  const { packages, busybox } = process.state.machine;
  if (busybox) return '1.4.21';
  return packages.installed.get('iptables')?.split('-')[0] ?? '1.8.7';
}

export const isLegacy = (process: Process): boolean =>
  process.state.machine.busybox || process.state.machine.packages.codename === 'focal';
export const named = (process: Process): string =>
  `${process.name} v${versionOf(process)}${process.state.machine.busybox ? '' : isLegacy(process) ? ' (legacy)' : ' (nf_tables)'}`;

export const tablesOf = (process: Process): Tables => {
  const firewall = firewallOf(process.state);
  return process.name.startsWith('ip6') ? firewall.six : firewall.four;
};

/** Complaint of one without root's rights; null for root. */
export function refused(process: Process): number | null {
  if (process.state.files.uid === 0) return null;
  process.error.write(
    isLegacy(process)
      ? `${named(process)}: can't initialize ${process.name} table \`filter': Permission denied (you must be root)\nPerhaps ${process.name} or your kernel needs to be upgraded.\n`
      : `${named(process)}: Could not fetch rule set generation id: Permission denied (you must be root)\n\n`,
  );
  return isLegacy(process) ? 3 : 4;
}

export function listChain(
  process: Process,
  name: string,
  chain: Chain,
  references: number,
  numeric: boolean,
  verbose: boolean,
  numbers: boolean,
): string {
  const head =
    chain.policy === null
      ? `${references} references`
      : `policy ${chain.policy}${verbose ? ' 0 packets, 0 bytes' : ''}`;
  const first = numbers ? 'num  ' : '';
  const lines = [
    `Chain ${name} (${head})\n`,
    verbose
      ? `${numbers ? 'num  ' : ''} pkts bytes target     prot opt in     out     source               destination         \n`
      : `${first}target     prot opt source               destination         \n`,
  ];
  for (const [index, rule] of chain.rules.entries()) {
    const { target, protocol, input, output, source, destination, extra } = listedRule(rule, numeric);
    const number = numbers ? String(index + 1).padEnd(5) : '';
    const counted = verbose ? '    0     0 ' : '';
    const interfaces = verbose ? ` ${input.padEnd(6)} ${output.padEnd(6)}  ` : ' ';
    lines.push(
      `${number}${counted}${target.padEnd(10)} ${protocol.padEnd(4)} -- ${interfaces}${source.padEnd(20)} ${destination.padEnd(20)} ${extra === '' ? '' : extra}\n`,
    );
  }
  return lines.join('');
}
