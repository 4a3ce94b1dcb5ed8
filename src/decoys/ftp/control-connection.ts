/** The control connection: who is there, what was agreed on, and how it is answered. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import type { ExploitFact } from '../../core/observation.ts';
import { FileFault } from '../../shell/files/fault.ts';
import { LineReader } from '../../wire/line-reader.ts';
import { FtpFolder } from './folder.ts';
import { type FtpServer, ftpServerOf } from './server.ts';
import { type FtpWords, proftpdWords, vsftpdWords } from './words.ts';

const recordedCommands = 200;

export class ControlConnection {
  readonly context: DecoyContext;
  readonly server: FtpServer;
  readonly words: FtpWords;
  readonly lines: LineReader = new LineReader();
  readonly isVsftpd: boolean;
  isOver = false;
  isSecure: boolean;
  /** Whether data goes encrypted. */
  isPrivate = false;
  isLoggedIn = false;
  isAnonymous = false;
  isBinary = false;
  /** Where the next transfer begins. */
  restart = 0;
  /** What RNFR named. */
  renaming: string | null = null;
  /** What SITE CPFR named. */
  copying: string | null = null;
  #folder: FtpFolder | null = null;
  #recorded = 0;

  constructor(context: DecoyContext) {
    this.context = context;
    this.server = ftpServerOf(context.persona);
    this.isVsftpd = this.server.product === 'vsftpd';
    this.words = this.isVsftpd ? vsftpdWords : proftpdWords;
    this.isSecure = context.tls;
  }

  get files(): FtpFolder {
    this.#folder ??= new FtpFolder(this.context);
    return this.#folder;
  }

  /** A change of the files, which anonymous visitors of vsftpd may not ask for at all. */
  *change(verb: string, argument: string, act: () => string): Iterable<DecoyOutput> {
    if (this.isAnonymous && this.isVsftpd && !(this.server.anonymousMayWrite && verb === 'MKD'))
      yield* this.say(this.words.denied(argument));
    else yield* this.attempt(verb, argument, act);
  }

  *attempt(verb: string, argument: string, act: () => string): Iterable<DecoyOutput> {
    let text: string;
    try {
      text = act();
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      text = this.words.fault(verb, argument, error.code);
    }
    yield* this.say(text);
  }

  *record(input: string): Iterable<DecoyOutput> {
    this.#recorded += 1;
    if (this.#recorded <= recordedCommands && input.trim() !== '')
      yield { do: 'saw', fact: { kind: 'command', service: 'ftp', input } };
  }

  exploit(found: Omit<ExploitFact, 'kind' | 'service'>): DecoyOutput {
    return { do: 'saw', fact: { kind: 'exploit', service: 'ftp', ...found } };
  }

  *say(...lines: readonly string[]): Iterable<DecoyOutput> {
    yield reply(lines.join('\r\n'));
  }

  *close(text: string | null): Iterable<DecoyOutput> {
    this.isOver = true;
    if (text !== null) yield reply(text);
    yield { do: 'close' };
  }
}

function reply(text: string): DecoyOutput {
  return { do: 'reply', bytes: new Uint8Array(Buffer.from(`${text}\r\n`, 'latin1')) };
}
