/** One session channel: RFC 4254 §5 and §6. Joins a visitor's shell to the connection, within both sides' windows. */

import { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { SshWriter } from '../../wire/ssh-bytes.ts';
import type { SshDaemon } from './daemon.ts';
import { message } from './messages.ts';
import type { OpenShell, Program } from './program.ts';
import { openProgram, type Request } from './programs.ts';
import type { Outbox } from './outbox.ts';
import type { SshTransport } from './transport.ts';

/** Output that waits for the peer's window; the shell is not asked for more while there is this much. */
const outputQueueBytes = 65_536;
/** Input that waits for the shell; past this the conversation ends. */
const inputQueueBytes = 1_048_576;

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
}

export interface ChannelParts {
  readonly openShell: OpenShell;
  readonly context: DecoyContext;
  readonly daemon: SshDaemon;
  readonly outbox: Outbox;
  readonly transport: SshTransport;
  readonly user: string;
  /** True where the client understands eow@openssh.com. */
  readonly clientIsOpenSsh: boolean;
}

type Input = { readonly bytes: Buffer } | 'end';

export class SshChannel {
  readonly #parts: ChannelParts;
  readonly #remote: number;
  readonly #packetBytes: number;
  readonly #decoder = new TextDecoder();
  readonly #inputDecoder = new TextDecoder();
  #remoteWindow: number;
  #localWindow: number;
  #consumed = 0;
  #terminal: Terminal | null = null;
  readonly #environment: [name: string, value: string][] = [];
  #shell: Program | null = null;
  #events: Iterator<ShellEvent> | null = null;
  #isPausing = false;
  #input: Input[] = [];
  #inputBytes = 0;
  #output: { stream: 'stdout' | 'stderr'; bytes: Buffer }[] = [];
  #outputBytes = 0;
  #exitStatus: number | null = null;
  #inputEnded = false;
  #sentClose = false;
  #receivedClose = false;

  /** `remote`, `window` and `packetBytes` are the client's channel number, window and largest packet. */
  constructor(parts: ChannelParts, remote: number, window: number, packetBytes: number) {
    this.#parts = parts;
    this.#remote = remote;
    this.#remoteWindow = window;
    this.#packetBytes = Math.min(32_768, packetBytes);
    this.#localWindow = parts.daemon.openWindow;
  }

  get started(): boolean {
    return this.#shell !== null;
  }

  /** True once both sides have closed it. */
  get finished(): boolean {
    return this.#sentClose && this.#receivedClose;
  }

  /** True where the program pauses, and goes on at the next `pump`. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  get terminal(): Terminal | null {
    return this.#terminal;
  }

  setTerminal(terminal: Terminal): void {
    this.#terminal = terminal;
  }

  /** Sets a variable for the program; past a bound they are forgotten. */
  setVariable(name: string, value: string): void {
    if (this.#environment.length < 32) this.#environment.push([name.slice(0, 64), value.slice(0, 256)]);
  }

  /** Grants the program's window, as OpenSSH does once there is a program to read. */
  openProgram(request: Request): void {
    const { context, daemon, user } = this.#parts;
    const extra = daemon.programWindow - daemon.openWindow;
    if (extra > 0) this.#adjust(extra);
    const terminal = (): Terminal | null => this.#terminal;
    const shell = openProgram(
      request,
      {
        persona: context.persona,
        user,
        interactive: request.kind === 'shell',
        terminal: terminal() !== null,
        // Read when asked: window-change moves them.
        get columns() {
          return terminal()?.columns ?? 80;
        },
        get rows() {
          return terminal()?.rows ?? 24;
        },
        source: context.source,
        sourcePort: context.sourcePort,
        destination: context.destination,
        destinationPort: context.destinationPort,
        now: () => context.now(),
        service: 'ssh',
        environment: this.#environment,
      },
      daemon,
      this.#parts.openShell,
    );
    this.#shell = shell;
    this.#events = shell.start()[Symbol.iterator]();
  }

  // byte      SSH_MSG_CHANNEL_WINDOW_ADJUST
  // uint32    recipient channel
  // uint32    bytes to add
  #adjust(count: number): void {
    this.#localWindow += count;
    this.#send(new SshWriter().uint8(message.channelWindowAdjust).uint32(this.#remote).uint32(count));
  }

  #send(writer: SshWriter): void {
    this.#parts.transport.send(writer.finish());
  }

  /** Takes what the visitor sent. */
  receive(bytes: Buffer): void {
    if (this.#inputEnded || this.#receivedClose) return;
    if (bytes.length > this.#localWindow) {
      // channels.c drops what exceeds the window and hangs up where that is much; it is never an honest client.
      this.#parts.outbox.close();
      return;
    }
    this.#localWindow -= bytes.length;
    if (this.#sentClose || this.#exitStatus !== null || this.#shell === null) return;
    if (this.#terminal !== null) {
      const text = this.#inputDecoder.decode(bytes, { stream: true });
      if (text !== '') this.#parts.outbox.push({ do: 'terminal', direction: 'input', text });
    }
    this.#inputBytes += bytes.length;
    if (this.#inputBytes > inputQueueBytes) {
      this.#parts.outbox.close();
      return;
    }
    this.#input.push({ bytes });
    this.pump();
  }

  /** The visitor sends nothing more. */
  receiveEof(): void {
    if (this.#inputEnded) return;
    this.#inputEnded = true;
    if (this.#shell === null) return;
    this.#input.push('end');
    this.pump();
  }

  receiveClose(): void {
    this.#receivedClose = true;
    // Nobody listens any more: what the shell still has to tell (held captures) comes without its output.
    this.end();
    this.#sendClose();
  }

  addWindow(count: number): void {
    this.#remoteWindow = Math.min(0xffffffff, this.#remoteWindow + count);
    this.pump();
  }

  /** The connection is over: lets the shell finish, so that nothing it holds is lost. */
  end(): void {
    const shell = this.#shell;
    if (shell === null || this.#exitStatus !== null) return;
    this.#exitStatus = -1;
    this.#output = [];
    this.#outputBytes = 0;
    let left = 1_000;
    for (const event of shell.end()) {
      if (event.say === 'command' || event.say === 'capture') this.#tell(event);
      left -= 1;
      if (left === 0) break;
    }
  }

  /** Lets the shell go on as far as its input and the windows allow, or until it pauses. */
  pump(): void {
    this.#isPausing = false;
    while (!this.#isPausing) {
      this.#flush();
      if (this.#parts.outbox.closed || this.#sentClose) return;
      if (this.#exitStatus !== null) {
        if (this.#outputBytes === 0) this.#exit(this.#exitStatus);
        return;
      }
      if (this.#outputBytes > outputQueueBytes) return;
      this.#events ??= this.#nextInput();
      if (this.#events === null) return;
      const step = this.#events.next();
      if (step.done === true) this.#events = null;
      else this.#tell(step.value);
    }
  }

  #nextInput(): Iterator<ShellEvent> | null {
    const input = this.#input.shift();
    const shell = this.#shell;
    if (input === undefined || shell === null) return null;
    if (input === 'end') return shell.end()[Symbol.iterator]();
    const count = input.bytes.length;
    this.#inputBytes -= count;
    this.#consumed += count;
    // channel_check_window: grant anew when three packets or half the window are used up.
    const { programWindow, packetBytes } = this.#parts.daemon;
    const used = programWindow - this.#localWindow;
    if (used > packetBytes * 3 || this.#localWindow < programWindow / 2) {
      this.#adjust(this.#consumed);
      this.#consumed = 0;
    }
    return shell.receive(input.bytes)[Symbol.iterator]();
  }

  #tell(event: ShellEvent): void {
    const { outbox } = this.#parts;
    switch (event.say) {
      case 'output': {
        if (event.bytes.length === 0 || this.#exitStatus === -1) return;
        const bytes = Buffer.from(event.bytes);
        // A terminal has one stream only.
        const stream = this.#terminal === null ? event.stream : 'stdout';
        this.#output.push({ stream, bytes });
        this.#outputBytes += bytes.length;
        if (this.#terminal !== null) {
          const text = this.#decoder.decode(bytes, { stream: true });
          if (text !== '') outbox.push({ do: 'terminal', direction: 'output', text });
        }
        return;
      }
      case 'command':
        outbox.push({
          do: 'saw',
          fact: {
            kind: 'command',
            service: 'ssh',
            input: event.input,
            ...(event.urls.length > 0 ? { urls: event.urls } : {}),
          },
        });
        return;
      case 'capture':
        outbox.push({ do: 'capture', bytes: event.bytes, how: event.how, name: event.name });
        return;
      case 'pause':
        this.#flush();
        outbox.push({ do: 'pause', milliseconds: event.milliseconds });
        this.#isPausing = true;
        return;
      case 'exit':
        if (this.#exitStatus === null) this.#exitStatus = event.status & 255;
        return;
    }
  }

  // byte      SSH_MSG_CHANNEL_DATA            | SSH_MSG_CHANNEL_EXTENDED_DATA
  // uint32    recipient channel               | uint32    recipient channel
  //                                           | uint32    data_type_code (1: stderr)
  // string    data                            | string    data
  #flush(): void {
    while (this.#remoteWindow > 0) {
      const first = this.#output[0];
      if (first === undefined) return;
      const count = Math.min(first.bytes.length, this.#remoteWindow, this.#packetBytes);
      const writer = new SshWriter();
      if (first.stream === 'stdout') writer.uint8(message.channelData).uint32(this.#remote);
      else writer.uint8(message.channelExtendedData).uint32(this.#remote).uint32(1);
      this.#send(writer.string(first.bytes.subarray(0, count)));
      this.#remoteWindow -= count;
      this.#outputBytes -= count;
      if (count === first.bytes.length) this.#output.shift();
      else first.bytes = first.bytes.subarray(count);
    }
  }

  // byte      SSH_MSG_CHANNEL_REQUEST
  // uint32    recipient channel
  // string    "exit-status"
  // boolean   FALSE
  // uint32    exit_status
  #exit(status: number): void {
    const request = (name: string): SshWriter =>
      new SshWriter().uint8(message.channelRequest).uint32(this.#remote).string(name).boolean(false);
    this.#send(request('exit-status').uint32(status));
    // PROTOCOL §2.1: nobody reads on this side, where the client has not ended its own.
    if (this.#parts.clientIsOpenSsh && !this.#inputEnded && this.#parts.daemon.product === 'openssh')
      this.#send(request('eow@openssh.com'));
    this.#send(new SshWriter().uint8(message.channelEof).uint32(this.#remote));
    this.#sendClose();
  }

  // byte      SSH_MSG_CHANNEL_CLOSE
  // uint32    recipient channel
  #sendClose(): void {
    if (this.#sentClose) return;
    this.#sentClose = true;
    this.#send(new SshWriter().uint8(message.channelClose).uint32(this.#remote));
  }

  // byte      SSH_MSG_CHANNEL_SUCCESS | SSH_MSG_CHANNEL_FAILURE
  // uint32    recipient channel
  answer(success: boolean): void {
    const number = success ? message.channelSuccess : message.channelFailure;
    this.#send(new SshWriter().uint8(number).uint32(this.#remote));
  }
}
