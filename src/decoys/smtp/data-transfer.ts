/** A message that comes line by line after DATA, until a lone dot (RFC 5321 §4.5.2). */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { Line } from '../../wire/line-reader.ts';
import { attackInHeader, exploit, smuggling } from './attack.ts';
import { Message } from './message.ts';
import type { MailServer } from './server.ts';

/** Lines of the header that are searched for attacks. */
const headerLines = 200;
const dot = 46;

export class DataTransfer {
  readonly message: Message = new Message();
  readonly #server: MailServer;
  /** How the line with DATA ended. */
  readonly #commandEnd: Line['end'];
  #previousEnd: Line['end'] = 'crlf';
  #header = 0;

  constructor(server: MailServer, commandEnd: Line['end']) {
    this.#server = server;
    this.#commandEnd = commandEnd;
  }

  /**
   * Takes a line, or a piece of a long one; true where it was the end. Postfix until 3.8 takes a dot between bare line feeds for the end too,
   * which is what smuggling is about; from 3.9 on it insists on CRLF (smtpd_forbid_bare_newline = normalize).
   */
  *take(line: Line): Generator<DecoyOutput, boolean> {
    const { bytes, end } = line;
    const startsLine = this.#previousEnd !== 'piece';
    const mixed = end === 'lf' || this.#previousEnd === 'lf';
    if (startsLine && end !== 'piece' && bytes.length === 1 && bytes[0] === dot) {
      // A client whose every line ends in a bare line feed is a simple one; one that mixes them wants two servers to disagree.
      if (mixed && this.#commandEnd === 'crlf')
        yield exploit(smuggling, JSON.stringify(`${this.#previousEnd}.${end}`));
      if (!mixed || this.#server.version[0] < 3 || this.#server.version[1] < 9) return true;
    } else if (bytes.includes(13) && /(?:^|\r)\.\r|\r\.$/.test(bytes.toString('latin1')))
      yield exploit(smuggling, JSON.stringify(bytes.toString('latin1').slice(0, 200)));
    if (this.#header < headerLines && startsLine) {
      this.#header = bytes.length === 0 ? headerLines : this.#header + 1;
      const found = attackInHeader(bytes.toString('latin1'));
      if (found !== null) yield exploit(found, bytes.toString('latin1'));
    }
    this.#previousEnd = end;
    // The dot that the client put before a dot is not the message's (RFC 5321 §4.5.2).
    this.message.add(startsLine && bytes[0] === dot ? bytes.subarray(1) : bytes);
    if (end !== 'piece') this.message.add(end === 'crlf' ? Uint8Array.of(13, 10) : Uint8Array.of(10));
    return false;
  }
}
