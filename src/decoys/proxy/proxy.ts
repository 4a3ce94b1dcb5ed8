import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { settingOf } from './setting.ts';
import { socks4Needed, socks4Take } from './socks4.ts';
import { Socks5 } from './socks5.ts';
import { SquidRequest } from './squid.ts';

interface Speech {
  /** Octets of the message that begins with what is held; -1 for one that is none. */
  needed(held: Buffer): number;
  take(message: Buffer): Iterable<DecoyOutput>;
}

/** A proxy for whoever asks, which reaches nothing: SOCKS 4, 4A, 5 or HTTP by the first octet. */
class ProxySession implements DecoySession {
  readonly #context: DecoyContext;
  #speech: Speech | null = null;
  #held: Buffer = Buffer.alloc(0);
  #over = false;

  constructor(context: DecoyContext) {
    this.#context = context;
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    this.#held = Buffer.concat([this.#held, bytes]);
    while (this.#held.length > 0) {
      this.#speech ??= this.#speechOf(this.#held[0] ?? 0);
      const needed = this.#speech.needed(this.#held);
      if (needed < 0) {
        this.#over = true;
        yield { do: 'close' };
        return;
      }
      if (this.#held.length < needed || needed === 0) return;
      const message = this.#held.subarray(0, needed);
      this.#held = this.#held.subarray(needed);
      for (const output of this.#speech.take(message)) {
        yield output;
        if (output.do === 'close') this.#over = true;
      }
      if (this.#isOver()) return;
    }
  }

  #isOver(): boolean {
    return this.#over;
  }

  #speechOf(first: number): Speech {
    const setting = settingOf(this.#context);
    if (first === 5) return new Socks5(this.#context, setting);
    if (first === 4) return { needed: socks4Needed, take: socks4Take };
    return new SquidRequest(this.#context, setting);
  }
}

export const proxy: Decoy = {
  name: 'proxy',
  summary:
    'An open proxy (SOCKS 4, 4A, 5 and HTTP) that records where clients want to be taken and takes nobody',
  transport: 'tcp',
  ports: [1080, 3128],
  recognise(firstBytes) {
    const [version, count = 0] = firstBytes;
    if (version === 5 && count > 0 && firstBytes.length === 2 + count) return 0.8;
    if (version === 4 && (count === 1 || count === 2) && firstBytes.length >= 9 && firstBytes.at(-1) === 0)
      return 0.8;
    return /^CONNECT [^\s/]{1,255}:\d{1,5} HTTP\/1\.[01]\r?\n/.test(
      Buffer.from(firstBytes.subarray(0, 300)).toString('latin1'),
    )
      ? 0.95
      : 0;
  },
  open: (context) => new ProxySession(context),
};
