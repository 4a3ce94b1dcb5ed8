/** The data connection (RFC 959 §3.2): over a port of ours that the client may have joined, or to one of the client's, which we never do. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { FileFault } from '../../shell/files/fault.ts';
import type { ControlConnection } from './control-connection.ts';
import { extendedTarget, portTarget } from './port-argument.ts';

const mostUpload = 8_388_608;

type Transfer =
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly done: string; readonly opening: string }
  | {
      readonly kind: 'store';
      readonly path: string;
      readonly offset: number;
      readonly append: boolean;
      readonly opening: string;
    };

export class DataConnection {
  readonly #control: ControlConnection;
  #data: 'none' | 'port' | 'asked' | 'open' | 'joined' = 'none';
  #asked: 'PASV' | 'EPSV' = 'PASV';
  #epsvOnly = false;
  #transfer: Transfer | null = null;
  #upload: Buffer[] = [];
  #uploaded = 0;

  constructor(control: ControlConnection) {
    this.#control = control;
  }

  /** While a transfer goes on the servers read no commands. */
  get isBusy(): boolean {
    return this.#transfer !== null || this.#data === 'asked';
  }

  /** Whether a port of ours is there for it. */
  get isOpen(): boolean {
    return this.#data !== 'none' && this.#data !== 'port';
  }

  get hasNone(): boolean {
    return this.#data === 'none';
  }

  /** RFC 959 §4.1.2: PORT h1,h2,h3,h4,p1,p2. RFC 2428 §2: EPRT |family|address|port|. A decoy connects to nobody, so the transfer fails as behind a firewall. */
  *port(verb: 'PORT' | 'EPRT', argument: string): Iterable<DecoyOutput> {
    const target = verb === 'PORT' ? portTarget(argument) : extendedTarget(argument);
    const { source } = this.#control.context;
    if (target !== null && target.address !== source) {
      yield this.#control.exploit({
        class: 'other',
        name: 'ftp-bounce',
        cves: ['CVE-1999-0017'],
        technique: 'T1090',
        detail: `${verb} ${argument}`,
      });
    }
    if (target === null || target.address !== source || target.port < 1_024 || this.#epsvOnly) {
      yield* this.#control.say(this.#control.words.illegalPort(verb));
      return;
    }
    if (this.#data === 'open' || this.#data === 'joined') yield { do: 'part' };
    this.#data = 'port';
    yield* this.#control.say(
      this.#control.isVsftpd
        ? `200 ${verb} command successful. Consider using ${verb === 'PORT' ? 'PASV' : 'EPSV'}.`
        : `200 ${verb} command successful`,
    );
  }

  /** RFC 959 §4.1.2: PASV. RFC 2428 §3: EPSV [<net-prt> | ALL]. */
  *passive(verb: 'PASV' | 'EPSV', argument: string): Iterable<DecoyOutput> {
    const isSix = this.#control.context.destination.includes(':');
    if (verb === 'EPSV' && argument.toUpperCase() === 'ALL') {
      this.#epsvOnly = true;
      yield* this.#control.say(
        this.#control.isVsftpd ? '200 EPSV ALL ok.' : '200 EPSV ALL command successful',
      );
      return;
    }
    if (verb === 'EPSV' && argument !== '' && argument !== (isSix ? '2' : '1')) {
      yield* this.#control.say(
        this.#control.isVsftpd
          ? '522 Bad network protocol.'
          : `522 Network protocol not supported, use (${isSix ? 2 : 1})`,
      );
      return;
    }
    if (verb === 'PASV' && (this.#epsvOnly || isSix)) {
      yield* this.#control.say(
        this.#control.isVsftpd ? '550 Permission denied.' : '500 Illegal PASV command, EPSV ALL in effect',
      );
      return;
    }
    this.#asked = verb;
    this.#data = 'asked';
    yield { do: 'expect', tls: this.#control.isPrivate };
  }

  *opened(port: number): Iterable<DecoyOutput> {
    if (port === 0) {
      this.#data = 'none';
      yield* this.#control.say(
        this.#control.isVsftpd
          ? '421 Service not available.'
          : '425 Unable to build data connection: Address already in use',
      );
      return;
    }
    this.#data = 'open';
    if (this.#asked === 'EPSV') {
      yield* this.#control.say(`229 Entering Extended Passive Mode (|||${port}|)`);
      return;
    }
    const numbers = `${this.#control.context.destination.replaceAll('.', ',')},${port >> 8},${port & 255}`;
    yield* this.#control.say(`227 Entering Passive Mode (${numbers}).`);
  }

  *joined(): Iterable<DecoyOutput> {
    this.#data = 'joined';
    yield* this.#begin();
  }

  *send(bytes: Uint8Array, opening: string, kind: 'list' | 'file'): Iterable<DecoyOutput> {
    if (!(yield* this.canTransfer())) return;
    this.#transfer = { kind: 'send', bytes, opening, done: this.#control.words.sent(kind) };
    yield* this.#begin();
  }

  /** Takes what the client sends into a file, once it has come to the data port. */
  *take(path: string, append: boolean, opening: string): Iterable<DecoyOutput> {
    this.#transfer = { kind: 'store', path, offset: this.#control.restart, append, opening };
    this.#control.restart = 0;
    this.#upload = [];
    this.#uploaded = 0;
    yield* this.#begin();
  }

  /** Whether a transfer can begin; where it cannot, the client is told. */
  *canTransfer(): Generator<DecoyOutput, boolean> {
    if (this.#data === 'open' || this.#data === 'joined') return true;
    const text =
      this.#data === 'port' && this.#control.isVsftpd
        ? '425 Failed to establish connection.'
        : this.#control.words.noDataConnection;
    // A connect that nobody answers.
    if (this.#data === 'port') yield { do: 'pause', milliseconds: 3_000 };
    this.#data = 'none';
    yield* this.#control.say(text);
    return false;
  }

  /** The client has come to the data port and said what for, in whichever order. */
  *#begin(): Iterable<DecoyOutput> {
    const transfer = this.#transfer;
    if (transfer === null || this.#data !== 'joined') return;
    yield* this.#control.say(transfer.opening);
    if (transfer.kind === 'store') return;
    yield { do: 'aside', bytes: transfer.bytes };
    yield { do: 'part' };
    this.#transfer = null;
    this.#data = 'none';
    yield* this.#control.say(transfer.done);
  }

  /** What the client sent over it. */
  received(bytes: Uint8Array): void {
    const room = mostUpload - this.#uploaded;
    if (room <= 0) return;
    const piece = Buffer.from(bytes.subarray(0, room));
    this.#upload.push(piece);
    this.#uploaded += piece.length;
    if (this.#upload.length >= 1_024) this.#upload = [Buffer.concat(this.#upload)];
  }

  *parted(): Iterable<DecoyOutput> {
    const transfer = this.#transfer;
    const wasJoined = this.#data === 'joined';
    this.#transfer = null;
    this.#data = 'none';
    if (transfer === null) return;
    if (!wasJoined) {
      yield* this.#control.say(
        this.#control.isVsftpd ? '425 Failed to establish connection.' : this.#control.words.noDataConnection,
      );
      return;
    }
    if (transfer.kind === 'store') yield* this.#keep(transfer);
    yield* this.#control.say(this.#control.words.sent('stored'));
  }

  *#keep(transfer: Extract<Transfer, { kind: 'store' }>): Iterable<DecoyOutput> {
    const bytes = new Uint8Array(Buffer.concat(this.#upload));
    this.#upload = [];
    try {
      if (transfer.append) this.#control.files.append(transfer.path, bytes);
      else this.#control.files.write(transfer.path, bytes, transfer.offset);
    } catch (error) {
      // A full disk: what came is captured all the same.
      if (!(error instanceof FileFault)) throw error;
    }
    if (bytes.length > 0)
      yield { do: 'capture', bytes, how: 'ftp-upload', name: this.#control.files.path(transfer.path) };
  }

  /** The conversation is over: what came of a file is kept. */
  *end(): Iterable<DecoyOutput> {
    if (this.#transfer?.kind === 'store') yield* this.#keep(this.#transfer);
    this.#transfer = null;
  }
}
