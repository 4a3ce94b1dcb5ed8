/** Login logs of many services, in one file or several: system logs, journals, and applications' own logs. */

import type { LoginFact } from '../core/observation.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { isoTime, syslogTime } from './log-time.ts';
import { matchTemplate } from './log-template.ts';
import { loggedPacket } from './netfilter.ts';
import { isSshd, SshLog } from './openssh.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { loginRules } from './rules/login-rules.ts';
import type { LoginRule } from './rules/rule.ts';
import { logEntry } from './syslog-line.ts';
import { AccessLog } from './web-access.ts';

interface FoundLogin {
  readonly rule: LoginRule;
  readonly user: string;
  readonly address: string;
}

/** The first rule that a text fits. */
export function findLogin(text: string, rules: readonly LoginRule[]): FoundLogin | null {
  for (const rule of rules) {
    const at = text.indexOf(rule.needle);
    if (at < 0) continue;
    const found = matchTemplate(rule.shape, text.slice(at).trimEnd());
    if (found !== null) return { rule, user: found.user, address: found.address };
  }
  return null;
}

const serviceOf: Readonly<Record<string, string>> = {
  vsftpd: 'ftp',
  proftpd: 'ftp',
  dovecot: 'imap',
  'dovecot-auth': 'imap',
  sshd: 'ssh',
};

/** The time at the beginning of an application's own line, bracket or number ahead of it allowed. */
function ownTime(line: string, near: number): number {
  const at = line.startsWith('[') || line.startsWith('(') ? line.search(/[\dJFMASOND]/) : 0;
  return (isoTime(line, at) ?? syslogTime(line, at, near))?.at ?? near;
}

const webPrograms = new Set(['nginx', 'httpd', 'apache', 'apache2']);

class LoginLog {
  readonly #rules: readonly LoginRule[];
  readonly #addresses = new AddressCache();
  readonly #ssh = new SshLog();
  readonly #access = new AccessLog();

  constructor(rules: readonly LoginRule[]) {
    this.#rules = rules;
  }

  read(line: string, near: number, writer: BatchWriter): void {
    const entry = logEntry(line, near);
    if (entry !== null) {
      if (isSshd(entry.program)) {
        this.#ssh.read(entry, writer);
        return;
      }
      if (entry.program === 'kernel') {
        this.#packet(entry.message, entry.at, writer);
        return;
      }
      if (webPrograms.has(entry.program)) {
        const access = this.#access.parse(entry.message, near);
        if (access !== null && this.#access.add(access, writer)) return;
      }
    }
    const found = findLogin(entry?.message ?? line, this.#rules) ?? findLogin(line, this.#rules);
    if (found === null) return;
    const source = this.#addresses.canonical(found.address);
    if (source === null) return;
    const program = entry?.program ?? '';
    const service = found.rule.service === '' ? (serviceOf[program] ?? program) : found.rule.service;
    const fact: LoginFact = {
      kind: 'login',
      service: service.toLowerCase().slice(0, 32) || 'login',
      user: found.user.slice(0, 256),
      outcome: found.rule.outcome,
      method: 'password',
    };
    const at = entry?.at ?? ownTime(line, near);
    writer.add({ ...writer.seen(at, source, 0, 0, ''), ...fact });
  }

  #packet(message: string, at: number, writer: BatchWriter): void {
    const packet = loggedPacket(message);
    if (packet === null) return;
    const source = this.#addresses.canonical(packet.source);
    const destination = this.#addresses.canonical(packet.destination);
    if (source === null || destination === null) return;
    const transport =
      packet.protocol === 6
        ? 'tcp'
        : packet.protocol === 17
          ? 'udp'
          : packet.protocol === 1
            ? 'icmp'
            : 'other';
    writer.add({
      ...writer.seen(at, source, packet.sourcePort, packet.destinationPort, '', transport),
      destination,
      spoofable: true,
      kind: 'flow',
      packets: 1,
      bytes: packet.bytes,
      duration: 0,
      action: packet.action,
      protocol: packet.protocol,
      tcpFlags: packet.flags,
      reply: false,
    });
  }
}

function read(
  rules: readonly LoginRule[],
  input: AsyncIterable<Uint8Array>,
  context: ReadContext,
): AsyncIterable<ReadBatch> {
  const log = new LoginLog(rules);
  return readLines(input, context, (line, _number, writer) => {
    log.read(line, context.near, writer);
    writer.record();
  });
}

export const systemLog: Reader = {
  name: 'syslog',
  summary:
    'System and application logs of any mixture: logins of many services, firewall packets, web accesses',
  detect: (sample: Uint8Array): number =>
    shareOfLines(
      sample,
      (line) => logEntry(line, Number.NaN)?.program !== undefined || findLogin(line, loginRules) !== null,
    ) * 0.91,
  read: (input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> =>
    read(loginRules, input, context),
};

export const webError: Reader = {
  name: 'web-error',
  summary: 'Error logs of Apache and nginx: refused logins',
  detect: (sample: Uint8Array): number =>
    shareOfLines(
      sample,
      (line) =>
        line.includes('] [client ') || (line.includes(', client: ') && /^\d{4}\/\d\d\/\d\d /.test(line)),
    ) * 0.93,
  read: (input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> =>
    read(loginRules, input, context),
};
