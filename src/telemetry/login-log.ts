/** Login logs of many services, in one file or several: system logs, journals, and applications' own logs. */

import type { LoginFact, RefusalFact } from '../core/observation.ts';
import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { accessRecord } from './access-json.ts';
import { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';
import { DirectoryLog } from './directory-log.ts';
import { jsonObject } from './json-object.ts';
import { addEvent } from './logged-event.ts';
import { matchTemplate } from './log-template.ts';
import { loggedPacket, type LoggedPacket } from './netfilter.ts';
import { NeedleIndex } from './needle-index.ts';
import { isSshd, SshLog } from './openssh.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { ownLine } from './own-head.ts';
import { commonEvent, dumpedPacket, filteredPacket } from './packet-line.ts';
import { PostgresqlLog } from './postgresql-log.ts';
import { sshesame } from './records/honeypot.ts';
import { recordForm } from './records/index.ts';
import { windowsXml } from './records/platform.ts';
import { applicationRules } from './rules/application-rules.ts';
import { loginRules } from './rules/login-rules.ts';
import { mailboxRules } from './rules/mailbox-rules.ts';
import { mailRules } from './rules/mail-rules.ts';
import { networkRules } from './rules/network-rules.ts';
import type { LogRule } from './rules/rule.ts';
import { logEntry, type LogEntry } from './syslog-line.ts';
import { AccessLog } from './web-access.ts';
import { webError as webErrorLine } from './web-error-line.ts';

const longestUser = 256;
/** No daemon writes more of a login or refusal in a line. */
const longestMessage = 65_536;

interface FoundRule {
  readonly rule: LogRule;
  readonly user: string;
  readonly address: string;
}

const rules: readonly LogRule[] = [
  ...loginRules,
  ...mailRules,
  ...mailboxRules,
  ...networkRules,
  ...applicationRules,
];
const index = new NeedleIndex(rules.map(({ needle }) => needle));

/** The first rule that a text fits. */
function findRule(text: string): FoundRule | null {
  if (text.length > longestMessage) return null;
  const needles = index.find(text);
  if (needles.length === 0) return null;
  const message = text.trimEnd();
  for (const needle of needles) {
    const rule = rules[needle.index];
    if (rule === undefined) continue;
    const found = matchTemplate(rule.shape, rule.whole ? message : message.slice(needle.at));
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

const webPrograms = new Set(['nginx', 'httpd', 'apache', 'apache2']);

/** Firewalls that log packets under a head of their own: UniFi's and Proxmox's. Nothing that a client chose stands ahead of `IN=`. */
const firewallHead =
  /^(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8} (?:\S{1,64} ){1,2}\[[A-Z0-9_-]{1,64}\] DESCR="[^"]{0,100}" |\d{1,9} \d \S{1,60} \d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8} [-+]\d{4} [A-Za-z :]{0,40})IN=/;

class LoginLog {
  readonly #addresses = new AddressCache();
  readonly #ssh = new SshLog();
  readonly #access = new AccessLog();
  readonly #directory = new DirectoryLog(this.#addresses);
  readonly #postgresql = new PostgresqlLog(this.#addresses);

  read(line: string, near: number, writer: BatchWriter): void {
    const entry = logEntry(line, near);
    if (entry !== null) {
      if (isSshd(entry.program)) {
        this.#ssh.read(entry, writer);
        return;
      }
      if (entry.program === 'slapd') {
        this.#directory.read(entry, writer);
        return;
      }
      if (entry.program === 'kernel' || entry.program === 'filterlog') {
        const { program, message } = entry;
        this.#packet(
          program === 'kernel' ? loggedPacket(message) : filteredPacket(message),
          entry.at,
          writer,
        );
        return;
      }
      if (webPrograms.has(entry.program)) {
        const access = this.#access.parse(entry.message, near);
        if (access !== null && this.#access.add(access, writer)) return;
      }
    }
    if (this.#record(line, entry, near, writer)) return;
    const own = entry?.sure === true ? null : ownLine(line, near);
    const packet = firewallHead.test(line) ? loggedPacket(line) : dumpedPacket(line);
    if (packet !== null) {
      this.#packet(packet, entry?.at ?? own?.at ?? near, writer);
      return;
    }
    if (line.includes('CEF:')) {
      this.#common(
        entry?.program === 'CEF' ? `CEF:${entry.message}` : line,
        entry?.at ?? own?.at ?? near,
        writer,
      );
      return;
    }
    // Where the head is not certain, what stands farthest ahead is read first: behind it comes what a client chose.
    const found =
      own === null
        ? (findRule(entry?.message ?? line) ?? findRule(line) ?? this.#inner(entry, near))
        : (findRule(line) ??
          (own.message === line ? null : findRule(own.message)) ??
          (entry === null ? null : findRule(entry.message)));
    const at = entry?.at ?? own?.at ?? near;
    if (found === null) {
      this.#webError(line, at, writer);
      return;
    }
    const source = this.#addresses.canonical(found.address);
    if (source === null) return;
    const { tells } = found.rule;
    if ('what' in tells) {
      const { service } = found.rule;
      // A name server is asked, and a packet seen, without a handshake.
      const transport = service === 'dns' || service === 'firewall' ? 'udp' : 'tcp';
      const detail = found.user.slice(0, longestUser);
      const fact: RefusalFact = { kind: 'refusal', service, what: tells.what, detail };
      writer.add({ ...writer.seen(at, source, 0, 0, '', transport), ...fact });
      return;
    }
    const program = entry?.program ?? '';
    const service = found.rule.service === '' ? (serviceOf[program] ?? program) : found.rule.service;
    const fact: LoginFact = {
      kind: 'login',
      service: service.toLowerCase().slice(0, 32) || 'login',
      user: found.user.slice(0, longestUser),
      outcome: tells.outcome,
      method: 'password',
    };
    writer.add({ ...writer.seen(at, source, 0, 0, ''), ...fact });
  }

  /** A system log whose message has a head of the application's own. */
  #inner(entry: LogEntry | null, near: number): FoundRule | null {
    if (entry === null) return null;
    const { message } = ownLine(entry.message, near);
    return message === entry.message ? null : findRule(message);
  }

  /** Lines of programs that write records: a whole JSON object or XML event, or behind a system log's head. */
  #record(line: string, entry: LogEntry | null, near: number, writer: BatchWriter): boolean {
    const text = entry?.message ?? line;
    const first = text.charCodeAt(0);
    if (first === 123) {
      const record = jsonObject(text);
      if (record === null) return false;
      const form = recordForm(record);
      const event = form?.event(record, near) ?? null;
      if (event !== null) return addEvent(event, this.#addresses, writer);
      const access = form === null ? accessRecord(record, entry?.at ?? near) : null;
      return (
        access !== null &&
        access.path.startsWith('/') &&
        access.status > 0 &&
        this.#access.add(access, writer)
      );
    }
    if (first === 60) {
      const event = windowsXml(text, near);
      return event !== null && addEvent(event, this.#addresses, writer);
    }
    if ((line.includes('LOG:  ') || line.includes('FATAL:  ')) && this.#postgresql.read(line, near, writer))
      return true;
    const event = line.charCodeAt(20) === 91 ? sshesame(line) : null;
    return event !== null && addEvent(event, this.#addresses, writer);
  }

  #webError(line: string, at: number, writer: BatchWriter): void {
    const found = webErrorLine(line);
    const source = found === null ? null : this.#addresses.canonical(found.address);
    if (found === null || source === null) return;
    writer.add({ ...writer.seen(at, source, 0, 80, ''), ...found.fact });
  }

  #common(text: string, at: number, writer: BatchWriter): void {
    const found = commonEvent(text);
    const source = found === null ? null : this.#addresses.canonical(found.source);
    if (found === null || source === null) return;
    const fact: RefusalFact = {
      kind: 'refusal',
      service: 'firewall',
      what: 'listed',
      detail: found.name.slice(0, 200),
    };
    writer.add({ ...writer.seen(at, source, 0, 0, '', 'other'), ...fact });
  }

  #packet(packet: LoggedPacket | null, at: number, writer: BatchWriter): void {
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

function read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
  const log = new LoginLog();
  return readLines(input, context, (line, _number, writer) => {
    log.read(line, context.near, writer);
    writer.record();
  });
}

const isKnown = (line: string): boolean =>
  logEntry(line, Number.NaN)?.program !== undefined ||
  sshesame(line) !== null ||
  firewallHead.test(line) ||
  dumpedPacket(line) !== null ||
  findRule(line) !== null ||
  findRule(ownLine(line, 0).message) !== null;

export const systemLog: Reader = {
  name: 'syslog',
  summary:
    'System and application logs of any mixture: logins and refusals of many services, firewall packets, web accesses',
  // Text with times ahead of its lines is a log, whatever its language: read by this where nobody knows it better.
  detect: (sample: Uint8Array): number =>
    Math.max(
      shareOfLines(sample, isKnown) * 0.91,
      shareOfLines(sample, (line) => ownLine(line, 0).message !== line) * 0.4,
    ),
  read,
};

export const webError: Reader = {
  name: 'web-error',
  summary:
    'Error logs of Apache and nginx: refused logins and requests, missing files, attacks that a rule set saw',
  detect: (sample: Uint8Array): number =>
    shareOfLines(
      sample,
      (line) =>
        line.includes('] [client ') || (line.includes(', client: ') && /^\d{4}\/\d\d\/\d\d /.test(line)),
    ) * 0.93,
  read,
};
