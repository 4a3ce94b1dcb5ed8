/** SOCKS 5: RFC 1928, with names and passwords by RFC 1929. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { ipv6Text } from './address-text.ts';
import { admits, type ProxySetting } from './setting.ts';
import { sawTarget } from './target.ts';

type Stage = 'methods' | 'password' | 'request' | 'over';

const reply = { refused: 5, unreachable: 4, unsupported: 7, badAddress: 8 } as const;

export class Socks5 {
  readonly #context: DecoyContext;
  readonly #setting: ProxySetting;
  #stage: Stage = 'methods';

  constructor(context: DecoyContext, setting: ProxySetting) {
    this.#context = context;
    this.#setting = setting;
  }

  /** Octets of the message that begins here, as far as they can be told; no more than 513. */
  needed(held: Buffer): number {
    switch (this.#stage) {
      case 'methods':
        return 2 + (held[1] ?? 0);
      case 'password': {
        const user = held[1] ?? 0;
        return 3 + user + (held[2 + user] ?? 0);
      }
      case 'request':
        if (held[3] === 1) return 10;
        if (held[3] === 4) return 22;
        return held[3] === 3 ? 7 + (held[4] ?? 0) : 4;
      default:
        return 0;
    }
  }

  *take(message: Buffer): Iterable<DecoyOutput> {
    if (this.#stage === 'methods') yield* this.#methods(message);
    else if (this.#stage === 'password') yield* this.#password(message);
    else if (this.#stage === 'request') yield* this.#request(message);
  }

  // VER, NMETHODS, METHODS (1 to 255)
  //
  // VER, METHOD: 0 none, 2 name and password, 0xff none acceptable
  *#methods(message: Buffer): Iterable<DecoyOutput> {
    const offered = message.subarray(2);
    const method = this.#setting.asks ? 2 : offered.includes(0) ? 0 : 2;
    if (!offered.includes(method)) {
      yield { do: 'reply', bytes: Buffer.of(5, 0xff) };
      yield* this.#close();
      return;
    }
    this.#stage = method === 2 ? 'password' : 'request';
    yield { do: 'reply', bytes: Buffer.of(5, method) };
  }

  // VER (1), ULEN, UNAME, PLEN, PASSWD
  //
  // VER (1), STATUS: 0 success
  *#password(message: Buffer): Iterable<DecoyOutput> {
    if (message[0] !== 1) {
      yield* this.#close();
      return;
    }
    const length = message[1] ?? 0;
    const user = message.subarray(2, 2 + length).toString('utf8');
    const password = message.subarray(3 + length).toString('utf8');
    const accepted = admits(this.#context, user, password);
    yield {
      do: 'saw',
      fact: { kind: 'auth', service: 'proxy', user, method: 'password', password, accepted },
    };
    yield { do: 'reply', bytes: Buffer.of(1, accepted ? 0 : 1) };
    if (accepted) this.#stage = 'request';
    else yield* this.#close();
  }

  // VER, CMD (1 CONNECT, 2 BIND, 3 UDP ASSOCIATE), RSV, ATYP (1 IPv4, 3 name, 4 IPv6), DST.ADDR, DST.PORT
  //
  // VER, REP, RSV, ATYP, BND.ADDR, BND.PORT
  *#request(message: Buffer): Iterable<DecoyOutput> {
    const type = message[3];
    const answer = (code: number): DecoyOutput => ({
      do: 'reply',
      bytes: Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0),
    });
    if (message[0] !== 5) {
      yield* this.#close();
      return;
    }
    if (type !== 1 && type !== 3 && type !== 4) {
      yield answer(reply.badAddress);
      yield* this.#close();
      return;
    }
    const port = message.readUInt16BE(message.length - 2);
    const address = message.subarray(type === 3 ? 5 : 4, message.length - 2);
    const host = type === 1 ? address.join('.') : type === 4 ? ipv6Text(address) : address.toString('utf8');
    const verb = { 1: 'CONNECT', 2: 'BIND', 3: 'UDP ASSOCIATE' }[message[1] ?? 0];
    if (verb !== undefined) yield* sawTarget(`SOCKS5 ${verb}`, host, port);
    yield answer(message[1] === 1 ? reply[this.#setting.outside] : reply.unsupported);
    yield* this.#close();
  }

  *#close(): Iterable<DecoyOutput> {
    this.#stage = 'over';
    yield { do: 'close' };
  }
}
