import { Buffer } from 'node:buffer';
import type { AsideEvent, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { handlers } from './commands.ts';
import { ControlConnection } from './control-connection.ts';
import { DataConnection } from './data-connection.ts';
import { Login } from './login.ts';
import { authenticateTls, protection } from './security-commands.ts';
import { copySite } from './site-command.ts';

const mostBacklog = 65_536;

/** One control connection (RFC 959, 2228, 2389, 2428, 3659, 4217), in the words of vsftpd or ProFTPD. */
export class FtpSession implements DecoySession {
  readonly #control: ControlConnection;
  readonly #data: DataConnection;
  readonly #login: Login;
  /** Commands that came while a transfer went on: the servers read none then. */
  #backlog: Uint8Array[] = [];

  constructor(context: DecoyContext) {
    this.#control = new ControlConnection(context);
    this.#data = new DataConnection(this.#control);
    this.#login = new Login(this.#control);
  }

  *start(): Iterable<DecoyOutput> {
    yield { do: 'know', protocol: 'ftp' };
    yield* this.#control.say(this.#control.server.greeting(this.#control.context.destination));
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#data.isBusy) this.#hold(bytes);
    else {
      this.#control.lines.feed(bytes);
      yield* this.#work();
    }
  }

  *aside(event: AsideEvent): Iterable<DecoyOutput> {
    if (event.what === 'port') yield* this.#data.opened(event.port);
    else if (event.what === 'joined') yield* this.#data.joined();
    else if (event.what === 'bytes') this.#data.received(event.bytes);
    else yield* this.#data.parted();
    if (this.#data.isBusy || this.#control.isOver || this.#backlog.length === 0) return;
    const held = Buffer.concat(this.#backlog);
    this.#backlog = [];
    this.#control.lines.feed(held);
    yield* this.#work();
  }

  *end(): Iterable<DecoyOutput> {
    yield* this.#data.end();
    this.#control.isOver = true;
  }

  #hold(bytes: Uint8Array): void {
    const held = this.#backlog.reduce((sum, piece) => sum + piece.length, 0);
    if (bytes.length > 0 && held + bytes.length <= mostBacklog) this.#backlog.push(new Uint8Array(bytes));
  }

  *#work(): Iterable<DecoyOutput> {
    while (!this.#control.isOver && !this.#data.isBusy) {
      const line = this.#control.lines.next('command');
      if (line === null) return;
      yield* this.#command(line.bytes.toString('latin1'));
    }
    if (this.#data.isBusy) this.#hold(this.#control.lines.rest());
  }

  *#command(line: string): Iterable<DecoyOutput> {
    const control = this.#control;
    const [, word = '', argument = ''] = /^(\S*) ?(.*)$/s.exec(line.trimEnd()) ?? [];
    const verb = word.toUpperCase();
    if (verb !== 'PASS' && verb !== 'USER' && verb !== 'QUIT') yield* control.record(line);
    if (verb === '' && !control.isVsftpd) return;
    // ProFTPD hangs up on a browser's request.
    if (
      !control.isVsftpd &&
      (verb === 'GET' || verb === 'POST' || verb === 'HEAD') &&
      argument.includes('HTTP/')
    ) {
      yield* control.close(null);
      return;
    }
    switch (verb) {
      case 'USER':
        yield* this.#login.name(argument);
        return;
      case 'PASS':
        yield* this.#login.password(argument);
        return;
      case 'QUIT':
        yield* control.close(control.words.goodbye);
        return;
      case 'FEAT':
        yield* control.say(...control.words.features(control.server.hasTls));
        return;
      case 'OPTS':
        yield* control.say(
          /^UTF-?8( ON)?$/i.test(argument) ? control.words.utf8 : control.words.badOption(argument),
        );
        return;
      case 'AUTH':
        yield* authenticateTls(control, argument);
        return;
      case 'PBSZ':
      case 'PROT':
        if (control.server.hasTls && control.isSecure) {
          yield* protection(control, verb, argument);
          return;
        }
        break;
      case 'SITE':
        if (control.server.copies && /^CP(?:FR|TO) /i.test(argument)) {
          yield* copySite(control, argument);
          return;
        }
        break;
    }
    if (!control.isVsftpd) {
      // ProFTPD answers these to anybody.
      if (verb === 'SYST') yield* control.say('215 UNIX Type: L8');
      else if (verb === 'NOOP') yield* control.say(control.words.noop);
      else if (verb === 'HELP') yield* control.say(...control.words.help(control.context.destination));
      else if (!handlers.has(verb)) yield* control.say(control.words.unknown(verb));
      else if (!control.isLoggedIn) yield* control.say(control.words.loginFirst);
      else yield* handlers.get(verb)?.(control, argument, this.#data) ?? [];
      return;
    }
    if (!control.isLoggedIn) yield* control.say(control.words.loginFirst);
    else if (!handlers.has(verb)) yield* control.say(control.words.unknown(verb));
    else yield* handlers.get(verb)?.(control, argument, this.#data) ?? [];
  }
}
