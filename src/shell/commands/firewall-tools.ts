import type { Command } from '../process.ts';
import { firewallOf, mostRules } from './firewall-rules.ts';
import { readOptions } from './input-text.ts';

export const nftables: Command = {
  names: ['nft'],
  folder: '/usr/sbin',
  systems: 'gnu',
  run(process) {
    if (process.state.files.uid !== 0) {
      process.error.write(
        'Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed: Operation not permitted\n',
      );
      return 1;
    }
    const [verb = '', what = ''] = process.words.filter((word) => !word.startsWith('-'));
    if (verb === '') {
      process.error.write('Usage: nft [ options ] [ cmds... ]\n');
      return 1;
    }
    // Its rules are those of iptables where that speaks nf_tables.
    if (verb !== 'list' || process.state.machine.packages.codename === 'focal') return 0;
    const tables = Array.from(firewallOf(process.state).four).filter(([, chains]) =>
      [...chains.values()].some(({ rules, policy }) => rules.length > 0 || policy === 'DROP'),
    );
    for (const [table, chains] of tables) {
      if (what === 'tables') {
        process.output.write(`table ip ${table}\n`);
        continue;
      }
      const blocks = Array.from(chains, ([name, { policy, rules }]) => {
        const hook =
          policy === null
            ? ''
            : `\t\ttype filter hook ${name.toLowerCase()} priority filter; policy ${policy.toLowerCase()};\n`;
        return `\tchain ${name} {\n${hook}${rules.map((rule) => `\t\t${ruleText(rule)}\n`).join('')}\t}\n`;
      });
      process.output.write(`table ip ${table} {\n${blocks.join('\n')}}\n`);
    }
    return 0;
  },
};

/** A rule of iptables in nft's words, as far as they are the same. */
function ruleText(rule: string): string {
  const value = (pattern: RegExp): string | undefined => pattern.exec(rule)?.[1];
  const [source, target, port, protocol, verdict] = [
    value(/-s (\S+)/),
    value(/-d (\S+)/),
    value(/--dport (\S+)/),
    value(/-p (\S+)/),
    value(/-j (\S+)/),
  ];
  return [
    ...(source === undefined ? [] : [`ip saddr ${source.replace(/\/32$/, '')}`]),
    ...(target === undefined ? [] : [`ip daddr ${target.replace(/\/32$/, '')}`]),
    ...(protocol === undefined
      ? []
      : port === undefined
        ? [`meta l4proto ${protocol}`]
        : [`${protocol} dport ${port}`]),
    'counter packets 0 bytes 0',
    ...(verdict === undefined
      ? []
      : [/^(?:ACCEPT|DROP|REJECT|RETURN)$/.test(verdict) ? verdict.toLowerCase() : `jump ${verdict}`]),
  ].join(' ');
}

export const simpleFirewall: Command = {
  names: ['ufw'],
  folder: '/usr/sbin',
  systems: 'gnu',
  run(process) {
    if (process.state.files.uid !== 0) {
      process.error.write('ERROR: You need to be root to run this script\n');
      return 1;
    }
    const { simple } = firewallOf(process.state);
    const { operands } = readOptions(process.words, '');
    const [verb = '', ...rest] = operands;
    switch (verb) {
      case 'enable':
        simple.active = true;
        process.output.write('Firewall is active and enabled on system startup\n');
        return 0;
      case 'disable':
        simple.active = false;
        process.output.write('Firewall stopped and disabled on system startup\n');
        return 0;
      case 'reload':
        process.output.write(
          simple.active ? 'Firewall reloaded\n' : 'Firewall not enabled (skipping reload)\n',
        );
        return 0;
      case 'reset':
        simple.active = false;
        simple.rules.length = 0;
        return 0;
      case 'status': {
        const rows = simple.rules.map((rule) => {
          const [action = '', port = ''] = rule.split(' ');
          return `${port.padEnd(27)}${action.toUpperCase().padEnd(12)}Anywhere                  \n`;
        });
        process.output.write(
          simple.active
            ? `Status: active\n${rows.length === 0 ? '' : `\nTo                         Action      From\n--                         ------      ----\n${rows.join('')}\n`}`
            : 'Status: inactive\n',
        );
        return 0;
      }
      case 'default':
        process.output.write(
          `Default ${rest[1] ?? 'incoming'} policy changed to '${rest[0] ?? 'deny'}'\n(be sure to update your rules accordingly)\n`,
        );
        return 0;
      case 'allow':
      case 'deny':
      case 'reject':
      case 'limit':
      case 'delete': {
        const words = verb === 'delete' ? rest : [verb, ...rest];
        const rule = words.join(' ');
        if (words.length < 2) break;
        const at = simple.rules.indexOf(rule);
        if (verb === 'delete') {
          if (at >= 0) simple.rules.splice(at, 1);
          process.output.write(
            at >= 0
              ? 'Rule deleted\nRule deleted (v6)\n'
              : 'Could not delete non-existent rule\nCould not delete non-existent rule (v6)\n',
          );
        } else {
          if (at < 0 && simple.rules.length < mostRules) simple.rules.push(rule);
          process.output.write(
            at >= 0
              ? 'Skipping adding existing rule\nSkipping adding existing rule (v6)\n'
              : simple.active
                ? 'Rule added\nRule added (v6)\n'
                : 'Rules updated\nRules updated (v6)\n',
          );
        }
        return 0;
      }
    }
    process.error.write(verb === '' ? 'ERROR: not enough args\n' : 'ERROR: Invalid syntax\n');
    return 1;
  },
};

export const firewallDaemon: Command = {
  names: ['firewall-cmd'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { simple } = firewallOf(process.state);
    const { flags, values } = readOptions(process.words, '');
    if (flags.has('state')) process.output.write('running\n');
    else if (flags.has('list-all'))
      process.output.write(
        `public (active)\n  target: default\n  icmp-block-inversion: no\n  interfaces: ${process.state.machine.interfaceName}\n  sources: \n  services: cockpit dhcpv6-client http https ssh\n  ports: ${simple.rules.join(' ')}\n  protocols: \n  forward: no\n  masquerade: no\n  forward-ports: \n  source-ports: \n  icmp-blocks: \n  rich rules: \n`,
      );
    else if (flags.has('list-ports')) process.output.write(`${simple.rules.join(' ')}\n`);
    else {
      const port = values.get('add-port');
      if (port !== undefined && !simple.rules.includes(port) && simple.rules.length < mostRules)
        simple.rules.push(port.slice(0, 60));
      process.output.write('success\n');
    }
    return 0;
  },
};
