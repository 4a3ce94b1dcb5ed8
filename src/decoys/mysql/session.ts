/** One connection: greeting, login with its detours, then commands. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { candidatePasswords, isLetIn } from '../credentials/candidates.ts';
import { exploitSeen, readable } from '../sql/fact.ts';
import { StatementFailure } from '../sql/failure.ts';
import { MysqlPacketReader, mysqlPacket } from '../../wire/mysql-packet.ts';
import { Commands } from './commands.ts';
import { mysqlError } from './errors.ts';
import { instanceFor, type MysqlInstance } from './instance.ts';
import { parseLogin, type LoginRequest } from './login.ts';
import { crackable, openedPassword, provenPassword, publicKeyOf } from './proof.ts';
import { capability, errorPayload, okPayload, type Client } from './result.ts';

/** Octets of a packet ahead of the login, and after it (what the persona would take is more, but nobody sends it). */
const loginLimit = 64 * 1024;
const commandLimit = 8 * 1024 * 1024;
/** What attackers try first and what such servers are left with. */
export const weakPairs: readonly (readonly [string, string])[] = [['root', 'root']];
/** Wrong guesses after which one that the flaw lets in is taken for an attempt at it. */
const flawGuesses = 32;

type Stage =
  | 'login'
  /** The client was told to use another method. */
  | 'switched'
  /** caching_sha2_password wants the password itself. */
  | 'whole'
  | 'commands'
  | 'over';

export class MysqlSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #instance: MysqlInstance;
  readonly #reader = new MysqlPacketReader(loginLimit);
  readonly #nonce: Buffer;
  readonly #thread: number;
  #stage: Stage = 'login';
  #request: LoginRequest | null = null;
  /** The login has not begun inside TLS; a client that asks for it twice is at fault. */
  #secured = false;
  #commands: Commands | null = null;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#instance = instanceFor(context.persona, context.source, context.now());
    this.#instance.threads += 1;
    this.#thread = this.#instance.threads;
    // Printable and without a zero, as the servers draw it.
    this.#nonce = Buffer.from(context.randomBytes(20).map((octet) => 33 + (octet % 94)));
  }

  /**
   *     int<1> 10; string<NUL> version; int<4> thread; byte[8] nonce; int<1> 0; int<2> capabilities; int<1> collation;
   *     int<2> status; int<2> capabilities; int<1> length of the nonce; byte[6] 0; int<4> MariaDB's capabilities;
   *     byte[12] nonce; int<1> 0; string<NUL> method
   */
  *start(): Iterable<DecoyOutput> {
    const { greeting, capabilities, collation, extended, method } = this.#instance.identity;
    const shown = this.#context.tls ? capabilities & ~capability.tls : capabilities;
    const fixed = Buffer.alloc(18);
    fixed.writeUInt16LE(shown & 0xffff, 0);
    fixed[2] = collation;
    fixed.writeUInt16LE(2, 3);
    fixed.writeUInt16LE((shown >>> 16) & 0xffff, 5);
    fixed[7] = (shown & capability.pluginAuthentication) === 0 ? 0 : 21;
    fixed.writeUInt32LE(extended, 14);
    const thread = Buffer.alloc(4);
    thread.writeUInt32LE(this.#thread);
    const name = (shown & capability.pluginAuthentication) === 0 ? '' : `${method}\0`;
    yield this.#send(
      0,
      Buffer.concat([
        Buffer.from(`\n${greeting}\0`, 'latin1'),
        thread,
        this.#nonce.subarray(0, 8),
        Buffer.of(0),
        fixed,
        this.#nonce.subarray(8),
        Buffer.from(`\0${name}`, 'latin1'),
      ]),
    );
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#stage === 'over') return;
    this.#reader.push(bytes);
    for (;;) {
      const packet = this.#reader.next();
      if (packet === null) return;
      if (packet.kind === 'too-long') {
        if (this.#stage === 'login') yield* this.#disordered();
        else yield* this.#refuse(packet.sequence + 1, mysqlError.packetTooLarge());
        return;
      }
      const { sequence, payload } = packet;
      if (this.#stage === 'commands' && this.#commands !== null) {
        if (sequence !== 0 && !this.#commands.wantsFile) {
          yield* this.#refuse(1, disordered);
          return;
        }
        yield* this.#commands.receive(payload, sequence);
        if (this.#commands.isOver) this.#stage = 'over';
      } else if (sequence === 0 || (this.#stage === 'login' && sequence !== (this.#secured ? 2 : 1))) {
        yield* this.#disordered();
      } else if (this.#stage === 'login') {
        const secures = yield* this.#login(payload, sequence);
        if (secures) return;
      } else yield* this.#proof(payload, sequence);
      if (this.#isOver()) return;
    }
  }

  /** Asked anew after each packet, which the type of a field compared above would not allow. */
  #isOver(): boolean {
    return this.#stage === 'over';
  }

  #send(sequence: number, payload: Uint8Array): DecoyOutput {
    return { do: 'reply', bytes: mysqlPacket(payload, sequence) };
  }

  *#disordered(): Iterable<DecoyOutput> {
    yield* this.#refuse(1, disordered);
  }

  *#refuse(sequence: number, failure: StatementFailure, is41 = true): Iterable<DecoyOutput> {
    this.#stage = 'over';
    yield this.#send(sequence, errorPayload(failure, is41));
    yield { do: 'close' };
  }

  /** True where TLS begins. */
  *#login(payload: Buffer, sequence: number): Generator<DecoyOutput, boolean> {
    const { identity } = this.#instance;
    // SSLRequest: the first 32 octets of a login, with the capability CLIENT_SSL.
    if (payload.length >= 4 && payload.length <= 32 && (payload.readUInt32LE(0) & capability.tls) !== 0) {
      if (identity.offersTls && !this.#context.tls && !this.#secured) {
        this.#secured = true;
        yield { do: 'secure', rest: this.#reader.rest() };
        return true;
      }
    }
    const request = parseLogin(payload);
    if (request === null) {
      // What the client said of itself decides on the form, where it got that far.
      const is41 = payload.length < 2 || (payload.readUInt16LE(0) & capability.protocol41) !== 0;
      yield* this.#refuse(sequence + 1, new StatementFailure(1043, '08S01', 'Bad handshake'), is41);
      return false;
    }
    this.#request = request;
    const banner = ['_client_name', '_client_version', 'program_name', '_os', '_platform']
      .map((name) => request.attributes.get(name) ?? '')
      .filter((value) => value !== '')
      .join(' ');
    if (banner !== '') yield { do: 'know', fingerprints: { banner: readable(banner, 200) } };
    if (
      request.method !== identity.method &&
      (request.capabilities & capability.pluginAuthentication) !== 0
    ) {
      this.#stage = 'switched';
      yield this.#send(
        sequence + 1,
        Buffer.concat([Buffer.from(`\xfe${identity.method}\0`, 'latin1'), this.#nonce, Buffer.of(0)]),
      );
      return false;
    }
    yield* this.#judge(request.proof, sequence);
    return false;
  }

  *#proof(payload: Buffer, sequence: number): Iterable<DecoyOutput> {
    if (this.#stage === 'switched') {
      yield* this.#judge(payload, sequence);
      return;
    }
    // Perform full authentication: the password in clear inside TLS, 0x02 for the key, or the password sealed with the key.
    if (this.#context.tls) {
      yield* this.#decide(payload.toString('latin1').replace(/\0$/, ''), null, sequence);
      return;
    }
    if (payload.length === 1 && payload[0] === 2) {
      const key = publicKeyOf(this.#context.persona);
      if (key === null) yield* this.#decide(null, payload, sequence);
      else yield this.#send(sequence + 1, Buffer.from(`\x01${key}`, 'latin1'));
      return;
    }
    const opened = openedPassword(this.#context.persona, payload, this.#nonce);
    yield* this.#decide(opened, this.#request?.proof ?? payload, sequence);
  }

  /** A proof by challenge: what it gives away, and whether it is enough. */
  *#judge(proof: Buffer, sequence: number): Iterable<DecoyOutput> {
    const { identity } = this.#instance;
    const user = this.#request?.user ?? '';
    const isCaching = identity.method === 'caching_sha2_password';
    if (proof.length === 0 || (isCaching && proof.length === 1 && proof[0] === 0)) {
      yield* this.#decide('', null, sequence);
      return;
    }
    const { persona, source } = this.#context;
    const { login } = persona;
    const planted = plantedPasswords(persona, source);
    const password = provenPassword(
      proof,
      this.#nonce,
      candidatePasswords(user, login, weakPairs, 256, planted),
    );
    if (isCaching) {
      if (password !== null && this.#instance.cached.has(`${user}:${password}`)) {
        yield this.#send(sequence + 1, Buffer.of(1, 3));
        yield* this.#decide(password, null, sequence + 1);
        return;
      }
      // The digest is not cached: the client shall show the password itself, which tells more than any proof.
      if (this.#request !== null) this.#request = { ...this.#request, proof };
      this.#stage = 'whole';
      yield this.#send(sequence + 1, Buffer.of(1, 4));
      return;
    }
    yield* this.#decide(password, proof, sequence);
  }

  *#decide(password: string | null, proof: Buffer | null, sequence: number): Iterable<DecoyOutput> {
    const context = this.#context;
    const { identity } = this.#instance;
    const request = this.#request;
    if (request === null) return;
    const { user } = request;
    const attempt = context.countAttempt();
    let accepted = isLetIn({ user, password, attempt }, context.persona.login, weakPairs);
    let isFlaw = false;
    if (!accepted && password !== '' && identity.hasComparisonFlaw) {
      // CVE-2012-2122: the comparison's result is cut to an octet, so that one wrong password in 256 is right.
      this.#instance.blindGuesses += 1;
      isFlaw = context.randomBytes(1)[0] === 0;
      accepted = isFlaw;
      isFlaw &&= this.#instance.blindGuesses > flawGuesses;
    } else if (!accepted) this.#instance.blindGuesses += 1;
    const hidden = proof === null ? {} : { password: crackable(identity.method, this.#nonce, proof) };
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'mysql',
        user: readable(user, 256),
        // A proof whose password stays hidden is recorded in the form that crackers take, with the method `other`.
        ...(password === null
          ? { method: 'other', ...hidden }
          : { method: 'password', password: readable(password, 256) }),
        accepted,
      },
    };
    if (isFlaw) {
      yield exploitSeen('mysql', {
        name: 'mysql-authentication-flaw',
        class: 'auth-bypass',
        technique: 'T1190',
        cves: ['CVE-2012-2122'],
        detail: `${user}: let in after ${this.#instance.blindGuesses} wrong passwords`,
      });
    }
    const host = context.source;
    if (!accepted) {
      yield* this.#refuse(sequence + 1, mysqlError.denied(user, host, password === '' ? 'NO' : 'YES'));
      return;
    }
    if (password !== null && this.#instance.cached.size < 64)
      this.#instance.cached.add(`${user}:${password}`);
    const client: Client = {
      capabilities: request.capabilities,
      extended: request.extended & identity.extended,
    };
    const commands = new Commands(context, this.#instance, client, this.#thread, user);
    if (request.database !== '' && !commands.use(request.database)) {
      yield* this.#refuse(sequence + 1, mysqlError.unknownDatabase(request.database));
      return;
    }
    this.#commands = commands;
    this.#stage = 'commands';
    this.#reader.limit = commandLimit;
    yield this.#send(sequence + 1, okPayload());
  }
}

const disordered = new StatementFailure(1156, '08S01', 'Got packets out of order');
