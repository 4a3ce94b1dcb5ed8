import { Buffer } from 'node:buffer';
import type { AsideEvent, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { ExploitFact } from '../../core/observation.ts';
import { textToBytes } from '../../shell/byte-text.ts';
import { FileFault } from '../../shell/files/fault.ts';
import { sizeOf, type Node } from '../../shell/files/node.ts';
import { LineReader } from '../../wire/line-reader.ts';
import { FtpFolder } from './folder.ts';
import { listLine, stampText } from './listing.ts';
import { ftpServerOf, type FtpServer } from './server.ts';
import { proftpdWords, vsftpdWords, type FtpWords } from './words.ts';

const maximumFailures = 3;
const mostUpload = 8_388_608;
const mostBacklog = 65_536;
const recordedCommands = 200;

type Transfer =
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly done: string; readonly opening: string }
  | {
      readonly kind: 'store';
      readonly path: string;
      readonly offset: number;
      readonly append: boolean;
      readonly opening: string;
    };

/** One control connection (RFC 959, 2228, 2389, 2428, 3659, 4217), in the words of vsftpd or ProFTPD. */
export class FtpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #server: FtpServer;
  readonly #words: FtpWords;
  readonly #lines = new LineReader();
  readonly #isV: boolean;
  #folder: FtpFolder | null = null;
  #isOver = false;
  #isSecure: boolean;
  #isPrivate = false;
  #user: string | null = null;
  #isLoggedIn = false;
  #isAnonymous = false;
  #failures = 0;
  #recorded = 0;
  #isBinary = false;
  #restart = 0;
  #renaming: string | null = null;
  #copying: string | null = null;
  #epsvOnly = false;
  /** Where data will flow: over a port of ours that the client may have joined, or to one of the client's, which we never do. */
  #data: 'none' | 'port' | 'asked' | 'open' | 'joined' = 'none';
  #asked: 'PASV' | 'EPSV' = 'PASV';
  #transfer: Transfer | null = null;
  #upload: Buffer[] = [];
  #uploaded = 0;
  /** Commands that came while a transfer went on: the servers read none then. */
  #backlog: Uint8Array[] = [];

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#server = ftpServerOf(context.persona);
    this.#isV = this.#server.product === 'vsftpd';
    this.#words = this.#isV ? vsftpdWords : proftpdWords;
    this.#isSecure = context.tls;
  }

  *start(): Iterable<DecoyOutput> {
    yield { do: 'know', protocol: 'ftp' };
    yield reply(this.#server.greeting(this.#context.destination));
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#isBusy) this.#hold(bytes);
    else {
      this.#lines.feed(bytes);
      yield* this.#work();
    }
  }

  *aside(event: AsideEvent): Iterable<DecoyOutput> {
    if (event.what === 'port') yield* this.#opened(event.port);
    else if (event.what === 'joined') {
      this.#data = 'joined';
      yield* this.#begin();
    } else if (event.what === 'bytes') this.#store(event.bytes);
    else yield* this.#parted();
    if (this.#isBusy || this.#isOver || this.#backlog.length === 0) return;
    const held = Buffer.concat(this.#backlog);
    this.#backlog = [];
    this.#lines.feed(held);
    yield* this.#work();
  }

  *end(): Iterable<DecoyOutput> {
    if (this.#transfer?.kind === 'store') yield* this.#keep(this.#transfer);
    this.#transfer = null;
    this.#isOver = true;
  }

  get #isBusy(): boolean {
    return this.#transfer !== null || this.#data === 'asked';
  }

  get #files(): FtpFolder {
    this.#folder ??= new FtpFolder(this.#context);
    return this.#folder;
  }

  #hold(bytes: Uint8Array): void {
    const held = this.#backlog.reduce((sum, piece) => sum + piece.length, 0);
    if (bytes.length > 0 && held + bytes.length <= mostBacklog) this.#backlog.push(new Uint8Array(bytes));
  }

  *#work(): Iterable<DecoyOutput> {
    while (!this.#isOver && !this.#isBusy) {
      const line = this.#lines.next('command');
      if (line === null) return;
      yield* this.#command(line.bytes.toString('latin1'));
    }
    if (this.#isBusy) this.#hold(this.#lines.rest());
  }

  *#command(line: string): Iterable<DecoyOutput> {
    const [, word = '', argument = ''] = /^(\S*) ?(.*)$/s.exec(line.trimEnd()) ?? [];
    const verb = word.toUpperCase();
    if (verb !== 'PASS' && verb !== 'USER' && verb !== 'QUIT') yield* this.#record(line);
    if (verb === '' && !this.#isV) return;
    // ProFTPD hangs up on a browser's request.
    if (!this.#isV && (verb === 'GET' || verb === 'POST' || verb === 'HEAD') && argument.includes('HTTP/')) {
      yield* this.#close(null);
      return;
    }
    switch (verb) {
      case 'USER':
        yield* this.#name(argument);
        return;
      case 'PASS':
        yield* this.#password(argument);
        return;
      case 'QUIT':
        yield* this.#close(this.#words.goodbye);
        return;
      case 'FEAT':
        yield* this.#say(...this.#words.features(this.#server.hasTls));
        return;
      case 'OPTS':
        yield* this.#say(
          /^UTF-?8( ON)?$/i.test(argument) ? this.#words.utf8 : this.#words.badOption(argument),
        );
        return;
      case 'AUTH':
        yield* this.#authenticateTls(argument);
        return;
      case 'PBSZ':
      case 'PROT':
        if (this.#server.hasTls && this.#isSecure) {
          yield* this.#protection(verb, argument);
          return;
        }
        break;
      case 'SITE':
        if (this.#server.copies && /^CP(?:FR|TO) /i.test(argument)) {
          yield* this.#copy(argument);
          return;
        }
        break;
    }
    if (!this.#isV) {
      // ProFTPD answers these to anybody.
      if (verb === 'SYST') yield* this.#say('215 UNIX Type: L8');
      else if (verb === 'NOOP') yield* this.#say(this.#words.noop);
      else if (verb === 'HELP') yield* this.#say(...this.#words.help(this.#context.destination));
      else if (!handlers.has(verb)) yield* this.#say(this.#words.unknown(verb));
      else if (!this.#isLoggedIn) yield* this.#say(this.#words.loginFirst);
      else yield* handlers.get(verb)?.(this, argument) ?? [];
      return;
    }
    if (!this.#isLoggedIn) yield* this.#say(this.#words.loginFirst);
    else if (!handlers.has(verb)) yield* this.#say(this.#words.unknown(verb));
    else yield* handlers.get(verb)?.(this, argument) ?? [];
  }

  /** RFC 959 §4.1.1: USER <SP> <username> <CRLF> */
  *#name(user: string): Iterable<DecoyOutput> {
    if (this.#isLoggedIn) {
      yield* this.#say(this.#words.reauthentication(this.#isAnonymous));
      return;
    }
    if (user.includes(':)')) {
      yield this.#exploit({
        class: 'rce',
        name: 'vsftpd-smiley-backdoor',
        cves: ['CVE-2011-2523'],
        technique: 'T1190',
        detail: `USER ${user}`,
      });
    }
    this.#user = user;
    yield* this.#say(this.#words.passwordFor(this.#isGuest(user), user));
  }

  #isGuest(user: string): boolean {
    return this.#server.isAnonymous && /^(?:anonymous|ftp)$/i.test(user);
  }

  /** RFC 959 §4.1.1: PASS <SP> <password> <CRLF> */
  *#password(password: string): Iterable<DecoyOutput> {
    const user = this.#user;
    if (this.#isLoggedIn) {
      yield* this.#say(this.#words.already);
      return;
    }
    if (user === null) {
      yield* this.#say(this.#words.userFirst);
      return;
    }
    this.#user = null;
    const { login, users } = this.#context.persona;
    const isGuest = this.#isGuest(user);
    const count = isGuest ? 0 : this.#context.countAttempt();
    const known = login.accepted.some(
      ([one, other]) => (one === '*' || one === user) && (other === '*' || other === password),
    );
    const accepted = isGuest || known || (login.acceptAfter > 0 && count >= login.acceptAfter);
    yield {
      do: 'saw',
      fact: { kind: 'auth', service: 'ftp', user, method: 'password', password, accepted },
    };
    // The backdoor's child waits on a port of its own, and this conversation gets no answer any more.
    if (user.includes(':)') && this.#server.isBackdoored) return;
    if (!accepted) {
      this.#failures += 1;
      yield { do: 'pause', milliseconds: 1_000 };
      if (this.#failures >= maximumFailures) yield* this.#close(this.#words.incorrect);
      else yield* this.#say(this.#words.incorrect);
      return;
    }
    this.#isLoggedIn = true;
    this.#isAnonymous = isGuest;
    if (isGuest) this.#files.confine(this.#server.anonymousRoot, this.#server.anonymousMayWrite);
    else {
      const account = users.find((one) => one.name === user);
      this.#files.enter(account?.uid ?? 1_000, account?.home ?? '/');
    }
    yield* this.#say(this.#words.loggedIn(isGuest, user));
  }

  /** RFC 4217 §4: AUTH <SP> TLS <CRLF>, then the handshake. */
  *#authenticateTls(word: string): Iterable<DecoyOutput> {
    const name = word.toUpperCase();
    if (!this.#server.hasTls) {
      yield* this.#say(this.#isV && !this.#isLoggedIn ? this.#words.loginFirst : this.#words.noTls);
    } else if (!['TLS', 'SSL', 'TLS-C', 'TLS-P'].includes(name) || this.#isSecure) {
      yield* this.#say(this.#isV ? '504 Unknown AUTH type.' : '504 AUTH unsupported: unknown type');
    } else {
      yield* this.#say(this.#words.tlsBegins(name));
      this.#isSecure = true;
      yield { do: 'secure', rest: this.#lines.rest() };
    }
  }

  /** RFC 4217 §9: PBSZ 0; PROT C (clear) or P (private). */
  *#protection(verb: 'PBSZ' | 'PROT', argument: string): Iterable<DecoyOutput> {
    if (verb === 'PBSZ') {
      yield* this.#say(this.#isV ? '200 PBSZ set to 0.' : '200 PBSZ 0 successful');
      return;
    }
    const level = argument.toUpperCase();
    if (level !== 'C' && level !== 'P') {
      yield* this.#say(this.#isV ? '504 PROT not supported.' : '504 PROT unsupported level');
      return;
    }
    this.#isPrivate = level === 'P';
    const name = this.#isPrivate ? 'Private' : 'Clear';
    yield* this.#say(this.#isV ? `200 PROT now ${name}.` : `200 Protection set to ${name}`);
  }

  /** ProFTPD's mod_copy: SITE CPFR <path>, SITE CPTO <path>; until 1.3.5 before any login (CVE-2015-3306). */
  *#copy(argument: string): Iterable<DecoyOutput> {
    const path = argument.slice(5).trim();
    const isOpen = this.#server.version === '1.3.5';
    yield this.#exploit({
      class: 'rce',
      name: 'proftpd-mod-copy',
      cves: ['CVE-2015-3306'],
      technique: 'T1190',
      detail: `SITE ${argument}`,
    });
    if (!this.#isLoggedIn && !isOpen) {
      yield* this.#say(this.#words.loginFirst);
      return;
    }
    yield* this.#attempt('RNFR', path, () => {
      if (/^CPFR/i.test(argument)) {
        this.#files.get(path);
        this.#copying = path;
        return this.#words.renameFrom;
      }
      if (this.#copying === null) return this.#words.renameFirst;
      this.#files.copy(this.#copying, path);
      this.#copying = null;
      return '250 Copy successful';
    });
  }

  *pwd(): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.folder(this.#files.current));
  }

  *cwd(argument: string, verb = 'CWD'): Iterable<DecoyOutput> {
    yield* this.#attempt(verb, argument, () => {
      this.#files.change(argument);
      return this.#words.changed(verb);
    });
  }

  *type(argument: string): Iterable<DecoyOutput> {
    const letter = argument.toUpperCase().split(' ')[0];
    if (letter === 'I' || letter === 'L8' || letter === 'L') {
      this.#isBinary = true;
      yield* this.#say(this.#words.type('I'));
    } else if (letter === 'A') {
      this.#isBinary = false;
      yield* this.#say(this.#words.type('A'));
    } else yield* this.#say(this.#words.badType(argument));
  }

  *mode(argument: string): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.mode(argument));
  }

  *structure(argument: string): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.structure(argument));
  }

  *fixed(text: string): Iterable<DecoyOutput> {
    yield* this.#say(text);
  }

  *noop(): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.noop);
  }

  *help(): Iterable<DecoyOutput> {
    yield* this.#say(...this.#words.help(this.#context.destination));
  }

  *unimplemented(verb: string): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.notImplemented(verb));
  }

  *allocate(): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.allocated);
  }

  *abort(): Iterable<DecoyOutput> {
    yield* this.#say(this.#words.abort);
  }

  /** RFC 959 §4.1.2: PORT h1,h2,h3,h4,p1,p2. RFC 2428 §2: EPRT |family|address|port|. A decoy connects to nobody, so the transfer fails as behind a firewall. */
  *port(verb: 'PORT' | 'EPRT', argument: string): Iterable<DecoyOutput> {
    const target = verb === 'PORT' ? portTarget(argument) : extendedTarget(argument);
    const { source } = this.#context;
    if (target !== null && target.address !== source) {
      yield this.#exploit({
        class: 'other',
        name: 'ftp-bounce',
        cves: ['CVE-1999-0017'],
        technique: 'T1090',
        detail: `${verb} ${argument}`,
      });
    }
    if (target === null || target.address !== source || target.port < 1_024 || this.#epsvOnly) {
      yield* this.#say(this.#words.illegalPort(verb));
      return;
    }
    if (this.#data === 'open' || this.#data === 'joined') yield { do: 'part' };
    this.#data = 'port';
    yield* this.#say(
      this.#isV
        ? `200 ${verb} command successful. Consider using ${verb === 'PORT' ? 'PASV' : 'EPSV'}.`
        : `200 ${verb} command successful`,
    );
  }

  /** RFC 959 §4.1.2: PASV. RFC 2428 §3: EPSV [<net-prt> | ALL]. */
  *passive(verb: 'PASV' | 'EPSV', argument: string): Iterable<DecoyOutput> {
    const isSix = this.#context.destination.includes(':');
    if (verb === 'EPSV' && argument.toUpperCase() === 'ALL') {
      this.#epsvOnly = true;
      yield* this.#say(this.#isV ? '200 EPSV ALL ok.' : '200 EPSV ALL command successful');
      return;
    }
    if (verb === 'EPSV' && argument !== '' && argument !== (isSix ? '2' : '1')) {
      yield* this.#say(
        this.#isV
          ? '522 Bad network protocol.'
          : `522 Network protocol not supported, use (${isSix ? 2 : 1})`,
      );
      return;
    }
    if (verb === 'PASV' && (this.#epsvOnly || isSix)) {
      yield* this.#say(this.#isV ? '550 Permission denied.' : '500 Illegal PASV command, EPSV ALL in effect');
      return;
    }
    this.#asked = verb;
    this.#data = 'asked';
    yield { do: 'expect', tls: this.#isPrivate };
  }

  *#opened(port: number): Iterable<DecoyOutput> {
    if (port === 0) {
      this.#data = 'none';
      yield* this.#say(
        this.#isV
          ? '421 Service not available.'
          : '425 Unable to build data connection: Address already in use',
      );
      return;
    }
    this.#data = 'open';
    if (this.#asked === 'EPSV') {
      yield* this.#say(`229 Entering Extended Passive Mode (|||${port}|)`);
      return;
    }
    const numbers = `${this.#context.destination.replaceAll('.', ',')},${port >> 8},${port & 255}`;
    yield* this.#say(`227 Entering Passive Mode (${numbers}).`);
  }

  *list(verb: 'LIST' | 'NLST', argument: string): Iterable<DecoyOutput> {
    const words = argument.split(' ').filter((word) => word !== '');
    const options = words.filter((word) => word.startsWith('-')).join('');
    const path = words.filter((word) => !word.startsWith('-')).join(' ') || '.';
    let text = '';
    try {
      text = this.#listing(path, verb === 'NLST', options.includes('a'));
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      // vsftpd lists nothing of what is not there; ProFTPD says so.
      if (!this.#isV && path !== '.') {
        yield* this.#say(`450 ${path}: No such file or directory`);
        return;
      }
    }
    const bytes = new Uint8Array(Buffer.from(text, 'latin1'));
    yield* this.#send(bytes, this.#words.opening('', this.#isBinary, null), 'list');
  }

  #listing(path: string, isBrief: boolean, withHidden: boolean): string {
    const { persona } = this.#context;
    const now = this.#context.now();
    const line = (name: string, node: Node): string =>
      isBrief ? `${name}\r\n` : listLine(name, node, now, this.#server, persona);
    const node = this.#files.get(path);
    if (node.kind !== 'directory') return line(path, node);
    const names = [...this.#files.list(path)].filter(([name]) => withHidden || !name.startsWith('.'));
    names.sort(([left], [right]) => (left < right ? -1 : 1));
    const own = withHidden ? line('.', node) + line('..', node) : '';
    return own + names.map(([name, child]) => line(name, child)).join('');
  }

  *retrieve(argument: string): Iterable<DecoyOutput> {
    let content: string;
    try {
      content = this.#files.read(argument);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      yield* this.#say(
        this.#data === 'none' && this.#isV
          ? this.#words.noDataConnection
          : this.#words.fault('RETR', argument, error.code),
      );
      return;
    }
    const bytes = new Uint8Array(textToBytes(content.slice(this.#restart)));
    this.#restart = 0;
    yield* this.#send(bytes, this.#words.opening(argument, this.#isBinary, content.length), 'file');
  }

  *#send(bytes: Uint8Array, opening: string, kind: 'list' | 'file'): Iterable<DecoyOutput> {
    if (!(yield* this.#canTransfer())) return;
    this.#transfer = { kind: 'send', bytes, opening, done: this.#words.sent(kind) };
    yield* this.#begin();
  }

  *store(verb: 'STOR' | 'APPE', argument: string): Iterable<DecoyOutput> {
    if (this.#isAnonymous && !this.#server.anonymousMayWrite) {
      yield* this.#say(this.#words.denied(argument));
      return;
    }
    if (argument === '') {
      yield* this.#say(this.#words.fault('STOR', argument, 'ENOENT'));
      return;
    }
    if (this.#data === 'none' || this.#data === 'port') {
      yield* this.#canTransfer();
      return;
    }
    try {
      this.#files.create(argument, verb === 'APPE' || this.#restart > 0);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      yield* this.#say(this.#words.fault('STOR', argument, error.code));
      return;
    }
    this.#transfer = {
      kind: 'store',
      path: argument,
      offset: this.#restart,
      append: verb === 'APPE',
      opening: this.#words.opening(argument, this.#isBinary, null),
    };
    this.#restart = 0;
    this.#upload = [];
    this.#uploaded = 0;
    yield* this.#begin();
  }

  *#canTransfer(): Generator<DecoyOutput, boolean> {
    if (this.#data === 'open' || this.#data === 'joined') return true;
    const text =
      this.#data === 'port' && this.#isV
        ? '425 Failed to establish connection.'
        : this.#words.noDataConnection;
    // A connect that nobody answers.
    if (this.#data === 'port') yield { do: 'pause', milliseconds: 3_000 };
    this.#data = 'none';
    yield* this.#say(text);
    return false;
  }

  /** The client has come to the data port and said what for, in whichever order. */
  *#begin(): Iterable<DecoyOutput> {
    const transfer = this.#transfer;
    if (transfer === null || this.#data !== 'joined') return;
    yield* this.#say(transfer.opening);
    if (transfer.kind === 'store') return;
    yield { do: 'aside', bytes: transfer.bytes };
    yield { do: 'part' };
    this.#transfer = null;
    this.#data = 'none';
    yield* this.#say(transfer.done);
  }

  #store(bytes: Uint8Array): void {
    const room = mostUpload - this.#uploaded;
    if (room <= 0) return;
    const piece = Buffer.from(bytes.subarray(0, room));
    this.#upload.push(piece);
    this.#uploaded += piece.length;
    if (this.#upload.length >= 1_024) this.#upload = [Buffer.concat(this.#upload)];
  }

  *#parted(): Iterable<DecoyOutput> {
    const transfer = this.#transfer;
    const wasJoined = this.#data === 'joined';
    this.#transfer = null;
    this.#data = 'none';
    if (transfer === null) return;
    if (!wasJoined) {
      yield* this.#say(this.#isV ? '425 Failed to establish connection.' : this.#words.noDataConnection);
      return;
    }
    if (transfer.kind === 'store') yield* this.#keep(transfer);
    yield* this.#say(this.#words.sent('stored'));
  }

  *#keep(transfer: Extract<Transfer, { kind: 'store' }>): Iterable<DecoyOutput> {
    const bytes = new Uint8Array(Buffer.concat(this.#upload));
    this.#upload = [];
    try {
      if (transfer.append) this.#files.append(transfer.path, bytes);
      else this.#files.write(transfer.path, bytes, transfer.offset);
    } catch (error) {
      // A full disk: what came is captured all the same.
      if (!(error instanceof FileFault)) throw error;
    }
    if (bytes.length > 0)
      yield { do: 'capture', bytes, how: 'ftp-upload', name: this.#files.path(transfer.path) };
  }

  *size(argument: string): Iterable<DecoyOutput> {
    if (!this.#isV && !this.#isBinary) {
      yield* this.#say('550 SIZE not allowed in ASCII mode');
      return;
    }
    yield* this.#attempt('SIZE', argument, () => {
      const node = this.#files.get(argument);
      if (node.kind === 'directory') throw new FileFault('EISDIR');
      return `213 ${sizeOf(node)}`;
    });
  }

  *modified(argument: string): Iterable<DecoyOutput> {
    yield* this.#attempt('MDTM', argument, () => {
      const node = this.#files.get(argument);
      if (node.kind === 'directory') throw new FileFault('EISDIR');
      return `213 ${stampText(node.modified)}`;
    });
  }

  *remove(verb: 'DELE' | 'RMD', argument: string): Iterable<DecoyOutput> {
    yield* this.#change(verb, argument, () => {
      this.#files.remove(argument, verb === 'RMD' ? 'directory' : 'file');
      return this.#words.deleted(verb);
    });
  }

  *make(argument: string): Iterable<DecoyOutput> {
    yield* this.#change('MKD', argument, () => {
      this.#files.make(argument);
      return this.#words.made(this.#files.path(argument));
    });
  }

  *renameFrom(argument: string): Iterable<DecoyOutput> {
    yield* this.#change('RNFR', argument, () => {
      this.#files.get(argument);
      this.#renaming = argument;
      return this.#words.renameFrom;
    });
  }

  *renameTo(argument: string): Iterable<DecoyOutput> {
    const from = this.#renaming;
    this.#renaming = null;
    yield* this.#change('RNTO', argument, () => {
      if (from === null) return this.#words.renameFirst;
      this.#files.rename(from, argument);
      return this.#words.renamed;
    });
  }

  *restart(argument: string): Iterable<DecoyOutput> {
    const offset = Number.parseInt(argument, 10);
    this.#restart = Number.isSafeInteger(offset) && offset > 0 ? offset : 0;
    yield* this.#say(this.#words.restart(this.#restart));
  }

  /** RFC 959 §4.1.3: SITE <SP> <string> <CRLF> */
  *site(argument: string): Iterable<DecoyOutput> {
    const [, word = '', mode = '', path = ''] = /^(\S*)\s*(\S*)\s*(.*)$/s.exec(argument) ?? [];
    const name = word.toUpperCase();
    if (this.#isV && this.#isAnonymous && !this.#server.anonymousMayWrite && name !== 'EXEC')
      yield* this.#say(this.#words.denied(argument));
    else if (name === 'HELP')
      yield* this.#say(...this.#words.siteHelp(this.#server.copies, this.#context.destination));
    else if (name === 'CHMOD' && /^[0-7]{3,4}$/.test(mode) && path !== '') {
      yield* this.#change('CHMOD', path, () => {
        this.#files.changeMode(path, Number.parseInt(mode, 8));
        return this.#words.changedMode;
      });
    } else if (name === 'UMASK' && this.#isV)
      yield* this.#say(mode === '' ? '200 Your current UMASK is 077' : `200 UMASK set to ${mode}`);
    else {
      if (name === 'EXEC') {
        yield this.#exploit({
          class: 'rce',
          name: 'ftp-site-exec',
          cves: ['CVE-1999-0080'],
          technique: 'T1059',
          detail: argument,
        });
      }
      yield* this.#say(this.#words.siteUnknown(argument));
    }
  }

  *status(argument: string): Iterable<DecoyOutput> {
    const { source } = this.#context;
    if (argument !== '') {
      try {
        const lines = this.#listing(argument, false, false).replaceAll('\r\n', '\n').trimEnd().split('\n');
        const head = this.#isV ? '213-Status follows:' : `213-Status of ${argument}:`;
        yield* this.#say(head, ...lines.map((line) => (this.#isV ? line : ` ${line}`)), '213 End of status');
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        yield* this.#say(
          ...(this.#isV
            ? ['213-Status follows:', '213 End of status']
            : [`450 ${argument}: No such file or directory`]),
        );
      }
      return;
    }
    const kind = this.#isBinary ? 'BINARY' : 'ASCII';
    if (this.#isV) {
      yield* this.#say(
        '211-FTP server status:',
        `     Connected to ${source}`,
        `     Logged in as ${this.#isAnonymous ? 'ftp' : (this.#context.persona.users[0]?.name ?? 'user')}`,
        `     TYPE: ${kind}`,
        '     No session bandwidth limit',
        '     Session timeout in seconds is 300',
        `     Control connection is ${this.#isSecure ? 'SSL' : 'plain text'}`,
        `     Data connections will be ${this.#isPrivate ? 'SSL' : 'plain text'}`,
        '     At session startup, client count was 1',
        `     vsFTPd ${this.#server.version} - secure, fast, stable`,
        '211 End of status',
      );
      return;
    }
    yield* this.#say(
      `211-Status of '${this.#context.persona.hostname}'`,
      ` Connected from ${source} (${source})`,
      ` Logged in as ${this.#isAnonymous ? 'ftp' : (this.#context.persona.users[0]?.name ?? 'user')}`,
      ` TYPE: ${kind}, STRUcture: File, Mode: Stream`,
      ' No data connection',
      '211 End of status',
    );
  }

  /** A change of the files, which anonymous visitors of vsftpd may not ask for at all. */
  *#change(verb: string, argument: string, act: () => string): Iterable<DecoyOutput> {
    if (this.#isAnonymous && this.#isV && !(this.#server.anonymousMayWrite && verb === 'MKD'))
      yield* this.#say(this.#words.denied(argument));
    else yield* this.#attempt(verb, argument, act);
  }

  *#attempt(verb: string, argument: string, act: () => string): Iterable<DecoyOutput> {
    let text: string;
    try {
      text = act();
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      text = this.#words.fault(verb, argument, error.code);
    }
    yield* this.#say(text);
  }

  *#record(input: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordedCommands && input.trim() !== '')
      yield { do: 'saw', fact: { kind: 'command', service: 'ftp', input } };
  }

  #exploit(found: Omit<ExploitFact, 'kind' | 'service'>): DecoyOutput {
    return { do: 'saw', fact: { kind: 'exploit', service: 'ftp', ...found } };
  }

  *#say(...lines: readonly string[]): Iterable<DecoyOutput> {
    yield reply(lines.join('\r\n'));
  }

  *#close(text: string | null): Iterable<DecoyOutput> {
    this.#isOver = true;
    if (text !== null) yield reply(text);
    yield { do: 'close' };
  }
}

type Handler = (session: FtpSession, argument: string) => Iterable<DecoyOutput>;

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['PWD', (session) => session.pwd()],
  ['XPWD', (session) => session.pwd()],
  ['CWD', (session, argument) => session.cwd(argument)],
  ['XCWD', (session, argument) => session.cwd(argument)],
  ['CDUP', (session) => session.cwd('..', 'CDUP')],
  ['XCUP', (session) => session.cwd('..', 'CDUP')],
  ['TYPE', (session, argument) => session.type(argument)],
  ['MODE', (session, argument) => session.mode(argument)],
  ['STRU', (session, argument) => session.structure(argument)],
  ['SYST', (session) => session.fixed('215 UNIX Type: L8')],
  ['NOOP', (session) => session.noop()],
  ['HELP', (session) => session.help()],
  ['ABOR', (session) => session.abort()],
  ['ALLO', (session) => session.allocate()],
  ['ACCT', (session) => session.unimplemented('ACCT')],
  ['REIN', (session) => session.unimplemented('REIN')],
  ['SMNT', (session) => session.unimplemented('SMNT')],
  ['PORT', (session, argument) => session.port('PORT', argument)],
  ['EPRT', (session, argument) => session.port('EPRT', argument)],
  ['PASV', (session, argument) => session.passive('PASV', argument)],
  ['EPSV', (session, argument) => session.passive('EPSV', argument)],
  ['LIST', (session, argument) => session.list('LIST', argument)],
  ['NLST', (session, argument) => session.list('NLST', argument)],
  ['RETR', (session, argument) => session.retrieve(argument)],
  ['STOR', (session, argument) => session.store('STOR', argument)],
  ['APPE', (session, argument) => session.store('APPE', argument)],
  ['SIZE', (session, argument) => session.size(argument)],
  ['MDTM', (session, argument) => session.modified(argument)],
  ['DELE', (session, argument) => session.remove('DELE', argument)],
  ['RMD', (session, argument) => session.remove('RMD', argument)],
  ['XRMD', (session, argument) => session.remove('RMD', argument)],
  ['MKD', (session, argument) => session.make(argument)],
  ['XMKD', (session, argument) => session.make(argument)],
  ['RNFR', (session, argument) => session.renameFrom(argument)],
  ['RNTO', (session, argument) => session.renameTo(argument)],
  ['REST', (session, argument) => session.restart(argument)],
  ['SITE', (session, argument) => session.site(argument)],
  ['STAT', (session, argument) => session.status(argument)],
]);

/** `h1,h2,h3,h4,p1,p2`, each an octet. */
function portTarget(text: string): { address: string; port: number } | null {
  const octets = text.split(',').map((part) => (/^\d{1,3}$/.test(part.trim()) ? Number(part) : 256));
  if (octets.length !== 6 || octets.some((octet) => octet > 255)) return null;
  const [high = 0, low = 0] = octets.slice(4);
  return { address: octets.slice(0, 4).join('.'), port: high * 256 + low };
}

/** `|1|192.0.2.1|6275|`, with any character for the bar. */
function extendedTarget(text: string): { address: string; port: number } | null {
  const [, family, address, port] = text.split(text.slice(0, 1));
  if ((family !== '1' && family !== '2') || address === undefined || !/^\d{1,5}$/.test(port ?? ''))
    return null;
  return { address, port: Number(port) };
}

function reply(text: string): DecoyOutput {
  return { do: 'reply', bytes: new Uint8Array(Buffer.from(`${text}\r\n`, 'latin1')) };
}
