/** One mail transaction: who sends, and to whom (RFC 5321 §3.3), in the words with which Postfix refuses. */

import { attackInAddress } from './attack.ts';
import { domainOf, localPartOf, readEnvelope } from './envelope.ts';
import type { MailServer } from './server.ts';

const mostRecipients = 1_000;
/** Recipients elsewhere that are kept, for the one fact that they make. */
const mostForeign = 16;

export class Transaction {
  readonly #server: MailServer;
  /** The server's own address, which a recipient may name in brackets. */
  readonly #destination: string;
  #sender: string | null = null;
  #size = 0;
  #recipients = 0;
  #foreign: string[] = [];

  constructor(server: MailServer, destination: string) {
    this.#server = server;
    this.#destination = destination;
  }

  /** True once MAIL has been taken. */
  get hasSender(): boolean {
    return this.#sender !== null;
  }

  /** Why no message may follow yet; null where one may. */
  get lacks(): string | null {
    if (this.#recipients > 0) return null;
    return this.#sender === null
      ? '503 5.5.1 Error: need RCPT command'
      : '554 5.5.1 Error: no valid recipients';
  }

  /** Recipients elsewhere, of a client that has not logged in: the first 16. */
  get foreign(): readonly string[] {
    return this.#foreign;
  }

  /** What follows MAIL; answers with the refusal, null where it is taken. */
  from(rest: string): string | null {
    const command = readEnvelope(rest, 'FROM:');
    if (command === null) return '501 5.5.4 Syntax: MAIL FROM:<address>';
    if (command.address === null) return '501 5.1.7 Bad sender address syntax';
    const refusal = this.#senderParameters(command.parameters);
    if (refusal === null) this.#sender = command.address;
    return refusal;
  }

  /** What follows RCPT; answers with the refusal, null where it is taken. */
  to(rest: string, isAuthenticated: boolean): string | null {
    const command = readEnvelope(rest, 'TO:');
    if (this.#sender === null) return '503 5.5.1 Error: need MAIL command';
    if (command === null) return '501 5.5.4 Syntax: RCPT TO:<address>';
    if (command.address === null || command.address === '') return '501 5.1.3 Bad recipient address syntax';
    const refusal = recipientParameters(command.parameters) ?? this.refusal(command.address, isAuthenticated);
    if (refusal !== null) return refusal;
    this.#recipients += 1;
    const isOurs = this.#isOwn(domainOf(command.address));
    if (!isOurs && !isAuthenticated && this.#foreign.length < mostForeign)
      this.#foreign.push(command.address);
    return null;
  }

  /** Why there is no delivery to this address; null where there is. */
  refusal(address: string, isAuthenticated: boolean): string | null {
    if (this.#recipients >= mostRecipients) return '452 4.5.3 Error: too many recipients';
    if (!this.#isOwn(domainOf(address))) {
      if (isAuthenticated) return null;
      return this.#server.relays ? null : `454 4.7.1 <${address}>: Relay access denied`;
    }
    // Attackers who name a command in place of a mailbox shall see it taken.
    if (attackInAddress(address, 'recipient') !== null) return null;
    return this.#server.mailboxes.has(localPartOf(address))
      ? null
      : `550 5.1.1 <${address}>: Recipient address rejected: User unknown in local recipient table`;
  }

  reset(): void {
    this.#sender = null;
    this.#size = 0;
    this.#recipients = 0;
    this.#foreign = [];
  }

  #isOwn(domain: string): boolean {
    if (domain === '' || this.#server.ownDomains.has(domain)) return true;
    return domain === `[${this.#destination}]` || domain === '[127.0.0.1]';
  }

  /** What is wrong with the parameters of MAIL (RFC 1870, 6152, 3461, 4954, 6531); null where nothing is. */
  #senderParameters(parameters: readonly string[]): string | null {
    for (const parameter of parameters) {
      const [name = '', value = ''] = parameter.toUpperCase().split('=', 2);
      if (name === 'BODY' && (value === '8BITMIME' || value === '7BIT')) continue;
      if (name === 'SIZE') {
        if (!/^\d{1,18}$/.test(value)) return '501 5.5.4 Bad message size syntax';
        this.#size = Number(value);
      } else if (name === 'RET') {
        if (value !== 'FULL' && value !== 'HDRS') return '501 5.5.4 Bad RET parameter syntax';
      } else if (name !== 'ENVID' && name !== 'AUTH' && parameter.toUpperCase() !== 'SMTPUTF8')
        return `555 5.5.4 Unsupported option: ${parameter}`;
    }
    // The size that was told stays until the next reset, as it does in Postfix.
    return this.#size > this.#server.sizeLimit ? '552 5.3.4 Message size exceeds fixed limit' : null;
  }
}

/** RFC 3461 §4.1 and §4.2: NOTIFY=NEVER or a list of SUCCESS, FAILURE, DELAY; ORCPT=type;address. */
function recipientParameters(parameters: readonly string[]): string | null {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.toUpperCase().split('=', 2);
    if (name === 'NOTIFY') {
      if (!/^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/.test(value))
        return '501 5.5.4 Error: Bad NOTIFY parameter syntax';
    } else if (name === 'ORCPT') {
      if (!/^[^;]+;./.test(value)) return '501 5.5.4 Error: Bad ORCPT parameter syntax';
    } else return `555 5.5.4 Unsupported option: ${parameter}`;
  }
  return null;
}
