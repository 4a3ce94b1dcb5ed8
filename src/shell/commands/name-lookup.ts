import { formatDate } from '../date-format.ts';
import { addressOf } from '../download.ts';
import type { Command, Process } from '../process.ts';
import { readOptions } from './input-text.ts';

/** A name server's answer that does not happen: the name was recorded; it has the address that every fetch of it shows. */
function answer(process: Process, name: string): string | null {
  process.state.recordCommand(['host', name]);
  process.state.sleep(20 + (process.state.machine.nextRandom() % 60));
  return /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z]{2,20}\.?$/i.test(name)
    ? addressOf(process, name.replace(/\.$/, '').toLowerCase())
    : null;
}

/** The name server of /etc/resolv.conf. */
function serverOf(process: Process): string {
  const node = process.state.files.find('/etc/resolv.conf', '/');
  const text = node === null ? '' : process.state.files.read('/etc/resolv.conf', '/');
  return /^nameserver\s+(\S{2,45})/m.exec(text)?.[1] ?? '127.0.0.1';
}

const isAddress = (text: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
const reversed = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`;

export const lookup: Command = {
  names: ['nslookup'],
  folder: '/usr/bin',
  systems: 'both',
  run(process) {
    const { operands } = readOptions(process.words, '');
    const [name, server = serverOf(process)] = operands;
    if (name === undefined) return 0;
    const found = isAddress(name) ? null : answer(process, name);
    const { busybox } = process.state.machine;
    if (busybox) {
      process.output.write(`Server:    ${server}\nAddress 1: ${server}\n\n`);
      if (found === null)
        process.error.write(`nslookup: can't resolve '${name}': Name or service not known\n`);
      else process.output.write(`Name:      ${name}\nAddress 1: ${found}\n`);
      return found === null ? 1 : 0;
    }
    process.output.write(`Server:\t\t${server}\nAddress:\t${server}#53\n\n`);
    if (found === null) {
      process.output.write(`** server can't find ${isAddress(name) ? reversed(name) : name}: NXDOMAIN\n\n`);
      return 1;
    }
    process.output.write(`Non-authoritative answer:\nName:\t${name}\nAddress: ${found}\n\n`);
    return 0;
  },
};

export const host: Command = {
  names: ['host'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const { values, operands } = readOptions(process.words, 'tcWRmN');
    const [name] = operands;
    if (name === undefined) {
      process.error.write(
        'Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]\n',
      );
      return 1;
    }
    const found = isAddress(name) ? null : answer(process, name);
    const type = (values.get('t') ?? 'A').toUpperCase();
    if (found === null) {
      process.output.write(`Host ${isAddress(name) ? `${reversed(name)}.` : name} not found: 3(NXDOMAIN)\n`);
      return 1;
    }
    process.output.write(type === 'A' ? `${name} has address ${found}\n` : `${name} has no ${type} record\n`);
    return 0;
  },
};

export const dig: Command = {
  names: ['dig'],
  folder: '/usr/bin',
  systems: 'gnu',
  run(process) {
    const words = process.words.filter((word) => !word.startsWith('-'));
    const server = words.find((word) => word.startsWith('@'))?.slice(1) ?? serverOf(process);
    const type =
      words.find((word) => /^(?:A|AAAA|MX|TXT|NS|ANY|CNAME|SOA|PTR|SRV)$/i.test(word))?.toUpperCase() ?? 'A';
    const name = words.find((word) => !/^[@+]/.test(word) && word.toUpperCase() !== type) ?? '.';
    const found = name === '.' ? null : answer(process, name);
    const record = found !== null && type === 'A' ? found : null;
    if (process.words.includes('+short')) {
      if (record !== null) process.output.write(`${record}\n`);
      return 0;
    }
    const { machine } = process.state;
    const version =
      machine.packages.installed.get('bind9-dnsutils') ??
      machine.packages.installed.get('bind-utils') ??
      '9.16.48';
    const full = name.endsWith('.') ? name : `${name}.`;
    const seconds = 60 + (machine.nextRandom() % 3000);
    const line = (what: string): string =>
      `${full}\t${full.length < 16 ? '\t' : ''}${full.length < 8 ? '\t' : ''}${what}`;
    process.output.write(
      `\n; <<>> DiG ${version.replace(/^1:/, '').replace(/^([\d.]+)-/, '$1-')} <<>> ${process.words.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${found === null ? 'NXDOMAIN' : 'NOERROR'}, id: ${machine.nextRandom() % 65_536}\n;; flags: qr rd ra; QUERY: 1, ANSWER: ${record === null ? 0 : 1}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 65494\n;; QUESTION SECTION:\n;${line(`\tIN\t${type}`)}\n\n${record === null ? '' : `;; ANSWER SECTION:\n${line(`${seconds}\tIN\tA\t${record}`)}\n\n`};; Query time: ${8 + (machine.nextRandom() % 40)} msec\n;; SERVER: ${server}#53(${server})\n;; WHEN: ${formatDate(process.state.now(), '%a %b %d %H:%M:%S UTC %Y')}\n;; MSG SIZE  rcvd: ${full.length + (record === null ? 28 : 44)}\n\n`,
    );
    return 0;
  },
};
