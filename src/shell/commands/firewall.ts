import { ownMember } from '../own-member.ts';
import type { Command, Process } from '../process.ts';
import { isLegacy, listChain, named, refused, tablesOf } from './firewall-listing.ts';
import { normalRule } from './firewall-rule.ts';
import { mostRules } from './firewall-rules.ts';

function fail(process: Process, text: string, status: number): number {
  process.error.write(
    `${text.startsWith('v') ? named(process) + text.slice(1) : `${process.name}: ${text}`}\n`,
  );
  return status;
}

const actions: Readonly<Record<string, string>> = {
  '--append': '-A',
  '--insert': '-I',
  '--delete': '-D',
  '--replace': '-R',
  '--list': '-L',
  '--list-rules': '-S',
  '--flush': '-F',
  '--new-chain': '-N',
  '--delete-chain': '-X',
  '--policy': '-P',
  '--check': '-C',
  '--zero': '-Z',
  '--rename-chain': '-E',
};

const targets =
  /^(?:ACCEPT|DROP|REJECT|RETURN|LOG|QUEUE|NFQUEUE|MASQUERADE|SNAT|DNAT|REDIRECT|MARK|CONNMARK|TCPMSS|TARPIT|SET|CT|NOTRACK|TEE|TTL)$/;

/** One call of iptables on the tables. */
export function applyRule(process: Process, given: readonly string[]): number {
  const tables = tablesOf(process);
  let [table, action, numeric, verbose, numbers] = ['filter', '', false, false, false];
  const rest: string[] = [];
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? '';
    if (word === '-t' || word === '--table') {
      at += 1;
      table = given[at] ?? '';
    } else if (word === '--line-numbers' || word === '--line-number') numbers = true;
    else if (word === '-n' || word === '--numeric') numeric = true;
    else if (word === '-v' || word === '--verbose' || word === '-vv') verbose = true;
    else if (word === '-w' || word === '--wait') at += /^\d+$/.test(given[at + 1] ?? '') ? 1 : 0;
    else if (action === '' && (/^-[AIDRLSFNXPCZE]$/.test(word) || ownMember(actions, word) !== undefined))
      action = ownMember(actions, word) ?? word;
    else if (action === '' && /^-[nvLSFZ]{2,4}$/.test(word)) {
      for (const letter of word.slice(1)) {
        if (letter === 'n') numeric = true;
        else if (letter === 'v') verbose = true;
        else action = `-${letter}`;
      }
    } else rest.push(word);
  }
  const chains = tables.get(table);
  if (chains === undefined)
    return fail(
      process,
      `v: can't initialize ${process.name} table \`${table}': Table does not exist (do you need to insmod?)\nPerhaps ${process.name} or your kernel needs to be upgraded.`,
      3,
    );
  const [name = ''] = rest;
  if (action === '')
    return fail(
      process,
      `v: no command specified\nTry \`${process.name} -h' or '${process.name} --help' for more information.`,
      2,
    );
  const wanted = name === '' ? Array.from(chains) : Array.from(chains).filter(([chain]) => chain === name);
  const absent = 'No chain/target/match by that name.';
  if (['-L', '-S', '-F', '-Z', '-X'].includes(action)) {
    if (wanted.length === 0) return fail(process, absent, 1);
    if (action === '-L') {
      const references = (chain: string): number =>
        [...chains.values()].flatMap(({ rules }) => rules).filter((rule) => rule.endsWith(`-j ${chain}`))
          .length;
      process.output.write(
        wanted
          .map(([key, chain]) => listChain(process, key, chain, references(key), numeric, verbose, numbers))
          .join('\n'),
      );
    } else if (action === '-S') {
      for (const [key, { policy }] of wanted)
        process.output.write(policy === null ? `-N ${key}\n` : `-P ${key} ${policy}\n`);
      for (const [key, { rules }] of wanted)
        for (const rule of rules) process.output.write(`-A ${key}${rule === '' ? '' : ` ${rule}`}\n`);
    } else if (action === '-F') for (const [, chain] of wanted) chain.rules.length = 0;
    else if (action === '-X')
      for (const [key, chain] of wanted) if (chain.policy === null) chains.delete(key);
    return 0;
  }
  if (action === '-N') {
    if (chains.has(name)) return fail(process, 'Chain already exists.', 1);
    if (chains.size < 60) chains.set(name, { policy: null, rules: [] });
    return 0;
  }
  const chain = chains.get(name);
  if (chain === undefined) return fail(process, absent, 1);
  if (action === '-P') {
    if (chain.policy === null || !/^(?:ACCEPT|DROP)$/.test(rest[1] ?? ''))
      return fail(process, "Bad policy name. Run `dmesg' for more information.", 1);
    chain.policy = rest[1] ?? 'ACCEPT';
    return 0;
  }
  const number = /^\d{1,5}$/.test(rest[1] ?? '') ? Number(rest[1]) : null;
  const words = rest.slice(number === null ? 1 : 2);
  const rule = normalRule(words);
  const target = /(?:^| )-[jg] (\S+)/.exec(rule)?.[1];
  if (target !== undefined && !targets.test(target) && !chains.has(target))
    return isLegacy(process)
      ? fail(
          process,
          `v: Couldn't load target \`${target}':No such file or directory\n\nTry \`${process.name} -h' or '${process.name} --help' for more information.`,
          2,
        )
      : fail(
          process,
          `v: Chain '${target}' does not exist\nTry \`${process.name} -h' or '${process.name} --help' for more information.`,
          2,
        );
  if (/--[ds]ports? /.test(rule) && !/-p (?:tcp|udp|sctp|dccp)/.test(rule))
    return fail(
      process,
      `v: unknown option "${/--[ds]ports?/.exec(rule)?.[0] ?? ''}"\nTry \`${process.name} -h' or '${process.name} --help' for more information.`,
      2,
    );
  const place =
    action === '-D' && number !== null && words.length === 0 ? number - 1 : chain.rules.indexOf(rule);
  if (action === '-C')
    return place >= 0 ? 0 : fail(process, 'Bad rule (does a matching rule exist in that chain?).', 1);
  if (action === '-D') {
    if (place < 0 || place >= chain.rules.length)
      return fail(
        process,
        number === null
          ? 'Bad rule (does a matching rule exist in that chain?).'
          : 'Index of deletion too big.',
        1,
      );
    chain.rules.splice(place, 1);
    return 0;
  }
  if (chain.rules.length >= mostRules) return fail(process, 'Memory allocation problem.', 4);
  const kept = rule.slice(0, 500);
  if (action === '-A') chain.rules.push(kept);
  else if (action === '-R' && number !== null && number <= chain.rules.length) chain.rules[number - 1] = kept;
  else if ((number ?? 1) > chain.rules.length + 1) return fail(process, 'Index of insertion too big.', 1);
  else chain.rules.splice((number ?? 1) - 1, 0, kept);
  return 0;
}

export const firewall: Command = {
  names: ['iptables', 'ip6tables'],
  folder: '/usr/sbin',
  systems: 'both',
  run(process) {
    if (process.words[0] === '-V' || process.words[0] === '--version') {
      process.output.write(`${named(process)}\n`);
      return 0;
    }
    return refused(process) ?? applyRule(process, process.words);
  },
};
