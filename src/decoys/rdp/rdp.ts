import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { derLength } from '../../wire/der-reader.ts';
import { asksForServerChannel, readClientData } from './client-data.ts';
import { demandActive, finalization, isFontList } from './activation.ts';
import { readClientInfo, requestData } from './client-info.ts';
import { agree, protocol, readConnectionRequest } from './connection-request.ts';
import { NetworkLogin } from './network-login.ts';
import {
  attachUserConfirm,
  channelJoinConfirm,
  connectResponse,
  disconnected,
  sendData,
  validClient,
} from './server-data.ts';
import { type RdpSetting, settingOf } from './setting.ts';
import { StandardSecurity } from './standard-security.ts';

const requestBytes = 65_536;

type Stage = 'request' | 'network login' | 'connect' | 'session' | 'over';

/** A Windows remote desktop up to where a picture would come: [MS-RDPBCGR] §1.3.1.1. */
class RdpSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #setting: RdpSetting;
  readonly #login: NetworkLogin;
  #stage: Stage = 'request';
  #held: Buffer = Buffer.alloc(0);
  #protocol: number = protocol.rdp;
  /** Null below TLS, and for a client that knows of no encryption. */
  #security: StandardSecurity | null = null;
  #width = 0;
  #height = 0;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#setting = settingOf(context.persona);
    this.#login = new NetworkLogin(context, this.#setting);
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#stage === 'over') return;
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    for (;;) {
      const stage = this.#now();
      if (stage === 'over') return;
      const needed = this.#needed();
      if (needed < 0) {
        yield* this.#close();
        return;
      }
      if (needed === 0 || this.#held.length < needed) return;
      const message = this.#held.subarray(0, needed);
      const rest = this.#held.subarray(needed);
      this.#held = rest;
      for (const output of this.#take(stage, message)) {
        yield output;
        // TLS begins: what came behind is part of it.
        if (output.do === 'secure') {
          this.#held = Buffer.alloc(0);
          return;
        }
      }
    }
  }

  end(): Iterable<DecoyOutput> {
    this.#stage = 'over';
    return [];
  }

  #now(): Stage {
    return this.#stage;
  }

  /** Octets of the message that begins with what is held, 0 where that cannot be told yet, -1 for one that is none. */
  #needed(): number {
    if (this.#held.length === 0) return 0;
    if (this.#stage === 'network login') {
      if (this.#held[0] !== 0x30) return -1;
      const length = derLength(this.#held);
      return length === null ? 0 : length > requestBytes ? -1 : length;
    }
    if (this.#stage === 'session' && ((this.#held[0] ?? 0) & 3) === 0) {
      // Fast-path input: action and number of events, length (1 or 2)
      const [, first = 0, second] = this.#held;
      if (this.#held.length < 3 || second === undefined) return 0;
      const length = first < 0x80 ? first : ((first & 0x7f) << 8) | second;
      return length < 2 ? -1 : length;
    }
    if (this.#held[0] !== 3) return -1;
    if (this.#held.length < 4) return 0;
    const length = this.#held.readUInt16BE(2);
    return length < 7 ? -1 : length;
  }

  *#close(): Iterable<DecoyOutput> {
    this.#stage = 'over';
    yield { do: 'close' };
  }

  *#take(stage: Stage, message: Buffer): Iterable<DecoyOutput> {
    if (stage === 'request') yield* this.#request(message);
    else if (stage === 'network login') yield* this.#networkLogin(message);
    else if (message[0] === 3) yield* this.#connect(message);
    // Fast-path input is looked at for its signature alone.
    else if (this.#security?.openFastPath(message) === null) yield* this.#close();
  }

  *#request(message: Buffer): Iterable<DecoyOutput> {
    const request = readConnectionRequest(message);
    if (request === null) {
      yield* this.#close();
      return;
    }
    if (request.cookie !== '') yield* this.#record(`mstshash=${request.cookie}`);
    const agreement = agree(request, this.#setting);
    yield { do: 'reply', bytes: agreement.reply };
    if (agreement.protocol === null) {
      yield* this.#close();
      return;
    }
    this.#protocol = agreement.protocol;
    const isNetwork = this.#protocol === protocol.hybrid || this.#protocol === protocol.hybridExtended;
    this.#stage = isNetwork ? 'network login' : 'connect';
    if (this.#protocol !== protocol.rdp && !this.#context.tls)
      yield { do: 'secure', rest: new Uint8Array(this.#held) };
  }

  *#networkLogin(message: Buffer): Iterable<DecoyOutput> {
    yield* this.#login.take(message);
    if (this.#login.state === 'refused') yield* this.#close();
    else if (this.#login.state === 'done') {
      this.#stage = 'connect';
      // Early User Authorization Result: AUTHZ_SUCCESS
      if (this.#protocol === protocol.hybridExtended) yield { do: 'reply', bytes: Buffer.alloc(4) };
    }
  }

  *#connect(message: Buffer): Iterable<DecoyOutput> {
    // X.224 data: length indicator 2, 0xF0, end of TSDU
    if (message[5] !== 0xf0) {
      yield* this.#close();
      return;
    }
    const body = message.subarray(7);
    switch ((body[0] ?? 0) >> 2) {
      case 0x7f >> 2: {
        yield* this.#connectInitial(message);
        return;
      }
      case 1:
        // ErectDomainRequest has no answer.
        return;
      case 10:
        yield { do: 'reply', bytes: attachUserConfirm() };
        return;
      case 14:
        if (body.length >= 5) yield { do: 'reply', bytes: channelJoinConfirm(body) };
        return;
      case 8:
        // DisconnectProviderUltimatum
        yield* this.#close();
        return;
      case 25:
        yield* this.#data(body);
        return;
      default:
        yield* this.#close();
    }
  }

  *#connectInitial(message: Buffer): Iterable<DecoyOutput> {
    const data = readClientData(message);
    if (data === null) {
      yield* this.#close();
      return;
    }
    const size = `${data.width}x${data.height}`;
    const channels = data.channels.map((name) => name.replaceAll(/[^ -~]/g, '?')).join(' ');
    yield* this.#record(
      `client ${data.name} build ${data.build} keyboard 0x${data.keyboard.toString(16)} ${size} channels ${channels}`,
    );
    if (asksForServerChannel(data.channels))
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service: 'rdp',
          class: 'protocol',
          name: 'bluekeep',
          cves: ['CVE-2019-0708'],
          technique: 'T1210',
          detail: 'the client asks for the channel MS_T120',
        },
      };
    this.#width = data.width;
    this.#height = data.height;
    if (this.#protocol === protocol.rdp && data.encryption !== 0) {
      const { persona } = this.#context;
      const random = this.#context.randomBytes(32);
      this.#security = StandardSecurity.choose(persona, this.#setting.keyBits, random, data.encryption);
      if (this.#security === null) {
        yield* this.#close();
        return;
      }
    }
    const security = this.#security?.serverData();
    yield { do: 'reply', bytes: connectResponse(data.protocols, data.channels.length, security) };
  }

  /** What the client sent over a channel, from its security header on. */
  *#data(body: Buffer): Iterable<DecoyOutput> {
    const data = requestData(body);
    if (this.#security === null) {
      yield* this.#message(data);
      return;
    }
    if (!this.#security.isReady) {
      if (!this.#security.exchange(data)) yield* this.#close();
      return;
    }
    const opened = this.#security.open(data);
    if (opened === null) yield* this.#close();
    // With encryption every message has a security header; without it those of the login alone.
    else yield* this.#message(this.#stage === 'session' ? opened.subarray(4) : opened);
  }

  #send(data: Buffer): DecoyOutput {
    return { do: 'reply', bytes: sendData(this.#security?.seal(data) ?? data) };
  }

  *#message(data: Buffer): Iterable<DecoyOutput> {
    if (this.#stage === 'session') {
      if (isFontList(data)) for (const message of finalization()) yield this.#send(message);
      return;
    }
    const info = readClientInfo(data);
    if (info === null) return;
    const user = info.domain === '' ? info.user : `${info.domain}\\${info.user}`;
    // Behind NLA these are the credentials that were looked at already.
    let lets = this.#login.state === 'done';
    if (!lets) {
      const { accepted, acceptAfter } = this.#context.persona.login;
      const count = this.#context.countAttempt();
      const same = (name: string): boolean => name === '*' || name.toLowerCase() === info.user.toLowerCase();
      const listed = accepted.some(
        ([name, secret]) => same(name) && (secret === '*' || secret === info.password),
      );
      lets = listed || (acceptAfter > 0 && count >= acceptAfter);
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'rdp',
          user,
          method: 'password',
          password: info.password,
          accepted: lets,
        },
      };
    }
    if (info.shell !== '') yield* this.#record(`alternate shell ${info.shell}`);
    // The answer about the licence is never encrypted here: it carries its own security header.
    yield { do: 'reply', bytes: sendData(validClient()) };
    if (lets) {
      this.#stage = 'session';
      yield this.#send(demandActive(this.#width, this.#height));
      return;
    }
    yield { do: 'reply', bytes: disconnected() };
    yield* this.#close();
  }

  *#record(input: string): Iterable<DecoyOutput> {
    yield { do: 'saw', fact: { kind: 'command', service: 'rdp', input: input.slice(0, 1024) } };
  }
}

export const rdp: Decoy = {
  name: 'rdp',
  summary:
    'A Windows remote desktop: negotiation, network level authentication with NTLM, TLS, standard security, BlueKeep',
  transport: 'tcp',
  ports: [3389],
  recognise: (firstBytes) =>
    firstBytes[0] === 3 &&
    firstBytes[1] === 0 &&
    firstBytes.length >= 11 &&
    ((firstBytes[5] ?? 0) & 0xf0) === 0xe0
      ? 0.9
      : 0,
  open: (context) => new RdpSession(context),
};
