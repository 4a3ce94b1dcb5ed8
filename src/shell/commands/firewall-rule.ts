import { ownMember } from '../own-member.ts';
import { portName } from './sockets.ts';

const withLength = (address: string): string =>
  /^[\d.]+$/.test(address) ? `${address}/32` : address === '0.0.0.0/0' || address === '::/0' ? '' : address;

const shortNames: Readonly<Record<string, string>> = {
  '--protocol': '-p',
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--jump': '-j',
  '--goto': '-g',
  '--match': '-m',
  '--destination-port': '--dport',
  '--source-port': '--sport',
};

/** The words of a rule in the order in which `-S` gives them. */
export function normalRule(words: readonly string[]): string {
  const head = new Map<string, string>();
  const matches: string[] = [];
  let target = '';
  let negated = '';
  for (let at = 0; at < words.length; at += 1) {
    const given = words[at] ?? '';
    const word = ownMember(shortNames, given) ?? given;
    if (word === '!') {
      negated = '! ';
      continue;
    }
    const next = words[at + 1] ?? '';
    if ('-s-d-i-o-p'.includes(word) && /^-[sdiop]$/.test(word)) {
      const value = word === '-s' || word === '-d' ? withLength(next) : next.toLowerCase();
      if (value !== '' && !(word === '-p' && value === 'all'))
        head.set(word, `${negated}${word} ${word === '-i' || word === '-o' ? next : value}`);
      at += 1;
    } else if (word === '-j' || word === '-g') {
      const rest = words.slice(at + 2).join(' ');
      target = `${word} ${next}${rest === '' ? (next === 'REJECT' ? ' --reject-with icmp-port-unreachable' : '') : ` ${rest}`}`;
      break;
    } else {
      const quoted = /\s/.test(word) ? `"${word}"` : word;
      matches.push(negated + quoted);
    }
    negated = '';
  }
  const protocol = /-p (\w+)/.exec(head.get('-p') ?? '')?.[1] ?? '';
  const ported = matches.some((word) => /^(?:! )?--[ds]port$/.test(word));
  const loads =
    ported && !matches.includes(protocol) && /^(?:tcp|udp)$/.test(protocol) ? ['-m', protocol] : [];
  return [
    ...['-s', '-d', '-i', '-o', '-p'].flatMap((key) => head.get(key) ?? []),
    ...loads,
    ...matches,
    ...(target === '' ? [] : [target]),
  ].join(' ');
}

interface ListedRule {
  readonly target: string;
  readonly protocol: string;
  readonly input: string;
  readonly output: string;
  readonly source: string;
  readonly destination: string;
  readonly extra: string;
}

/** A rule as `-L` shows it. */
export function listedRule(rule: string, numeric: boolean): ListedRule {
  const words = rule.split(' ');
  const values = new Map<string, string>();
  const extra: string[] = [];
  let mark = '';
  const anywhere = numeric ? '0.0.0.0/0' : 'anywhere';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1] ?? '';
    if (word === '!') {
      mark = '!';
      continue;
    }
    at += 1;
    if (/^-[sdiopjg]$/.test(word)) values.set(word, mark + next.replace(/\/32$/, ''));
    else if (word === '-m') {
      if (/^(?:tcp|udp|multiport|icmp)$/.test(next)) extra.push(next);
    } else if (/^--[ds]port$/.test(word))
      extra.push(
        `${word === '--dport' ? 'dpt' : 'spt'}${next.includes(':') ? 's' : ''}:${mark}${/^\d+$/.test(next) ? portName(Number(next), numeric) : next}`,
      );
    else if (/^--[ds]ports$/.test(word)) extra.push(`${word.slice(2)} ${next}`);
    else if (word === '--state') extra.push('state', next);
    else if (word === '--ctstate') extra.push('ctstate', next);
    else if (word === '--comment') extra.push(`/* ${next.replaceAll('"', '')} */`);
    else if (word === '--dst-type') extra.push('ADDRTYPE match dst-type', next);
    else if (word === '--limit') extra.push(`limit: avg ${next} burst 5`);
    else if (word === '--to-destination' || word === '--to-source') extra.push(`to:${next}`);
    else if (word.startsWith('--')) extra.push(word.slice(2), next);
    mark = '';
  }
  return {
    target: values.get('-j') ?? values.get('-g') ?? '',
    protocol: values.get('-p') ?? 'all',
    input: values.get('-i') ?? (numeric ? '*' : 'any'),
    output: values.get('-o') ?? (numeric ? '*' : 'any'),
    source: values.get('-s') ?? anywhere,
    destination: values.get('-d') ?? anywhere,
    extra: extra.join(' '),
  };
}
