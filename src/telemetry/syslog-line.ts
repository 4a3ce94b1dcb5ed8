/**
 * The head of a system log line, in the forms that daemons and journals write:
 *
 *     Mmm dd hh:mm:ss host program[pid]: message          RFC 3164
 *     2024-01-31T10:11:12.345678+01:00 host program[pid]: message
 *     <34>1 2024-01-31T10:11:12Z host program pid id - message      RFC 5424
 *     host program[pid]: message                          a journal printed without times
 *     {"__REALTIME_TIMESTAMP":"…","SYSLOG_IDENTIFIER":"sshd","_PID":"12","MESSAGE":"…"}     journalctl -o json
 */

import { jsonObject } from './json-object.ts';
import { isoTime, syslogTime } from './log-time.ts';

export interface LogEntry {
  readonly at: number;
  /** False where no time or an application's stands ahead: what looks like a head may be the message. */
  readonly sure: boolean;
  readonly host: string;
  /** Without path, such as `sshd`; empty where the line names none. */
  readonly program: string;
  readonly pid: string;
  readonly message: string;
}

const programPattern = /^[A-Za-z0-9_./@+()-]{1,64}$/;
/** The name that last had the form: most lines of a log are one program's. */
let lastProgram = '';

/** `program[pid]: message` or `program: message` at an index; null where there is none. */
function programAt(line: string, at: number): { program: string; pid: string; message: string } | null {
  const colon = line.indexOf(': ', at);
  const bare = colon < 0 && line.endsWith(':') ? line.length - 1 : colon;
  if (bare < 0 || bare - at > 100) return null;
  let name = line.slice(at, bare);
  let pid = '';
  const bracket = name.lastIndexOf('[');
  if (bracket > 0 && name.endsWith(']')) {
    pid = name.slice(bracket + 1, -1);
    name = name.slice(0, bracket).trimEnd();
  }
  if (name !== lastProgram) {
    if (!programPattern.test(name)) return null;
    lastProgram = name;
  }
  const slash = name.startsWith('/') ? name.lastIndexOf('/') + 1 : 0;
  return { program: name.slice(slash), pid, message: line.slice(bare + 2) };
}

function rfc5424(line: string, at: number, near: number): LogEntry | null {
  const time = line.charCodeAt(at) === 45 ? { at: near, end: at + 1 } : isoTime(line, at);
  if (time === null) return null;
  const words: string[] = [];
  let index = time.end + 1;
  while (words.length < 4) {
    const end = line.indexOf(' ', index);
    if (end < 0) return null;
    words.push(line.slice(index, end));
    index = end + 1;
  }
  // Structured data: `-`, or elements in brackets, in whose quoted values `]` is escaped.
  if (line.charCodeAt(index) === 45) index += 1;
  else {
    while (line.charCodeAt(index) === 91) {
      let quoted = false;
      while (index < line.length) {
        const code = line.charCodeAt(index);
        if (code === 92) index += 1;
        else if (code === 34) quoted = !quoted;
        else if (code === 93 && !quoted) break;
        index += 1;
      }
      index += 1;
    }
  }
  const message = line.slice(index + 1);
  return {
    at: time.at,
    sure: true,
    host: words[0] ?? '',
    program: words[1] ?? '',
    pid: words[2] === '-' ? '' : (words[2] ?? ''),
    message: message.startsWith('\uFEFF') ? message.slice(1) : message,
  };
}

/** Text of a journal field: a string, or an array of byte values where it is no UTF-8. */
function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((byte) => typeof byte === 'number')) {
    return Buffer.from(value).toString('utf8');
  }
  return '';
}

function journalEntry(line: string, near: number): LogEntry | null {
  const fields = jsonObject(line);
  if (fields === null || !('MESSAGE' in fields)) return null;
  const micro = Number(fieldText(fields['__REALTIME_TIMESTAMP']) || fields['_SOURCE_REALTIME_TIMESTAMP']);
  return {
    at: Number.isFinite(micro) && micro > 0 && micro < 8e18 ? Math.floor(micro / 1000) : near,
    sure: true,
    host: fieldText(fields['_HOSTNAME']),
    program: fieldText(fields['SYSLOG_IDENTIFIER']) || fieldText(fields['_COMM']),
    pid: fieldText(fields['_PID']) || fieldText(fields['SYSLOG_PID']),
    message: fieldText(fields['MESSAGE']),
  };
}

/** Reads the head of a line. Null where it has none of the forms. */
export function logEntry(line: string, near: number): LogEntry | null {
  let at = 0;
  const first = line.charCodeAt(0);
  if (first === 123) return journalEntry(line, near);
  if (first === 60) {
    const close = line.indexOf('>');
    if (close < 2 || close > 4) return null;
    at = close + 1;
    if (line.charCodeAt(at) === 49 && line.charCodeAt(at + 1) === 32) return rfc5424(line, at + 2, near);
  }
  const begin = at;
  const system = syslogTime(line, at, near);
  const time = system ?? isoTime(line, at);
  if (time !== null) at = time.end + 1;
  while (line.charCodeAt(at) === 32) at += 1;
  // BSD's syslogd can write facility and severity: `<mail.notice> `.
  if (line.charCodeAt(at) === 60) {
    const close = line.indexOf('> ', at);
    if (close > 0 && close - at < 20) at = close + 2;
    while (line.charCodeAt(at) === 32) at += 1;
  }
  const space = line.indexOf(' ', at);
  if (space < 0) return null;
  const host = line.slice(at, space);
  // Some write no host: `Nov 23 21:50:37 sshd[8148]: …`.
  const isProgram = host.endsWith(':');
  const head = programAt(line, isProgram ? at : space + 1);
  if (head === null) return null;
  let message = head.message;
  // Solaris: `[ID 800047 auth.info] `
  if (message.startsWith('[ID ')) message = message.slice(message.indexOf('] ') + 2);
  return {
    at: time?.at ?? near,
    sure: system !== null || (time !== null && line.charCodeAt(begin + 10) === 84),
    host: isProgram ? '' : host,
    program: head.program,
    pid: head.pid,
    message,
  };
}
