/** The conversation of the mail server: which command is taken when. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { LineReader, type Line } from '../../wire/line-reader.ts';
import { attackInAddress, exploit, openRelay } from './attack.ts';
import { Authentication } from './authentication.ts';
import { ChunkTransfer } from './chunk-transfer.ts';
import { ClientErrors } from './client-errors.ts';
import { DataTransfer } from './data-transfer.ts';
import { bareAddress } from './envelope.ts';
import type { Message } from './message.ts';
import { reply } from './reply.ts';
import { mailServerOf, type MailServer } from './server.ts';
import { Transaction } from './transaction.ts';

/** Recipients and commands that are recorded one by one; past it they are still answered. */
const recordedCommands = 200;

type Reading = 'command' | 'authentication' | 'data' | 'chunk' | 'over';

/** One conversation with a Postfix smtpd: RFC 5321, 3207, 4954, 3030, 1985, 3461, in the words of Postfix 3. */
export class SmtpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #server: MailServer;
  readonly #lines = new LineReader();
  readonly #errors = new ClientErrors();
  readonly #transaction: Transaction;
  readonly #chunks = new ChunkTransfer();
  #reading: Reading = 'command';
  #isSecure: boolean;
  #recorded = 0;
  #isAuthenticated = false;
  #authentication: Authentication | null = null;
  #name = '';
  #transfer: DataTransfer | null = null;
  #commandEnd: Line['end'] = 'crlf';

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#server = mailServerOf(context.persona);
    this.#transaction = new Transaction(this.#server, context.destination);
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
    const message = this.#transfer?.message ?? this.#chunks.message;
    this.#reset();
    this.#reading = 'over';
    if (message !== null && message.size > 0)
      yield { do: 'capture', bytes: message.bytes(), how: 'smtp-data', name: 'unfinished' };
  }

  *#command(line: string): Iterable<DecoyOutput> {
    if (this.#errors.areTooMany) {
      yield* this.#hangUp(`421 4.7.0 ${this.#server.host} Error: too many errors`);
      return;
    }
    const text = line.trim();
    const [, verb = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text) ?? [];
    const word = verb.toUpperCase();
    if (text === '') {
      yield* this.#errors.refuse('500 5.5.2 Error: bad syntax');
      return;
    }
    // smtpd_forbidden_commands: what browsers and proxies say, and whatever does not begin with a letter.
    if (['CONNECT', 'GET', 'POST'].includes(word) || !/^[A-Z]/.test(word)) {
      yield* this.#record(text);
      yield* this.#hangUp('221 2.7.0 Error: I can break rules, too. Goodbye.');
      return;
    }
    if (['NOOP', 'RSET', 'VRFY', 'ETRN'].includes(word)) this.#errors.countJunk();
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
        } else yield* this.#errors.refuse('501 5.5.4 Syntax: RSET');
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
        yield* this.#errors.refuse('500 5.5.2 Error: command not recognized');
    }
  }

  /** RFC 5321 §4.1.1.1: ehlo = "EHLO" SP ( Domain / address-literal ) CRLF */
  *#hello(word: 'HELO' | 'EHLO', rest: string): Iterable<DecoyOutput> {
    const name = rest.split(/\s/, 1)[0] ?? '';
    if (name === '') {
      yield* this.#errors.refuse(`501 Syntax: ${word} hostname`);
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
    if (rest !== '') yield* this.#errors.refuse('501 5.5.4 Syntax: STARTTLS');
    else if (this.#isSecure) yield* this.#errors.refuse('554 5.5.1 Error: TLS already active');
    else if (this.#context.persona.tls === null)
      yield* this.#errors.refuse('502 5.5.1 Error: command not implemented');
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
      yield* this.#errors.refuse('503 5.5.1 Error: authentication not enabled');
    else if (this.#transaction.hasSender)
      yield* this.#errors.refuse('503 5.5.1 Error: MAIL transaction in progress');
    else if (mechanism === '' || more !== undefined)
      yield* this.#errors.refuse('501 5.5.4 Syntax: AUTH mechanism');
    else if (this.#isAuthenticated) yield* this.#errors.refuse('503 5.5.1 Error: already authenticated');
    else if (!this.#server.mechanisms.includes(mechanism.toUpperCase()))
      yield* this.#errors.refuse('535 5.7.8 Error: authentication failed: Invalid authentication mechanism');
    else {
      this.#authentication = new Authentication(this.#context, mechanism.toUpperCase());
      yield* this.#authenticate(this.#authentication.begin(response ?? null));
    }
  }

  *#authenticationLine(line: string): Iterable<DecoyOutput> {
    if (line.trim() === '*') {
      this.#authentication = null;
      this.#reading = 'command';
      yield* this.#errors.refuse('501 5.7.0 Authentication aborted');
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
    yield* this.#errors.refuse(
      `535 5.7.8 Error: authentication failed: ${why === '' ? '(reason unavailable)' : why}`,
    );
  }

  /** RFC 5321 §4.1.1.2: mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF */
  *#mail(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    yield* this.#examine(rest, 'sender');
    if (this.#transaction.hasSender) yield* this.#errors.refuse('503 5.5.1 Error: nested MAIL command');
    else if (this.#chunks.hasBegun) yield* this.#errors.refuse('503 5.5.1 Error: MAIL after BDAT');
    else {
      const refusal = this.#transaction.from(rest);
      yield* refusal === null ? [reply('250 2.1.0 Ok')] : this.#errors.refuse(refusal);
    }
  }

  /** RFC 5321 §4.1.1.3: rcpt = "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF */
  *#rcpt(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    yield* this.#examine(rest, 'recipient');
    // RCPT is asked first whether BDAT has begun, then whether MAIL has been said.
    const refusal = this.#chunks.hasBegun
      ? '503 5.5.1 Error: RCPT after BDAT'
      : this.#transaction.to(rest, this.#isAuthenticated);
    yield* refusal === null ? [reply('250 2.1.5 Ok')] : this.#errors.refuse(refusal);
  }

  /** RFC 5321 §4.1.1.4: data = "DATA" CRLF */
  *#data(rest: string): Iterable<DecoyOutput> {
    const { lacks } = this.#transaction;
    if (this.#chunks.hasBegun) yield* this.#errors.refuse('503 5.5.1 Error: DATA after BDAT');
    else if (lacks !== null) yield* this.#errors.refuse(lacks);
    else if (rest !== '') yield* this.#errors.refuse('501 5.5.4 Syntax: DATA');
    else {
      this.#transfer = new DataTransfer(this.#server, this.#commandEnd);
      this.#reading = 'data';
      yield reply('354 End data with <CR><LF>.<CR><LF>');
    }
  }

  *#dataLine(line: Line): Iterable<DecoyOutput> {
    const transfer = this.#transfer;
    if (transfer !== null && (yield* transfer.take(line))) yield* this.#queue(transfer.message, 'queued');
  }

  /** RFC 3030 §2: a count that cannot be read leaves no way on. */
  *#bdat(rest: string): Iterable<DecoyOutput> {
    if (this.#chunks.begin(rest)) this.#reading = 'chunk';
    else yield* this.#hangUp('521 5.5.4 Syntax: BDAT count [LAST]');
  }

  /** False where the chunk is not whole yet. */
  *#chunk(): Generator<DecoyOutput, boolean> {
    const end = this.#chunks.take(this.#lines, this.#transaction.lacks);
    if (end === null) return false;
    this.#reading = 'command';
    if (end.is === 'last') yield* this.#queue(end.message, 'bytes queued');
    else if (end.is === 'refused') yield* this.#errors.refuse(end.text);
    else yield reply(end.text);
    return true;
  }

  /** The message is whole: it is kept, believed to be on its way, and goes nowhere. */
  *#queue(message: Message, how: 'queued' | 'bytes queued'): Iterable<DecoyOutput> {
    const { foreign } = this.#transaction;
    this.#reading = 'command';
    this.#reset();
    const random = Buffer.from(this.#context.randomBytes(2)).readUInt16BE();
    const id = this.#server.nextQueueId(this.#context.now(), random);
    if (message.size > 0) yield { do: 'capture', bytes: message.bytes(), how: 'smtp-data', name: id };
    if (foreign.length > 0) yield exploit(openRelay, foreign.join(' '));
    if (message.size > this.#server.sizeLimit) {
      yield* this.#errors.refuse('552 5.3.4 Error: message file too big');
      return;
    }
    this.#errors.forget();
    yield reply(
      how === 'queued' ? `250 2.0.0 Ok: queued as ${id}` : `250 2.0.0 Ok: ${message.size} ${how} as ${id}`,
    );
  }

  /** RFC 5321 §4.1.1.6: vrfy = "VRFY" SP String CRLF */
  *#verify(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    const inner = /^<(.*)>$/s.exec(rest)?.[1] ?? rest;
    const address = bareAddress(inner);
    if (rest === '') yield* this.#errors.refuse('501 5.5.4 Syntax: VRFY address [SMTPUTF8]');
    else if (address === null || address === '')
      yield* this.#errors.refuse('501 5.1.3 Bad recipient address syntax');
    else {
      const refusal = this.#transaction.refusal(address, this.#isAuthenticated);
      if (refusal !== null) yield* this.#errors.refuse(refusal);
      else yield reply(`252 2.0.0 ${rest}`);
    }
  }

  /** RFC 1985 §5.1: ETRN SP [option-character] node-name CRLF */
  *#turn(text: string, rest: string): Iterable<DecoyOutput> {
    yield* this.#record(text);
    if (this.#transaction.hasSender) yield* this.#errors.refuse('503 Error: MAIL transaction in progress');
    else if (rest === '' || /\s/.test(rest)) yield* this.#errors.refuse('500 Syntax: ETRN domain');
    else yield* this.#errors.refuse(`459 <${rest}>: service unavailable`);
  }

  #reset(): void {
    this.#transaction.reset();
    this.#chunks.reset();
    this.#transfer = null;
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
    if (found !== null) yield exploit(found, text);
  }

  *#hangUp(text: string): Iterable<DecoyOutput> {
    this.#reading = 'over';
    yield reply(text);
    yield { do: 'close' };
  }
}
