import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { addressesInText } from '../../shell/addresses.ts';
import { bytesToText, decodeText, encodeText, textToBytes } from '../../shell/byte-text.ts';
import type { ShellEvent } from '../../shell/event.ts';
import { layerOf, visitMachine } from '../../shell/files/visit.ts';
import { ShellSession } from '../../shell/session.ts';
import { androidOutput, minerTrace } from './android-command.ts';
import { type Device, deviceOf } from './device.ts';
import {
  type AdbMessage,
  command,
  decodeMessage,
  encodeMessage,
  headBytes,
  messageLength,
} from './message.ts';
import { SyncService } from './sync.ts';

const streamsLimit = 16;
/** Octets of output that wait for the client's OKAY; the program is not asked for more meanwhile. */
const queueBytes = 4_194_304;
const writeBytes = 4_096;

interface Stream {
  readonly remote: number;
  readonly shell: ShellSession | null;
  readonly sync: SyncService | null;
  queue: Buffer[];
  queued: number;
  /** True from a write until the client's OKAY. */
  waits: boolean;
  ends: boolean;
}

/** adbd on a device that listens on the network; a stream for each service that the client opens. */
class AdbSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #device: Device;
  readonly #streams = new Map<number, Stream>();
  #held: Buffer[] = [];
  #count = 0;
  #needed = headBytes;
  #connected = false;
  #maximum = writeBytes;
  #next = 1;
  #over = false;
  #token: Buffer = Buffer.alloc(0);
  readonly #traces = new Set<string>();

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#device = deviceOf(context.persona);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    this.#held.push(Buffer.from(bytes));
    this.#count += bytes.length;
    while (this.#count >= this.#needed) {
      const whole = Buffer.concat(this.#held);
      this.#held = [whole];
      const length = messageLength(whole);
      if (length < 0) {
        yield* this.#close();
        return;
      }
      this.#needed = length;
      if (whole.length < length) return;
      const rest = whole.subarray(length);
      this.#held = rest.length > 0 ? [rest] : [];
      this.#count = rest.length;
      this.#needed = headBytes;
      yield* this.#message(decodeMessage(whole.subarray(0, length)));
      if (this.#isOver()) return;
    }
  }

  *end(): Iterable<DecoyOutput> {
    this.#over = true;
    for (const stream of this.#streams.values()) yield* this.#finish(stream);
    this.#streams.clear();
  }

  #isOver(): boolean {
    return this.#over;
  }

  *#close(): Iterable<DecoyOutput> {
    yield* this.end();
    yield { do: 'close' };
  }

  *#message(message: AdbMessage): Iterable<DecoyOutput> {
    switch (message.command) {
      case command.connect:
        yield* this.#connect(message);
        return;
      case command.auth:
        yield* this.#auth(message);
        return;
      case command.open:
        if (this.#connected) yield* this.#open(message);
        return;
      case command.write: {
        // WRITE(local-id, remote-id, data)
        const stream = this.#streams.get(message.second);
        if (stream === undefined || stream.remote !== message.first) return;
        yield this.#say(command.okay, message.second, message.first, '');
        yield* this.#feed(message.second, stream, message.data);
        return;
      }
      case command.okay: {
        const stream = this.#streams.get(message.second);
        if (stream === undefined) return;
        stream.waits = false;
        yield* this.#flush(message.second, stream);
        return;
      }
      case command.close: {
        const stream = this.#streams.get(message.second);
        if (stream === undefined) return;
        this.#streams.delete(message.second);
        yield* this.#finish(stream);
        yield this.#say(command.close, message.second, message.first, '');
        return;
      }
      default:
      // SYNC and what is unknown: adbd passes over it.
    }
  }

  #say(kind: number, first: number, second: number, data: Uint8Array | string): DecoyOutput {
    return { do: 'reply', bytes: encodeMessage(kind, first, second, data) };
  }

  // CONNECT(version, maxdata, "system-identity-string")
  *#connect(message: AdbMessage): Iterable<DecoyOutput> {
    this.#maximum = Math.min(Math.max(message.second, 1024), 262_144);
    if (this.#device.asks && !this.#connected) {
      yield* this.#ask();
      return;
    }
    this.#connected = true;
    if (!this.#device.asks)
      yield { do: 'saw', fact: { kind: 'auth', service: 'adb', user: '', method: 'none', accepted: true } };
    yield this.#say(command.connect, 0x0100_0000, 4096, `${this.#device.banner}\0`);
  }

  // AUTH(type 1 TOKEN, 0, token)
  *#ask(): Iterable<DecoyOutput> {
    this.#token = Buffer.from(this.#context.randomBytes(20));
    yield this.#say(command.auth, 1, 0, this.#token);
  }

  // AUTH(type, 0, data): 2 SIGNATURE, 3 RSAPUBLICKEY, which waits for somebody to touch the screen; nobody does
  *#auth(message: AdbMessage): Iterable<DecoyOutput> {
    if (!this.#device.asks || this.#connected) return;
    if (message.first === 2) yield* this.#ask();
    else if (message.first === 3) {
      const digest = createHash('sha256').update(message.data).digest('base64').replace(/=+$/, '');
      const user = message.data.toString('latin1').replace(/\0.*$/s, '').split(' ')[1] ?? '';
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'adb',
          user: user.slice(0, 256),
          method: 'publickey',
          keyFingerprint: `SHA256:${digest}`,
          accepted: false,
        },
      };
    }
  }

  // OPEN(local-id, 0, "destination")
  //
  // READY(local-id, remote-id, "") or CLOSE(0, remote-id, "")
  *#open(message: AdbMessage): Iterable<DecoyOutput> {
    const remote = message.first;
    const service = message.data.toString('latin1').replace(/\0.*$/s, '');
    const refuse = this.#say(command.close, 0, remote, '');
    if (this.#streams.size >= streamsLimit || remote === 0) {
      yield refuse;
      return;
    }
    const id = this.#next;
    this.#next += 1;
    const stream = (parts: Partial<Stream>): Stream => ({
      remote,
      shell: null,
      sync: null,
      queue: [],
      queued: 0,
      waits: false,
      ends: false,
      ...parts,
    });
    const okay = this.#say(command.okay, id, remote, '');
    const { persona } = this.#device;
    const layer = layerOf(persona, this.#context.source);
    if (service === 'sync:') {
      const { files } = visitMachine(this.#visit(layer), () => this.#context.now());
      this.#streams.set(id, stream({ sync: new SyncService(files) }));
      yield okay;
    } else if (/^(?:shell|exec):/.test(service)) {
      const line = service.slice(service.indexOf(':') + 1);
      const raw = service.startsWith('exec:');
      yield okay;
      if (line !== '') yield* this.#trace(decodeText(line));
      const own = line === '' ? null : androidOutput(this.#device, line);
      if (own !== null) {
        yield* this.#record(decodeText(line));
        const opened = stream({ ends: true });
        this.#streams.set(id, opened);
        this.#put(opened, textToBytes(encodeText(raw ? own : own.replaceAll('\n', '\r\n'))));
        yield* this.#flush(id, opened);
        return;
      }
      const shell = new ShellSession({
        ...this.#visit(layer),
        user: 'root',
        interactive: line === '',
        // Until Android 7 a command has a terminal too.
        terminal: !raw,
        columns: 80,
        rows: 24,
        destination: this.#context.destination,
        destinationPort: this.#context.destinationPort,
        service: 'adb',
      });
      const opened = stream({ shell });
      this.#streams.set(id, opened);
      yield* this.#tell(id, opened, line === '' ? shell.start() : shell.run(decodeText(line)));
    } else if (/^(?:root|remount|reboot|tcpip|usb|disable-verity):/.test(service)) {
      yield* this.#record(service.slice(0, 256));
      yield okay;
      const opened = stream({ ends: true });
      this.#streams.set(id, opened);
      const said = service.startsWith('root:')
        ? 'adbd is already running as root\n'
        : service.startsWith('remount')
          ? 'remount succeeded\n'
          : '';
      this.#put(opened, textToBytes(said));
      yield* this.#flush(id, opened);
    } else {
      yield* this.#record(decodeText(service).slice(0, 1024));
      yield refuse;
    }
  }

  #visit(layer: ReturnType<typeof layerOf>) {
    const { source, sourcePort } = this.#context;
    return { persona: this.#device.persona, source, sourcePort, layer, now: () => this.#context.now() };
  }

  *#record(input: string): Iterable<DecoyOutput> {
    const urls = addressesInText(input);
    yield {
      do: 'saw',
      fact: { kind: 'command', service: 'adb', input, ...(urls.length > 0 ? { urls } : {}) },
    };
  }

  *#trace(text: string): Iterable<DecoyOutput> {
    const trace = minerTrace(text);
    if (trace === null || this.#traces.has(trace)) return;
    this.#traces.add(trace);
    yield {
      do: 'saw',
      fact: {
        kind: 'exploit',
        service: 'adb',
        class: 'other',
        name: 'adb-miner',
        cves: [],
        technique: 'T1496',
        detail: trace,
      },
    };
  }

  *#feed(id: number, stream: Stream, data: Buffer): Iterable<DecoyOutput> {
    if (stream.sync !== null) {
      for (const part of stream.sync.receive(data)) {
        if (Buffer.isBuffer(part)) this.#put(stream, part);
        else if ('do' in part) {
          yield part;
          if (part.do === 'capture') {
            yield* this.#record(`push ${part.name ?? ''}`);
            yield* this.#trace(part.name ?? '');
          }
        }
      }
      stream.ends ||= stream.sync.over;
      yield* this.#flush(id, stream);
    } else if (stream.shell !== null && !stream.ends) {
      yield { do: 'terminal', direction: 'input', text: decodeText(bytesToText(data)) };
      yield* this.#tell(id, stream, stream.shell.receive(data));
    }
  }

  *#tell(id: number, stream: Stream, events: Iterable<ShellEvent>): Iterable<DecoyOutput> {
    for (const event of events) {
      switch (event.say) {
        case 'output':
          this.#put(stream, event.bytes);
          yield { do: 'terminal', direction: 'output', text: decodeText(bytesToText(event.bytes)) };
          break;
        case 'command':
          yield {
            do: 'saw',
            fact: {
              kind: 'command',
              service: 'adb',
              input: event.input,
              ...(event.urls.length > 0 ? { urls: event.urls } : {}),
            },
          };
          yield* this.#trace(event.input);
          break;
        case 'capture':
          yield { do: 'capture', bytes: event.bytes, how: event.how, name: event.name };
          break;
        case 'pause':
          yield { do: 'pause', milliseconds: event.milliseconds };
          break;
        case 'exit':
          stream.ends = true;
          break;
      }
    }
    yield* this.#flush(id, stream);
  }

  #put(stream: Stream, bytes: Uint8Array): void {
    // A client that never says OKAY gets no more than this.
    if (bytes.length === 0 || stream.queued > queueBytes) return;
    stream.queue.push(Buffer.from(bytes));
    stream.queued += bytes.length;
  }

  /** One write at a time: the next waits for the client's OKAY. */
  *#flush(id: number, stream: Stream): Iterable<DecoyOutput> {
    if (stream.waits || !this.#streams.has(id)) return;
    if (stream.queued > 0) {
      const whole =
        stream.queue.length === 1 ? (stream.queue[0] ?? Buffer.alloc(0)) : Buffer.concat(stream.queue);
      const piece = whole.subarray(0, Math.min(writeBytes, this.#maximum));
      const rest = whole.subarray(piece.length);
      stream.queue = rest.length > 0 ? [rest] : [];
      stream.queued = rest.length;
      stream.waits = true;
      yield this.#say(command.write, id, stream.remote, piece);
    } else if (stream.ends) {
      this.#streams.delete(id);
      yield* this.#finish(stream);
      yield this.#say(command.close, id, stream.remote, '');
    }
  }

  /** What the stream's program still has to hand over. */
  *#finish(stream: Stream): Iterable<DecoyOutput> {
    if (stream.sync !== null) yield* stream.sync.end();
    if (stream.shell === null || stream.ends) return;
    stream.ends = true;
    for (const event of stream.shell.end())
      if (event.say === 'capture')
        yield { do: 'capture', bytes: event.bytes, how: event.how, name: event.name };
  }
}

export const adb: Decoy = {
  name: 'adb',
  summary: 'The debug bridge of an Android device: shell commands and pushed files',
  transport: 'tcp',
  ports: [5555],
  recognise: (firstBytes) => (Buffer.from(firstBytes.subarray(0, 4)).toString('latin1') === 'CNXN' ? 1 : 0),
  open: (context) => new AdbSession(context),
};
