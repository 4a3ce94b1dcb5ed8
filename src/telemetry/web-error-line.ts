/**
 * Error logs of web servers:
 *
 *     [time] [module:level] [pid …] [client ADDRESS[:PORT]] [AHnnnnn: ]message[, referer: …]          Apache
 *     time [level] pid#tid: *connection message, client: ADDRESS, server: NAME, request: "…", …       nginx
 *
 * Apache writes the address ahead of all that the client chose. nginx writes it behind the message, which may hold a decoded path, and ahead
 * of the request line: where `, client: ` stands twice the line can be read two ways and names nobody.
 */

import type { ExploitClass } from '../core/behavior.ts';
import type { Fact } from '../core/observation.ts';
import { requestParts, unescaped } from './access-line.ts';
import { withoutPort } from './access-json.ts';

export interface WebError {
  readonly address: string;
  readonly fact: Fact;
}

/** Folders that sites are served from: what follows is taken for the path of the request. */
const served =
  /^\/(?:var\/www|srv\/(?:http|www)|usr\/(?:local\/)?(?:share|www|htdocs)|home\/[^/]+(?:\/[^/]+)*?|htdocs|www)(?:\/(?:html|htdocs|public_html|public|site|vhosts\/[^/]+|Primary))?(?=\/)/;
const longestDetail = 200;
/** What is looked through of a message beyond its first words. */
const longestText = 2_048;

const access = (path: string, method: string, status: number): Fact => ({
  kind: 'web-access',
  method,
  path,
  status,
  userAgent: '',
  referrer: '',
});

const refused = (what: 'client' | 'protocol' | 'request' | 'rate', detail: string): Fact => ({
  kind: 'refusal',
  service: 'http',
  what,
  detail: detail.slice(0, longestDetail),
});

/** A file's path as the path of the request that led to it. */
function pathOf(file: string): string {
  const bare = file.split(', referer: ')[0]?.split("' not found")[0] ?? '';
  return bare.startsWith('/') ? bare.slice(0, 4096).replace(served, '') : '';
}

/** The rule set's tags that name a class: `attack-sqli` and the like. */
const classOfTag: Readonly<Record<string, ExploitClass>> = {
  sqli: 'sqli',
  xss: 'xss',
  rce: 'rce',
  lfi: 'lfi',
  rfi: 'rfi',
  ssrf: 'ssrf',
  'injection-php': 'php',
  'injection-java': 'java',
  'injection-nodejs': 'js',
  protocol: 'protocol',
};

/** ModSecurity: `ModSecurity: Warning. … [msg "…"] … [tag "attack-sqli"] … [uri "…"]`. */
function ruleSet(message: string): Fact {
  const detail = /\[msg "([^"]{1,200})/.exec(message)?.[1] ?? 'ModSecurity';
  const tag = /\[tag "attack-([a-z-]{2,20})"/.exec(message)?.[1] ?? '';
  const kind = classOfTag[tag];
  if (kind === undefined) return refused('request', detail);
  const name = `modsecurity ${/\[id "(\d{1,9})"/.exec(message)?.[1] ?? ''}`.trimEnd();
  return { kind: 'exploit', service: 'http', class: kind, name, cves: [], technique: 'T1190', detail };
}

const missing = /^(?:AH\d{5}: )?(?:File does not exist: |script not found or unable to stat: |script ')(.*)$/;
const digest =
  /^(?:Digest: |AH017\d\d: )(?:realm mismatch|nonce mismatch|opaque |unknown algorithm|invalid qop|invalid nonce .* user attempted time travel)/;

function apacheFact(message: string, module: string): Fact | null {
  const file = missing.exec(message)?.[1];
  if (file !== undefined) {
    const path = pathOf(file);
    return path === '' ? null : access(path, '', 404);
  }
  if (message.startsWith('ModSecurity')) return ruleSet(message);
  if (digest.test(message)) {
    return { kind: 'login', service: 'http', user: '', outcome: 'failure', method: 'digest' };
  }
  const text = message.slice(0, longestText).replace(/^AH\d{5}: /, '');
  const login =
    /^(?:Digest: )?(?:user [`']?(.{0,256}?)['`]?(?: in realm .*?)?:? (?:not found|password mismatch|nonce mismatch|authentication failure|authorization failure)|authorization of user (.{0,256}?) to access )/i.exec(
      text,
    );
  if (login !== null) {
    const user = login[1] ?? login[2] ?? '';
    const outcome = text.includes(' not found') ? 'unknown-user' : 'failure';
    return { kind: 'login', service: 'http', user, outcome, method: 'password' };
  }
  if (/^access to .* failed, reason: user .* not allowed access/.test(text)) {
    return { kind: 'login', service: 'http', user: '', outcome: 'failure', method: 'password' };
  }
  if (text.startsWith('client used wrong authentication scheme')) {
    return { kind: 'login', service: 'http', user: '', outcome: 'failure', method: 'other' };
  }
  // mod_evasive says so too, of clients that are only fast.
  if (text.startsWith('client denied by server configuration: ')) {
    return module.startsWith('evasive') ? null : refused('request', pathOf(text.slice(39)) || text.slice(39));
  }
  if (text.startsWith('invalid URI path (')) {
    const close = text.lastIndexOf(')');
    return access(unescaped(text.slice(18, close < 0 ? undefined : close)), 'GET', 400);
  }
  if (text.startsWith('Invalid URI in request ') || text.startsWith('Invalid method in request ')) {
    return refused('protocol', text);
  }
  if (
    /^(?:request failed: (?:URI too long|malformed request line|invalid characters|error reading the headers|erroneous characters)|.{0,80}File name too long)/.test(
      text,
    )
  ) {
    return refused('protocol', text);
  }
  if (
    /error importing function definition for|HTTP_[A-Z_]{1,40}: line \d+|warning: HTTP_[A-Z_]{1,40}: ignoring function/.test(
      text,
    )
  ) {
    return {
      kind: 'exploit',
      service: 'http',
      class: 'rce',
      name: 'shellshock',
      cves: ['CVE-2014-6271'],
      technique: 'T1190',
      detail: text.slice(0, longestDetail),
    };
  }
  if (text.startsWith('Cannot map ') && text.endsWith(' to file')) return refused('protocol', text);
  if (text.startsWith('Hostname ') && text.includes(' provided via SNI')) return refused('protocol', text);
  if (text.startsWith('No hostname was provided via SNI')) return refused('protocol', text);
  if (
    text.startsWith("Got error 'Primary script unknown") ||
    text.includes(': script not found or unable to stat')
  ) {
    return refused('request', text);
  }
  return null;
}

function apache(line: string): WebError | null {
  const at = line.indexOf('[client ');
  if (at < 0) return null;
  const close = line.indexOf('] ', at);
  if (close < 0 || close - at > 80) return null;
  // Only the server's own brackets stand ahead of the address.
  const head = line.slice(0, at);
  const module = /\[([a-z0-9_]{1,40}):[a-z0-9]+\] /.exec(head)?.[1] ?? '';
  const fact = apacheFact(line.slice(close + 2).trimEnd(), module);
  return fact === null ? null : { address: withoutPort(line.slice(at + 8, close)), fact };
}

function nginxFact(message: string, rest: string): Fact | null {
  const request = /, request: "([^"]*)"/.exec(rest)?.[1] ?? '';
  const { method, path } = requestParts(request);
  if (
    / (?:failed|is not found) \((?:2: No such file|20: Not a directory|36: File name too long)/.test(message)
  ) {
    return request === '' ? null : access(path, method, 404);
  }
  if (message.includes(' is forbidden') || message.startsWith('access forbidden by rule')) {
    return refused('request', request);
  }
  if (/^(?:limiting requests|delaying request|limiting connections)/.test(message))
    return refused('rate', request);
  if (message.startsWith('SSL_do_handshake() failed')) return refused('protocol', message);
  const user = /^PAM: user '(.*)' - not authenticated: /.exec(message)?.[1];
  if (user !== undefined) {
    return {
      kind: 'login',
      service: 'http',
      user: user.slice(0, 256),
      outcome: 'failure',
      method: 'password',
    };
  }
  if (/^(?:\[client |ModSecurity)/.test(message)) return ruleSet(message);
  if (message.startsWith('client sent invalid ')) return refused('protocol', message);
  return null;
}

function nginx(line: string): WebError | null {
  const star = /^[^*]{0,80}\]\s+\d+#\d+: (?:\*\d+ )?/.exec(line);
  if (star === null) return null;
  const mark = ', client: ';
  const at = line.indexOf(mark, star[0].length);
  if (at < 0 || line.indexOf(mark, at + 1) >= 0) return null;
  const end = line.indexOf(', server: ', at);
  if (end < 0) return null;
  const fact = nginxFact(line.slice(star[0].length, at), line.slice(end));
  return fact === null ? null : { address: line.slice(at + mark.length, end), fact };
}

/** What a line of an error log tells besides refused logins, or null. */
export function webError(line: string): WebError | null {
  return line.includes(', client: ') ? nginx(line) : apache(line);
}
