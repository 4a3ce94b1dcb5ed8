/** The commands by which a client asks for encryption. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ControlConnection } from './control-connection.ts';

/** RFC 4217 §4: AUTH <SP> TLS <CRLF>, then the handshake. */
export function* authenticateTls(control: ControlConnection, word: string): Iterable<DecoyOutput> {
  const name = word.toUpperCase();
  if (!control.server.hasTls) {
    yield* control.say(
      control.isVsftpd && !control.isLoggedIn ? control.words.loginFirst : control.words.noTls,
    );
  } else if (!['TLS', 'SSL', 'TLS-C', 'TLS-P'].includes(name) || control.isSecure) {
    yield* control.say(control.isVsftpd ? '504 Unknown AUTH type.' : '504 AUTH unsupported: unknown type');
  } else {
    yield* control.say(control.words.tlsBegins(name));
    control.isSecure = true;
    yield { do: 'secure', rest: control.lines.rest() };
  }
}

/** RFC 4217 §9: PBSZ 0; PROT C (clear) or P (private). */
export function* protection(
  control: ControlConnection,
  verb: 'PBSZ' | 'PROT',
  argument: string,
): Iterable<DecoyOutput> {
  if (verb === 'PBSZ') {
    yield* control.say(control.isVsftpd ? '200 PBSZ set to 0.' : '200 PBSZ 0 successful');
    return;
  }
  const level = argument.toUpperCase();
  if (level !== 'C' && level !== 'P') {
    yield* control.say(control.isVsftpd ? '504 PROT not supported.' : '504 PROT unsupported level');
    return;
  }
  control.isPrivate = level === 'P';
  const name = control.isPrivate ? 'Private' : 'Clear';
  yield* control.say(control.isVsftpd ? `200 PROT now ${name}.` : `200 Protection set to ${name}`);
}
