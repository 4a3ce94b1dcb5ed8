import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { below } from '../../core/random.ts';
import { addressesInText } from '../../shell/addresses.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { passwordBehind } from './challenge.ts';
import { desktopOf } from './desktop.ts';
import {
  colourMap,
  type PixelFormat,
  readPixelFormat,
  serverFormat,
  serverFormatOctets,
} from './pixel-format.ts';
import { Typing, textOf } from './typing.ts';
import { encoding, updateOf } from './update.ts';

const cutTextBytes = 65_536;
const encodingsLimit = 1_024;
/** Pixels that one conversation gets to see, in octets. */
const pictureBytes = 50_331_648;
const factsLimit = 1_000;

type Stage = 'version' | 'security' | 'response' | 'client init' | 'open' | 'over';

/** How the two families of servers on Unix word a refusal. */
const refusals: Readonly<Record<string, string>> = {
  TigerVNC: 'Authentication failure',
  x11vnc: 'password check failed!',
};

/**
 * RFB 3.3, 3.7 and 3.8 (RFC 6143). Reads from the persona's `vnc` software: product (`TigerVNC` or `x11vnc`), details `security`
 * (`none` where nobody is asked for a password), `desktop` (its name), `width` and `height`.
 */
class VncSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #product: string;
  readonly #openToAll: boolean;
  readonly #typing = new Typing();
  #stage: Stage = 'version';
  #held: Buffer = Buffer.alloc(0);
  /** Octets to pass over: what a cut text has beyond what is kept. */
  #skip = 0;
  #minor = 8;
  #challenge = Buffer.alloc(0);
  #format: PixelFormat = serverFormat;
  #hextile = false;
  #shown = 0;
  #facts = 0;

  constructor(context: DecoyContext) {
    const software = context.persona.software['vnc'];
    this.#context = context;
    const drawn = below(context.persona.random('vnc product'), 2) === 0 ? 'TigerVNC' : 'x11vnc';
    this.#product = software === undefined ? drawn : software.product;
    this.#openToAll = software?.details?.['security'] === 'none';
  }

  *start(): Iterable<DecoyOutput> {
    yield { do: 'reply', bytes: Buffer.from('RFB 003.008\n') };
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#stage === 'over') return;
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    for (;;) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, this.#held.length);
        this.#skip -= passed;
        this.#held = this.#held.subarray(passed);
      }
      const stage = this.#stageNow();
      const needed = this.#needed(stage);
      if (stage === 'over' || needed < 0) {
        if (needed < 0) yield* this.#close();
        this.#held = Buffer.alloc(0);
        return;
      }
      if (this.#skip > 0 || this.#held.length < needed) return;
      const message = this.#held.subarray(0, needed);
      this.#held = this.#held.subarray(needed);
      yield* this.#take(stage, message);
    }
  }

  *end(): Iterable<DecoyOutput> {
    if (this.#stage === 'open') yield* this.#typed(this.#typing.take());
    this.#stage = 'over';
  }

  #stageNow(): Stage {
    return this.#stage;
  }

  *#close(): Iterable<DecoyOutput> {
    if (this.#stage === 'open') yield* this.#typed(this.#typing.take());
    this.#stage = 'over';
    yield { do: 'close' };
  }

  /** Octets of the message that begins with what is held; -1 for one that no server takes. */
  #needed(stage: Stage): number {
    switch (stage) {
      case 'version':
        return 12;
      case 'response':
        return 16;
      case 'security':
      case 'client init':
        return 1;
      case 'open':
        return this.#messageLength();
      default:
        return 0;
    }
  }

  #messageLength(): number {
    switch (this.#held[0]) {
      case undefined:
        return 1;
      case 0:
        return 20;
      case 2:
        if (this.#held.length < 4) return 4;
        return this.#held.readUInt16BE(2) > encodingsLimit ? -1 : 4 + this.#held.readUInt16BE(2) * 4;
      case 3:
        return 10;
      case 4:
        return 8;
      case 5:
        return 6;
      case 6:
        if (this.#held.length < 8) return 8;
        // A negative length is the extended clipboard, which was never offered.
        if (this.#held.readUInt32BE(4) > 0x7fffffff) return -1;
        return 8 + Math.min(this.#held.readUInt32BE(4), cutTextBytes);
      default:
        return -1;
    }
  }

  *#take(stage: Stage, message: Buffer): Iterable<DecoyOutput> {
    if (stage === 'version') yield* this.#version(message);
    else if (stage === 'security') {
      if (message[0] === (this.#openToAll ? 1 : 2)) yield* this.#begin();
      else yield* this.#fail('Invalid security type');
    } else if (stage === 'response') yield* this.#response(message);
    else if (stage === 'client init') yield* this.#init();
    else yield* this.#message(message);
  }

  // 12 octets   "RFB xxx.yyy\n"
  //
  // 3.3:        U32 security-type
  // 3.7, 3.8:   U8 number-of-security-types, U8 each
  *#version(message: Buffer): Iterable<DecoyOutput> {
    const version = /^RFB (\d{3})\.(\d{3})\n$/.exec(message.toString('latin1'));
    if (version === null || Number(version[1]) < 3) {
      yield* this.#close();
      return;
    }
    const minor = Number(version[2]);
    // §7.1.1: what is no published version counts as 3.3; later ones as 3.8.
    this.#minor = Number(version[1]) > 3 || minor >= 8 ? 8 : minor === 7 ? 7 : 3;
    const type = this.#openToAll ? 1 : 2;
    if (this.#minor === 3) {
      yield { do: 'reply', bytes: Buffer.from([0, 0, 0, type]) };
      yield* this.#begin();
    } else {
      this.#stage = 'security';
      yield { do: 'reply', bytes: Buffer.from([1, type]) };
    }
  }

  // VNC Authentication: U8[16] challenge
  // None: in 3.8 the result comes at once
  *#begin(): Iterable<DecoyOutput> {
    if (this.#openToAll) {
      this.#stage = 'client init';
      yield {
        do: 'saw',
        fact: { kind: 'auth', service: 'vnc', user: '', method: 'none', accepted: true },
      };
      if (this.#minor === 8) yield { do: 'reply', bytes: Buffer.alloc(4) };
      return;
    }
    this.#stage = 'response';
    this.#challenge = Buffer.from(this.#context.randomBytes(16));
    yield { do: 'reply', bytes: this.#challenge };
  }

  // U8[16]   response
  //
  // U32      status: 0 OK, 1 failed
  *#response(response: Buffer): Iterable<DecoyOutput> {
    const { accepted, acceptAfter } = this.#context.persona.login;
    const count = this.#context.countAttempt();
    // The protocol has no user: any of the machine's passwords opens its screen.
    const secrets = accepted.map(([, password]) => password);
    const password = passwordBehind(this.#challenge, response, [
      ...secrets.filter((secret) => secret !== '*'),
      ...plantedPasswords(this.#context.persona, this.#context.source),
    ]);
    const known = secrets.some((secret) => secret === '*' || secret.slice(0, 8) === password?.slice(0, 8));
    const lets = known || (acceptAfter > 0 && count >= acceptAfter);
    // The way john(1) writes what it is to crack.
    const unknown = `$vnc$*${this.#challenge.toString('hex')}*${response.toString('hex')}`
      .toUpperCase()
      .replace('$VNC$', '$vnc$');
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'vnc',
        user: '',
        method: 'password',
        password: password ?? unknown,
        accepted: lets,
      },
    };
    if (lets) {
      this.#stage = 'client init';
      yield { do: 'reply', bytes: Buffer.alloc(4) };
    } else yield* this.#fail(refusals[this.#product] ?? 'Authentication failed');
  }

  // U32      1, failed
  // U32      reason-length, U8[] reason-string (3.8)
  *#fail(reason: string): Iterable<DecoyOutput> {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(reason.length);
    const said = this.#minor === 8 ? [length, Buffer.from(reason)] : [];
    yield { do: 'reply', bytes: Buffer.concat([Buffer.of(0, 0, 0, 1), ...said]) };
    yield* this.#close();
  }

  // U16      framebuffer-width, framebuffer-height
  // U8[16]   server-pixel-format
  // U32      name-length, U8[] name-string
  *#init(): Iterable<DecoyOutput> {
    this.#stage = 'open';
    const { persona } = this.#context;
    const { width, height } = desktopOf(persona);
    const user = persona.users[0]?.name ?? 'root';
    const own = this.#product === 'x11vnc' ? `${persona.hostname}:0` : `${persona.hostname}:1 (${user})`;
    const name = Buffer.from((persona.software['vnc']?.details?.['desktop'] ?? own).slice(0, 200));
    const head = Buffer.alloc(24);
    head.writeUInt16BE(width, 0);
    head.writeUInt16BE(height, 2);
    serverFormatOctets.copy(head, 4);
    head.writeUInt32BE(name.length, 20);
    yield { do: 'reply', bytes: Buffer.concat([head, name]) };
  }

  *#message(message: Buffer): Iterable<DecoyOutput> {
    switch (message[0]) {
      case 0: {
        // U8 0, 3 octets of padding, PIXEL_FORMAT
        const format = readPixelFormat(message.subarray(4));
        if (format === null) {
          yield* this.#close();
          return;
        }
        this.#format = format;
        if (!format.trueColour) yield { do: 'reply', bytes: colourMap() };
        return;
      }
      case 2:
        // U8 2, 1 octet of padding, U16 number-of-encodings, S32 each
        this.#hextile = false;
        for (let at = 4; at < message.length; at += 4)
          if (message.readInt32BE(at) === encoding.hextile) this.#hextile = true;
        return;
      case 3:
        yield* this.#update(message);
        return;
      case 4: {
        // U8 4, U8 down-flag, 2 octets of padding, U32 key
        if (message[1] === 0) return;
        const symbol = message.readUInt32BE(4);
        const text = symbol === 0xff0d ? '\r' : textOf(symbol);
        if (text !== '') yield { do: 'terminal', direction: 'input', text };
        yield* this.#typed(this.#typing.press(symbol));
        return;
      }
      case 6: {
        // U8 6, 3 octets of padding, U32 length, U8[] text
        const length = message.readUInt32BE(4);
        this.#skip = length - (message.length - 8);
        yield* this.#say(`cut text: ${message.subarray(8).toString('latin1')}`);
        return;
      }
      default:
    }
  }

  // U8 3, U8 incremental, U16 x-position, y-position, width, height
  *#update(message: Buffer): Iterable<DecoyOutput> {
    // Nothing on this screen ever changes, so an incremental request is never due.
    if (message[1] !== 0) return;
    const desktop = desktopOf(this.#context.persona);
    const x = message.readUInt16BE(2);
    const y = message.readUInt16BE(4);
    const width = Math.min(message.readUInt16BE(6), desktop.width - x);
    const height = Math.min(message.readUInt16BE(8), desktop.height - y);
    if (width <= 0 || height <= 0) return;
    this.#shown += (width * height * this.#format.bitsPerPixel) / 8;
    if (this.#shown > pictureBytes) return;
    for (const bytes of updateOf(desktop, this.#format, { x, y, width, height }, this.#hextile))
      yield { do: 'reply', bytes };
  }

  *#typed(line: string | null): Iterable<DecoyOutput> {
    if (line !== null) yield* this.#say(line);
  }

  *#say(input: string): Iterable<DecoyOutput> {
    this.#facts += 1;
    if (this.#facts > factsLimit) return;
    const urls = addressesInText(input);
    yield {
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'vnc',
        input: input.slice(0, 4096),
        ...(urls.length > 0 ? { urls } : {}),
      },
    };
  }
}

export const vnc: Decoy = {
  name: 'vnc',
  summary: 'A remote desktop (RFB 3.3 to 3.8): passwords behind the challenge, what is typed and pasted',
  transport: 'tcp',
  ports: [5900, 5901],
  open: (context) => new VncSession(context),
};
