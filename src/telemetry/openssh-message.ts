/**
 * What sshd says of logins, OpenSSH 5 to 10 (auth.c `auth_log`, auth2.c, packet.c `sshpkt_vfatal`, kex.c, sshd.c).
 *
 * The user name is the attacker's to choose and may imitate the rest of a line. So each form is anchored at its beginning
 * and read from its end, where sshd itself wrote the address: an address inside a name is never taken for the source.
 */

import type { LoginFact } from '../core/observation.ts';
import { digits } from './log-time.ts';

export interface SshLogin {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly outcome: LoginFact['outcome'];
  readonly method: string;
}

interface Ending {
  readonly address: string;
  readonly port: number;
  /** What stands ahead of the address. */
  readonly before: string;
}

/** Two to 45 characters, each a digit of an address, a colon or a dot. */
function isAddressText(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 46 && code <= 58 && code !== 47;
    if (!isDigit && !(code >= 97 && code <= 102) && !(code >= 65 && code <= 70)) return false;
  }
  return true;
}

/** Of the one to five digits from `at` on; -1 where there are others; 0 where there can be no such port, which does not make the address beside it another. */
function portAt(text: string, at: number): number {
  const length = text.length - at;
  const port = length < 1 || length > 5 ? -1 : digits(text, at, length);
  return port > 65_535 ? 0 : port;
}

/** `…<word>ADDRESS` or `…<word>ADDRESS port PORT` at the end of a text. */
function ending(text: string, word: string): Ending | null {
  const space = text.lastIndexOf(' ');
  let port = 0;
  let rest = text;
  const number = portAt(text, space + 1);
  if (number >= 0 && space > 0 && text.endsWith(' port', space)) {
    port = number;
    rest = text.slice(0, space - 5);
  }
  const at = rest.lastIndexOf(word);
  if (at < 0 || (at > 0 && word.charCodeAt(0) !== 32 && rest.charCodeAt(at - 1) !== 32)) return null;
  const address = rest.slice(at + word.length);
  return isAddressText(address) ? { address, port, before: rest.slice(0, at) } : null;
}

const withoutPrefix = (text: string, prefix: string): string =>
  text.startsWith(prefix) ? text.slice(prefix.length) : text;

const invalidMarks = ['invalid user ', 'illegal user '];

function login(
  end: Ending | null,
  user: string,
  outcome: SshLogin['outcome'],
  method: string,
): SshLogin | null {
  return end === null ? null : { address: end.address, port: end.port, user, outcome, method };
}

/** A name with its mark of an unknown user taken off. */
function named(text: string): { user: string; unknown: boolean } {
  for (const mark of invalidMarks) {
    if (text.startsWith(mark)) return { user: text.slice(mark.length), unknown: true };
    if (text === mark.trimEnd()) return { user: '', unknown: true };
  }
  return text === '<invalid username>' ? { user: '', unknown: true } : { user: text, unknown: false };
}

/**
 * `Failed METHOD for [invalid user ]USER from ADDRESS port PORT ssh2[: INFO]`. INFO follows only after `publickey` and
 * `hostbased` (and SSH-1, `ssh1: ruser NAME`); a password's line ends with `ssh2`, whatever a name may pretend.
 */
function attempt(message: string, start: number): SshLogin | null {
  const space = message.indexOf(' for ', start);
  if (space < 0) return null;
  const method = message.slice(start, space);
  if (method.length > 60 || method.includes(' ')) return null;
  let body = message.slice(space + 5).trimEnd();
  const slash = method.indexOf('/');
  const kind = slash < 0 ? method : method.slice(0, slash);
  const one = body.indexOf(' ssh1: ruser ');
  if (one > 0) body = body.slice(0, one);
  else if (kind === 'publickey' || kind === 'hostbased') {
    // INFO holds text of the client's (a certificate's id, a host-based user): where it could hide another ending, nobody is named.
    const info = body.indexOf(' ssh2: ');
    if (info >= 0) {
      if (body.indexOf(' ssh2: ', info + 1) >= 0) return null;
      body = body.slice(0, info);
    }
  } else if (body.includes(' ssh2: ') && / port \d{1,5} ssh2: /.test(body)) {
    // A name that imitates an ending, or an ending with a word of a module behind it: two readings, so nobody is named.
    return null;
  }
  if (body.endsWith(' ssh2') || body.endsWith(' ssh1')) body = body.slice(0, -5);
  const end = ending(body, ' from ');
  if (end === null) return null;
  const { user, unknown } = named(end.before);
  // A client offers its keys one after another: a refused key of a known user is no guess yet.
  if (kind === 'publickey' && !unknown) return login(end, user, 'disconnect', kind);
  // `none` is how a client asks which methods there are.
  if (kind === 'none' && !unknown) return login(end, user, 'disconnect', kind);
  return login(end, user, unknown ? 'unknown-user' : 'failure', kind);
}

/** `… authenticating user USER ADDRESS port PORT` or `… invalid user USER ADDRESS port PORT`. */
function ended(body: string, method: string): SshLogin | null {
  for (const [mark, unknown] of [
    ['authenticating user ', false],
    ['invalid user ', true],
  ] as const) {
    if (!body.startsWith(mark)) continue;
    const end = ending(body.slice(mark.length), ' ');
    if (end === null) return null;
    // A client that leaves in order has most often been told of its failure on a line of its own, or has only asked.
    const outcome = unknown ? 'unknown-user' : method === 'disconnected' ? 'disconnect' : 'failure';
    return login(end, end.before, outcome, method);
  }
  // Without a user nobody tried to log in: port monitors do this all day.
  return login(ending(` ${body}`, ' '), '', 'disconnect', method);
}

const wrongProtocol = [
  'invalid format',
  'could not read protocol version',
  'client sent invalid protocol identifier',
];

/** What stands ahead of the reason in `ADDRESS port PORT: reason` and `ADDRESS port PORT:11: reason`, and in `ADDRESS: 14: reason`. */
function beforeReason(body: string): Ending | null {
  const port = body.indexOf(' port ');
  if (port > 0) {
    const colon = body.indexOf(':', port);
    return ending(` ${colon < 0 ? body : body.slice(0, colon)}`, ' ');
  }
  const colon = body.indexOf(': ');
  return ending(` ${colon < 0 ? body : body.slice(0, colon)}`, ' ');
}

/** Reads a message of sshd. Null where it says nothing of a login or does not name an address. */
export function sshLogin(text: string): SshLogin | null {
  let message = withoutPrefix(withoutPrefix(text, 'error: '), 'fatal: ');
  const preauth = message.endsWith(' [preauth]');
  if (preauth) message = message.slice(0, -10);
  switch (message.charCodeAt(0)) {
    case 70: // F
      return message.startsWith('Failed ') ? attempt(message, 7) : null;
    case 65: {
      // A
      if (!message.startsWith('Accepted ')) return null;
      const space = message.indexOf(' for ', 9);
      const info = message.indexOf(' ssh2: ');
      const body = (info > 0 ? message.slice(0, info + 5) : message).trimEnd();
      if (space < 0 || !body.endsWith(' ssh2')) return null;
      const end = ending(body.slice(space + 5, -5), ' from ');
      return end === null ? null : login(end, end.before, 'success', message.slice(9, space));
    }
    case 73: // I
    case 105: // i
      if (message.startsWith('Invalid user ') || message.startsWith('Illegal user ')) {
        const end = ending(message.slice(12).trimEnd(), ' from ');
        return end === null ? null : login(end, end.before.trimStart(), 'unknown-user', 'any');
      }
      return null;
    case 67: // C
      if (message.startsWith('Connection closed by ')) return ended(message.slice(21), 'closed');
      if (message.startsWith('Connection reset by ')) return ended(message.slice(20), 'reset');
      return null;
    case 68: // D
      if (message.startsWith('Disconnected from ')) {
        if (message.startsWith('Disconnected from user ')) return null;
        return preauth ? ended(message.slice(18), 'disconnected') : null;
      }
      if (message.startsWith('Disconnecting ')) {
        // Too many authentication failures; Change of username or service not allowed.
        // The reason ends with names that the client sent: where they could imitate a second reason, nobody is named.
        const change = message.indexOf(': Change of username');
        if (change >= 0 && message.indexOf(': Change of username', change + 1) >= 0) return null;
        const reason = change >= 0 ? change : message.lastIndexOf(': Too many authentication failures');
        return reason > 0 ? ended(message.slice(14, reason), 'too-many') : null;
      }
      if (message.startsWith('Did not receive identification string from ')) {
        return login(ending(` ${message.slice(43)}`, ' '), '', 'disconnect', 'identification');
      }
      return null;
    case 77: // M
    case 109: // m
      if (/^maximum authentication attempts exceeded for /i.test(message)) {
        const body = message.slice(45).trimEnd();
        const end = body.endsWith(' ssh2') ? ending(body.slice(0, -5), ' from ') : null;
        if (end === null) return null;
        const { user, unknown } = named(end.before);
        return login(end, user, unknown ? 'unknown-user' : 'failure', 'maximum');
      }
      return null;
    case 82: // R
      if (message.startsWith('Received disconnect from ')) {
        const end = beforeReason(message.slice(25));
        // Clients of people say `disconnected by user` once they are in; ahead of a login, tools say this.
        const refused = preauth || message.includes('Auth fail') || message.includes(':14: ');
        return login(end, '', refused ? 'failure' : 'disconnect', 'left');
      }
      if (message.startsWith('ROOT LOGIN REFUSED FROM ')) {
        return login(ending(` ${message.slice(24)}`, ' '), 'root', 'failure', 'refused');
      }
      return null;
    case 85: // U
      if (message.startsWith('Unable to negotiate with ')) {
        return login(beforeReason(message.slice(25)), '', 'failure', 'negotiation');
      }
      if (message.startsWith('User ')) {
        const why = message.lastIndexOf(' not allowed because ');
        const end = why < 0 ? null : ending(message.slice(5, why), ' from ');
        return end === null ? null : login(end, end.before, 'failure', 'not-allowed');
      }
      return null;
    case 80: {
      // PAM: MESSAGE for [illegal user ]USER from ADDRESS[ via ADDRESS]
      const found =
        /^PAM: (?:authentication (?:failure|error)|user not known to the underlying authentication module) for /i.exec(
          message,
        );
      if (found === null) return null;
      let body = message.slice(found[0].length).trimEnd();
      const via = body.lastIndexOf(' via ');
      if (via > 0 && isAddressText(body.slice(via + 5))) body = body.slice(0, via);
      const end = ending(body, ' from ');
      if (end === null) return null;
      const { user, unknown } = named(end.before);
      return login(end, user, unknown ? 'unknown-user' : 'failure', 'pam');
    }
    case 66: // B
    case 98: {
      if (message.startsWith('Bad protocol version identification ')) {
        return login(ending(message, ' from '), '', 'failure', 'protocol');
      }
      if (message.startsWith('banner exchange: Connection from ')) {
        const colon = message.indexOf(': ', 33);
        if (colon < 0 || !wrongProtocol.some((reason) => message.startsWith(reason, colon + 2))) return null;
        return login(ending(` ${message.slice(33, colon)}`, ' '), '', 'failure', 'protocol');
      }
      return null;
    }
    case 115: // s
      if (message.startsWith('ssh_dispatch_run_fatal: Connection from ')) {
        const colon = message.indexOf(': ', 40);
        return colon < 0
          ? null
          : login(ending(` ${message.slice(40, colon)}`, ' '), '', 'failure', 'protocol');
      }
      return null;
    case 84: // Timeout before authentication for ADDRESS port PORT; … for connection from ADDRESS to ADDRESS
      if (message.startsWith('Timeout before authentication for ')) {
        const body = withoutPrefix(message.slice(34), 'connection from ').split(/ to |,/)[0] ?? '';
        return login(ending(` ${body}`, ' '), '', 'disconnect', 'timeout');
      }
      return null;
    case 112: {
      // pam_unix(sshd:auth): authentication failure; … rhost=ADDRESS  user=USER. sshd says the same again: no failure of its own.
      if (!message.startsWith('pam_') || !message.includes('authentication failure; ')) return null;
      const found = / rhost=([0-9a-fA-F:.]{2,45})(?:  user=(.*))?\s*$/.exec(message);
      return found === null
        ? null
        : { address: found[1] ?? '', port: 0, user: found[2] ?? '', outcome: 'disconnect', method: 'pam' };
    }
    default:
      return null;
  }
}

/** `Connection from ADDRESS port PORT[ on …]`: who a process talks to, for its later lines that do not say. */
export function sshPeer(message: string): Ending | null {
  if (!message.startsWith('Connection from ')) return null;
  const on = message.indexOf(' on ');
  return ending(` ${message.slice(16, on < 0 ? undefined : on)}`, ' ');
}

/** Whether the message tells of a failed beginning without naming the peer. */
export function sshNameless(text: string): boolean {
  const message = withoutPrefix(withoutPrefix(text, 'error: '), 'fatal: ');
  return (
    message.startsWith('Unable to negotiate a key exchange method') ||
    message.startsWith('no matching ') ||
    message.startsWith('Read from socket failed: Connection reset by peer')
  );
}
