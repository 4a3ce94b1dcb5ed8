import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { attackInAddress, attackInHeader, openRelay, smuggling } from './attack.ts';
import { Authentication } from './authentication.ts';
import { domainOf, localPartOf, readEnvelope, bareAddress } from './envelope.ts';
import { LineReader, type Line } from '../../wire/line-reader.ts';
import { Message } from './message.ts';
import { mailServerOf, type MailServer } from './server.ts';

/** Postfix's own defaults (postconf -d). */
const softErrors = 10;
const hardErrors = 20;
const junkCommands = 100;
const mostRecipients = 1_000;
/** Recipients and commands that are recorded one by one; past it they are still answered. */
const recordedCommands = 200;
const headerLines = 200;

type Reading = 'command' | 'authentication' | 'data' | 'chunk' | 'over';

/** One conversation with a Postfix smtpd: RFC 5321, 3207, 4954, 3030, 1985, 3461, in the words of Postfix 3. */
export class SmtpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #server: MailServer;
  readonly #lines = new LineReader();
  #reading: Reading = 'command';
  #isSecure: boolean;
  #errors = 0;
  #junk = 0;
  #recorded = 0;
  #isAuthenticated = false;
  #authentication: Authentication | null = null;
  #name = '';
  #sender: string | null = null;
  #size = 0;
  #recipients = 0;
  #foreign: string[] = [];
  #message: Message | null = null;
  /** BDAT has begun; with `failed`, what comes is thrown away until RSET. */
  #chunks: 'none' | 'good' | 'failed' = 'none';
  #chunkLeft = 0;
  #chunkSize = 0;
  #chunkIsLast = false;
  #header = 0;
  #previousEnd: Line['end'] = 'crlf';
  #commandEnd: Line['end'] = 'crlf';

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#server = mailServerOf(context.persona);
    this.#isSecure = context.tls;
  }

  *start(): Iterable<DecoyOutput> {
    yield { do: 'know', protocol: 'smtp' };
    yield reply(`220 ${this.#server.host} ${this.#server.greeting}`);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    this.#lines.feed(bytes);
    while (this.#reading !== 'over') {
      if (this.#reading === 'chunk') {
        if (!(yield* this.#chunk())) return;
        continue;
      }
      const line = this.#lines.next(this.#reading === 'data' ? 'data' : 'command');
      if (line === null) return;
      if (this.#reading === 'data') yield* this.#dataLine(line);
      else if (this.#reading === 'authentication')
        yield* this.#authenticationLine(line.bytes.toString('latin1'));
      else {
        this.#commandEnd = line.end;
        yield* this.#command(line.bytes.toString('latin1'));
      }
    }
  }

  /** Who goes in the middle of a message leaves what he sent of it. */
  *end(): Iterable<DecoyOutput> {
    const message = this.#message;
    this.#message = null;
    this.#reading = 'over';
    if (message !== null && message.size > 0)
      yield { do: 'capture', bytes: message.bytes(), how: 'smtp-data', name: 'unfinished' };
  }

  *#command(line: string): Iterable<DecoyOutput> {
    if (this.#errors >= hardErrors) {
      yield* this.#hangUp(`421 4.7.0 ${this.#server.host} Error: too many errors`);
      return;
    }
    const text = line.trim();
    const [, verb = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
    const word = verb.toUpperCase();
    if (text === '') {
      yield* this.#refuse('500 5.5.2 Error: bad syntax');
      return;
    }
    // smtpd_forbidden_commands: what browsers and proxies say, and whatever does not begin with a letter.
    if (['CONNECT', 'GET', 'POST'].includes(word) || !/^[A-Z]/.test(word)) {
      yield* this.#record(text);
      yield* this.#hangUp('221 2.7.0 Error: I can break rules, too. Goodbye.');
      return;
    }
    if (['NOOP', 'RSET', 'VRFY', 'ETRN'].includes(word) && (this.#junk += 1) > junkCommands)
      this.#errors += 1;
    switch (word) {
      case 'HELO':
      case 'EHLO':
        yield* this.#hello(word, rest);
        break;
      case 'STARTTLS':
        yield* this.#startTls(rest);
        break;
      case 'AUTH':
        yield* this.#auth(rest);
        break;
      case 'MAIL':
        yield* this.#mail(text, rest);
        break;
      case 'RCPT':
        yield* this.#rcpt(text, rest);
        break;
      case 'DATA':
        yield* this.#data(rest);
        break;
      case 'BDAT':
        yield* this.#bdat(rest);
        break;
      case 'RSET':
        if (rest === '') {
          this.#reset();
          yield reply('250 2.0.0 Ok');
        } else yield* this.#refuse('501 5.5.4 Syntax: RSET');
        break;
      case 'NOOP':
        yield reply('250 2.0.0 Ok');
        break;
      case 'VRFY':
        yield* this.#verify(text, rest);
        break;
      case 'ETRN':
        yield* this.#turn(text, rest);
        break;
      case 'QUIT':
        yield* this.#hangUp('221 2.0.0 Bye');
        break;
      default:
        yield* this.#record(text);
        yield* this.#refuse('500 5.5.2 Error: command not recognized');
    }
  }

  /** RFC 5321 §4.1.1.1: ehlo = "EHLO" SP ( Domain / address-literal ) CRLF */
  *#hello(word: 'HELO' | 'EHLO', rest: string): Iterable<DecoyOutput> {
    const name = rest.split(/\s/, 1)[0] ?? '';
    if (name === '') {
      yield* this.#refuse(`501 Syntax: ${word} hostname`);
      return;
    }
    this.#name = name.slice(0, 255);
    this.#reset();
    yield { do: 'know', fingerprints: { banner: `${word} ${this.#name}` } };
    yield* this.#examine(rest, 'name');
    const { host, sizeLimit, mechanisms, version } = this.#server;
    if (word === 'HELO') {
      yield reply(`250 ${host}`);
      return;
    }
    const words = [host, 'PIPELINING', `SIZE ${sizeLimit}`, 'VRFY', 'ETRN'];
    if (!this.#isSecure && this.#context.persona.tls !== null) words.push('STARTTLS');
    if (mechanisms.length > 0) words.push(`AUTH ${mechanisms.join(' ')}`);
    words.push('ENHANCEDSTATUSCODES', '8BITMIME', 'DSN', 'SMTPUTF8');
    if (version[0] > 3 || version[1] >= 4) words.push('CHUNKING');
    const last = words.length - 1;
    yield reply(words.map((each, index) => `250${index === last ? ' ' : '-'}${each}`).join('\r\n'));
  }

  /** RFC 3207 §4: STARTTLS CRLF, no parameters. What was said before is forgotten. */
  *#startTls(rest: string): Iterable<DecoyOutput> {
    if (rest !== '') yield* this.#refuse('501 5.5.4 Syntax: STARTTLS');
    else if (this.#isSecure) yield* this.#refuse('554 5.5.1 Error: TLS already active');
    else if (this.#context.persona.tls === null)
      yield* this.#refuse('502 5.5.1 Error: command not implemented');
    else {
      yield reply('220 2.0.0 Ready to start TLS');
      this.#isSecure = true;
      this.#isAuthenticated = false;
      this.#name = '';
      this.#reset();
      yield { do: 'secure', rest: this.#lines.rest() };
    }
  }

  /** RFC 4954 §4: AUTH SP mechanism [SP initial-response] CRLF */
  *#auth(rest: string): Iterable<DecoyOutput> {
    const [mechanism = '', response, more] = rest.split(/\s+/);
    if (this.#server.mechanisms.length === 0)
      yield* this.#refuse('503 5.5.1 Error: authentication not enabled');
    else if (this.#sender !== null) yield* this.#refuse('503 5.5.1 Error: MAIL transaction in progress');
    else if (mechanism === '' || more !== undefined) yield* this.#refuse('501 5.5.4 Syntax: AUTH mechanism');
    else if (this.#isAuthenticated) yield* this.#refuse('503 5.5.1 Error: already authenticated');
    else if (!this.#server.mechanisms.includes(mechanism.toUpperCase()))
      yield* this.#refuse('535 5.7.8 Error: authentication failed: Invalid authentication mechanism');
    else {
      this.#authentication = new Authentication(this.#context, mechanism.toUpperCase());
      yield* this.#authenticate(this.#authentication.begin(response ?? null));
    }
  }

  *#authenticationLine(line: string): Iterable<DecoyOutput> {
    if (line.trim() === '*') {
      this.#authentication = null;
      this.#reading = 'command';
      yield* this.#refuse('501 5.7.0 Authentication aborted');
    } else if (this.#authentication !== null) yield* this.#authenticate(this.#authentication.continue(line));
  }

  *#authenticate(step: ReturnType<Authentication['begin']>): Iterable<DecoyOutput> {
    if (step.say === 'challenge') {
      this.#reading = 'authentication';
      yield reply(`334 ${step.text}`);
      return;
    }
    this.#authentication = null;
    this.#reading = 'command';
    if (step.say === 'guess') {
      yield { do: 'saw', fact: step.fact };
      if (step.fact.accepted) {
        this.#isAuthenticated = true;
        yield reply('235 2.7.0 Authentication successful');
        return;
      }
      // Dovecot holds its refusal back for two seconds.
      yield { do: 'pause', milliseconds: 2_000 };
    }
    const why = step.say === 'refused' ? step.why : '';
    yield* this.#refuse(
      `535 5.7.8 Error: authentication failed: ${why === '' ? '(reason unavailable)' : why}`,
    );
  }

  /** RFC 5321 §4.1.1.2: mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF */
  *#mail(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    yield* this.#examine(rest, 'sender');
    if (this.#sender !== null) {
      yield* this.#refuse('503 5.5.1 Error: nested MAIL command');
      return;
    }
    if (this.#chunks !== 'none') {
      yield* this.#refuse('503 5.5.1 Error: MAIL after BDAT');
      return;
    }
    const command = readEnvelope(rest, 'FROM:');
    if (command === null) yield* this.#refuse('501 5.5.4 Syntax: MAIL FROM:<address>');
    else if (command.address === null) yield* this.#refuse('501 5.1.7 Bad sender address syntax');
    else {
      const refusal = this.#mailParameters(command.parameters);
      if (refusal !== null) yield* this.#refuse(refusal);
      else {
        this.#sender = command.address;
        yield reply('250 2.1.0 Ok');
      }
    }
  }

  /** What is wrong with the parameters of MAIL (RFC 1870, 6152, 3461, 4954, 6531); null where nothing is. */
  #mailParameters(parameters: readonly string[]): string | null {
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

  /** RFC 5321 §4.1.1.3: rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF */
  *#rcpt(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    yield* this.#examine(rest, 'recipient');
    const command = readEnvelope(rest, 'TO:');
    // RCPT is asked first whether BDAT has begun, then whether MAIL has been said.
    if (this.#chunks !== 'none') yield* this.#refuse('503 5.5.1 Error: RCPT after BDAT');
    else if (this.#sender === null) yield* this.#refuse('503 5.5.1 Error: need MAIL command');
    else if (command === null) yield* this.#refuse('501 5.5.4 Syntax: RCPT TO:<address>');
    else if (command.address === null || command.address === '')
      yield* this.#refuse('501 5.1.3 Bad recipient address syntax');
    else {
      const refusal = recipientParameters(command.parameters) ?? this.#recipient(command.address);
      if (refusal !== null) yield* this.#refuse(refusal);
      else {
        this.#recipients += 1;
        const isOurs = this.#isOwn(domainOf(command.address));
        if (!isOurs && !this.#isAuthenticated && this.#foreign.length < 16)
          this.#foreign.push(command.address);
        yield reply('250 2.1.5 Ok');
      }
    }
  }

  /** Why there is no delivery to this address; null where there is. */
  #recipient(address: string): string | null {
    if (this.#recipients >= mostRecipients) return '452 4.5.3 Error: too many recipients';
    if (!this.#isOwn(domainOf(address))) {
      if (this.#isAuthenticated) return null;
      return this.#server.relays ? null : `454 4.7.1 <${address}>: Relay access denied`;
    }
    // Attackers who name a command in place of a mailbox shall see it taken.
    if (attackInAddress(address, 'recipient') !== null) return null;
    return this.#server.mailboxes.has(localPartOf(address))
      ? null
      : `550 5.1.1 <${address}>: Recipient address rejected: User unknown in local recipient table`;
  }

  #isOwn(domain: string): boolean {
    if (domain === '' || this.#server.ownDomains.has(domain)) return true;
    return domain === `[${this.#context.destination}]` || domain === '[127.0.0.1]';
  }

  /** RFC 5321 §4.1.1.4: data = "DATA" CRLF */
  *#data(rest: string): Iterable<DecoyOutput> {
    if (this.#chunks !== 'none') yield* this.#refuse('503 5.5.1 Error: DATA after BDAT');
    else if (this.#recipients === 0)
      yield* this.#refuse(
        this.#sender === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients',
      );
    else if (rest !== '') yield* this.#refuse('501 5.5.4 Syntax: DATA');
    else {
      this.#message = new Message();
      this.#reading = 'data';
      this.#header = 0;
      this.#previousEnd = 'crlf';
      yield reply('354 End data with <CR><LF>.<CR><LF>');
    }
  }

  /**
   * A line of the message; a lone dot ends it (RFC 5321 §4.5.2). Postfix until 3.8 takes a dot between bare line feeds for the end too, which is
   * what smuggling is about; from 3.9 on it insists on CRLF (smtpd_forbid_bare_newline = normalize).
   */
  *#dataLine(line: Line): Iterable<DecoyOutput> {
    const message = this.#message;
    if (message === null) return;
    const { bytes, end } = line;
    const startsLine = this.#previousEnd !== 'piece';
    const mixed = end === 'lf' || this.#previousEnd === 'lf';
    if (startsLine && end !== 'piece' && bytes.length === 1 && bytes[0] === 46) {
      // A client whose every line ends in a bare line feed is a simple one; one that mixes them wants two servers to disagree.
      if (mixed && this.#commandEnd === 'crlf')
        yield this.#exploit(smuggling, JSON.stringify(`${this.#previousEnd}.${end}`));
      if (!mixed || this.#server.version[0] < 3 || this.#server.version[1] < 9) {
        yield* this.#queue('queued');
        return;
      }
    } else if (bytes.includes(13) && /(?:^|\r)\.\r|\r\.$/.test(bytes.toString('latin1')))
      yield this.#exploit(smuggling, JSON.stringify(bytes.toString('latin1').slice(0, 200)));
    if (this.#header < headerLines && startsLine) {
      this.#header = bytes.length === 0 ? headerLines : this.#header + 1;
      const found = attackInHeader(bytes.toString('latin1'));
      if (found !== null) yield this.#exploit(found, bytes.toString('latin1'));
    }
    this.#previousEnd = end;
    // The dot that the client put before a dot is not the message's (RFC 5321 §4.5.2).
    message.add(startsLine && bytes[0] === 46 ? bytes.subarray(1) : bytes);
    if (end !== 'piece') message.add(end === 'crlf' ? Uint8Array.of(13, 10) : Uint8Array.of(10));
  }

  /** RFC 3030 §2: bdat-cmd = "BDAT" SP chunk-size [SP "LAST"] CRLF, then as many octets. A count that cannot be read leaves no way on. */
  *#bdat(rest: string): Iterable<DecoyOutput> {
    const [, count, last] = /^(\d{1,15})(?:\s+(LAST))?$/i.exec(rest) ?? [];
    if (count === undefined) {
      yield* this.#hangUp('521 5.5.4 Syntax: BDAT count [LAST]');
      return;
    }
    this.#chunkLeft = Number(count);
    this.#chunkSize = this.#chunkLeft;
    this.#chunkIsLast = last !== undefined;
    this.#reading = 'chunk';
    if (this.#message === null && this.#chunks === 'none') this.#message = new Message();
  }

  /** False where the chunk is not whole yet. */
  *#chunk(): Generator<DecoyOutput, boolean> {
    const bytes = this.#lines.take(this.#chunkLeft);
    this.#chunkLeft -= bytes.length;
    if (this.#recipients > 0 && this.#chunks !== 'failed') this.#message?.add(bytes);
    if (this.#chunkLeft > 0) return false;
    this.#reading = 'command';
    if (this.#chunks === 'failed')
      yield* this.#refuse(`551 5.0.0 Discarded ${this.#chunkSize} bytes after earlier error`);
    else if (this.#recipients === 0) {
      this.#chunks = 'failed';
      yield* this.#refuse(
        this.#sender === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients',
      );
    } else if (this.#chunkIsLast) {
      // A last line without end is given one, and counted with it.
      if (this.#message?.endsOpen === true) this.#message.add(Uint8Array.of(13, 10));
      yield* this.#queue('bytes queued');
    } else {
      this.#chunks = 'good';
      yield reply(`250 2.0.0 Ok: ${this.#chunkSize} bytes`);
    }
    return true;
  }

  /** The message is whole: it is kept, believed to be on its way, and goes nowhere. */
  *#queue(how: 'queued' | 'bytes queued'): Iterable<DecoyOutput> {
    const message = this.#message;
    const foreign = this.#foreign;
    this.#reading = 'command';
    this.#reset();
    if (message === null) return;
    const random = Buffer.from(this.#context.randomBytes(2)).readUInt16BE();
    const id = this.#server.nextQueueId(this.#context.now(), random);
    if (message.size > 0) yield { do: 'capture', bytes: message.bytes(), how: 'smtp-data', name: id };
    if (foreign.length > 0) yield this.#exploit(openRelay, foreign.join(' '));
    if (message.size > this.#server.sizeLimit) {
      yield* this.#refuse('552 5.3.4 Error: message file too big');
      return;
    }
    this.#errors = 0;
    this.#junk = 0;
    yield reply(
      how === 'queued' ? `250 2.0.0 Ok: queued as ${id}` : `250 2.0.0 Ok: ${message.size} ${how} as ${id}`,
    );
  }

  /** RFC 5321 §4.1.1.6: vrfy = "VRFY" SP String CRLF */
  *#verify(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    const inner = /^<(.*)>$/s.exec(rest)?.[1] ?? rest;
    const address = bareAddress(inner);
    if (rest === '') yield* this.#refuse('501 5.5.4 Syntax: VRFY address [SMTPUTF8]');
    else if (address === null || address === '')
      yield* this.#refuse('501 5.1.3 Bad recipient address syntax');
    else {
      const refusal = this.#recipient(address);
      if (refusal !== null) yield* this.#refuse(refusal);
      else yield reply(`252 2.0.0 ${rest}`);
    }
  }

  /** RFC 1985 §5.1: ETRN SP [option-character] node-name CRLF */
  *#turn(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    if (this.#sender !== null) yield* this.#refuse('503 Error: MAIL transaction in progress');
    else if (rest === '' || /\s/.test(rest)) yield* this.#refuse('500 Syntax: ETRN domain');
    else yield* this.#refuse(`459 <${rest}>: service unavailable`);
  }

  #reset(): void {
    this.#sender = null;
    this.#size = 0;
    this.#recipients = 0;
    this.#foreign = [];
    this.#message = null;
    this.#chunks = 'none';
  }

  *#record(input: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordedCommands)
      yield { do: 'saw', fact: { kind: 'command', service: 'smtp', input } };
  }

  *#examine(text: string, where: 'sender' | 'recipient' | 'name'): Iterable<DecoyOutput> {
    const found = attackInAddress(
      where === 'name' ? text : text.replace(/^[A-Za-z]{2,4}:\s{0,8}<?/, ''),
      where,
    );
    if (found !== null) yield this.#exploit(found, text);
  }

  #exploit(found: NonNullable<ReturnType<typeof attackInHeader>>, detail: string): DecoyOutput {
    return {
      do: 'saw',
      fact: { kind: 'exploit', service: 'smtp', ...found, detail: detail.slice(0, 500) },
    };
  }

  /** An error, and the second that a client with many of them waits for each (smtpd_error_sleep_time). */
  *#refuse(text: string): Iterable<DecoyOutput> {
    this.#errors += 1;
    if (this.#errors > softErrors) yield { do: 'pause', milliseconds: 1_000 };
    yield reply(text);
  }

  *#hangUp(text: string): Iterable<DecoyOutput> {
    this.#reading = 'over';
    yield reply(text);
    yield { do: 'close' };
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

function reply(text: string): DecoyOutput {
  return { do: 'reply', bytes: new Uint8Array(Buffer.from(`${text}\r\n`, 'latin1')) };
}
