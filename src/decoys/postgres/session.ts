/** One connection: encryption, startup, authentication, then queries. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import {
  int32,
  PostgresFields,
  postgresMessage,
  PostgresReader,
  zeroText,
} from '../../wire/postgres-message.ts';
import { candidatePasswords, isLetIn } from '../credentials/candidates.ts';
import {
  scramAttributes,
  scramFits,
  ScramKeyCache,
  type ScramKeys,
  scramSignature,
} from '../credentials/scram.ts';
import { readable } from '../sql/fact.ts';
import { StatementFailure } from '../sql/failure.ts';
import { Connection } from './connection.ts';
import { errorMessage, failureOf } from './errors.ts';
import { instanceFor, type PostgresInstance } from './instance.ts';
import { Queries } from './queries.ts';
import { parameterStatus } from './settings.ts';

const startupLimit = 10_000;
const loginLimit = 65_536;
const queryLimit = 8 * 1024 * 1024;
const iterations = 4096;
/** Passwords tried against a SCRAM proof: each costs thousands of hashes once. */
const scramCandidates = 12;
/** Of the passwords that decoys have left lying about: each is a thousand hashes more. */
const plantedTried = 16;
export const weakPairs: readonly (readonly [string, string])[] = [['postgres', 'postgres']];
const keyCache = new ScramKeyCache();

type Stage = 'startup' | 'password' | 'scram-first' | 'scram-final' | 'queries' | 'over';

const md5 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  return hash.digest('hex');
};

export class PostgresSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #instance: PostgresInstance;
  readonly #reader = new PostgresReader(startupLimit);
  readonly #process: number;
  #stage: Stage = 'startup';
  #parameters = new Map<string, string>();
  #salt: Buffer = Buffer.alloc(0);
  #nonce = '';
  #clientFirst = '';
  #serverFirst = '';
  #secured = false;
  #queries: Queries | null = null;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#instance = instanceFor(context.persona, context.source, context.now());
    this.#instance.processes += 1;
    this.#process = this.#instance.processes;
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#stage === 'over') return;
    this.#reader.push(bytes);
    for (;;) {
      const input = this.#reader.next();
      if (input === null) return;
      if (input.kind === 'invalid') {
        // Ahead of the login the server only writes to its log; afterwards it says that it lost its place.
        if (this.#stage === 'queries') yield* this.#fatal(failureOf('08P01', 'invalid message length'));
        else yield* this.#close();
        return;
      }
      if (this.#stage === 'startup') {
        if (yield* this.#startup(input.body)) return;
      } else if (this.#stage === 'queries' && this.#queries !== null) {
        yield* this.#queries.receive(input.type, input.body);
        if (this.#queries.isOver) this.#stage = 'over';
      } else if (input.type === 'p') yield* this.#proof(input.body);
      else if (input.type === 'X') yield* this.#close();
      else
        yield* this.#fatal(
          failureOf('08P01', `expected password response, got message type ${input.type.charCodeAt(0)}`),
        );
      if (this.#isOver()) return;
    }
  }

  #isOver(): boolean {
    return this.#stage === 'over';
  }

  *#close(): Iterable<DecoyOutput> {
    this.#stage = 'over';
    yield { do: 'close' };
  }

  *#fatal(failure: StatementFailure): Iterable<DecoyOutput> {
    yield { do: 'reply', bytes: errorMessage(failure, '', 'FATAL') };
    yield* this.#close();
  }

  /** Int32 code: a version, or a request for encryption or to cancel. True where TLS begins. */
  *#startup(body: Buffer): Generator<DecoyOutput, boolean> {
    const code = body.length >= 4 ? body.readInt32BE(0) : 0;
    switch (code) {
      case 80_877_103:
        if (this.#context.persona.tls !== null && !this.#context.tls && !this.#secured) {
          this.#secured = true;
          yield { do: 'reply', bytes: Buffer.from('S') };
          yield { do: 'secure', rest: this.#reader.rest() };
          return true;
        }
        yield { do: 'reply', bytes: Buffer.from('N') };
        return false;
      case 80_877_104:
        yield { do: 'reply', bytes: Buffer.from('N') };
        return false;
      case 80_877_102:
        yield* this.#close();
        return false;
      default:
    }
    const [major, minor] = [code >>> 16, code & 0xffff];
    if (major !== 3) {
      yield* this.#fatal(
        failureOf('0A000', `unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.0`),
      );
      return false;
    }
    const fields = new PostgresFields(body.subarray(4));
    while (fields.left > 1 && this.#parameters.size < 64) {
      const name = fields.text();
      if (name === '') break;
      this.#parameters.set(name, fields.text().slice(0, 256));
    }
    if (fields.failed) {
      yield* this.#fatal(
        failureOf('08P01', 'invalid startup packet layout: expected terminator as last byte'),
      );
      return false;
    }
    const user = this.#parameters.get('user') ?? '';
    if (user === '') {
      yield* this.#fatal(failureOf('28000', 'no PostgreSQL user name specified in startup packet'));
      return false;
    }
    const application = this.#parameters.get('application_name') ?? '';
    if (application !== '') yield { do: 'know', fingerprints: { banner: readable(application, 200) } };
    this.#reader.typed = true;
    this.#reader.limit = loginLimit;
    switch (this.#instance.authentication) {
      case 'password':
        this.#stage = 'password';
        yield { do: 'reply', bytes: postgresMessage('R', int32(3)) };
        break;
      case 'md5':
        this.#stage = 'password';
        this.#salt = Buffer.from(this.#context.randomBytes(4));
        yield { do: 'reply', bytes: postgresMessage('R', int32(5), this.#salt) };
        break;
      default:
        this.#stage = 'scram-first';
        yield {
          do: 'reply',
          bytes: postgresMessage('R', int32(10), zeroText('SCRAM-SHA-256'), Buffer.of(0)),
        };
    }
    return false;
  }

  *#proof(body: Buffer): Iterable<DecoyOutput> {
    const user = this.#parameters.get('user') ?? '';
    if (this.#stage === 'password') {
      const answer = new PostgresFields(body).text();
      if (this.#instance.authentication === 'password') {
        yield* answer === ''
          ? this.#fatal(failureOf('28P01', `password authentication failed for user "${user}"`))
          : this.#decide(answer, '');
        return;
      }
      // md5(md5(password, user), salt)
      const { persona, source } = this.#context;
      const planted = plantedPasswords(persona, source);
      const candidates = candidatePasswords(user, persona.login, weakPairs, 256, planted);
      const found =
        candidates.find((candidate) => `md5${md5(md5(candidate, user), this.#salt)}` === answer) ?? null;
      yield* this.#decide(found, `$postgres$${user}*${this.#salt.toString('hex')}*${answer.slice(3, 64)}`);
    } else if (this.#stage === 'scram-first') yield* this.#scramFirst(body);
    else yield* this.#scramFinal(body.toString('latin1'));
  }

  /** String mechanism; Int32 length; the client's first message: `n,,n=,r=nonce` */
  *#scramFirst(body: Buffer): Iterable<DecoyOutput> {
    const fields = new PostgresFields(body);
    const mechanism = fields.text();
    const length = fields.int32();
    const message = fields.octets(length).toString('latin1');
    if (mechanism !== 'SCRAM-SHA-256') {
      yield* this.#fatal(failureOf('08P01', 'client selected an invalid SASL authentication mechanism'));
      return;
    }
    const bare = /^[ny](?:=[^,]*)?,[^,]{0,256},(.{1,2048})$/s.exec(message)?.[1] ?? '';
    const nonce = scramAttributes(bare).get('r') ?? '';
    if (nonce === '') {
      yield* this.#fatal(
        new StatementFailure(0, '08P01', 'malformed SCRAM message', {
          detail: 'Message length does not match input length.',
        }),
      );
      return;
    }
    this.#clientFirst = bare;
    this.#nonce = nonce + Buffer.from(this.#context.randomBytes(18)).toString('base64');
    this.#salt = this.#instance.salt(this.#parameters.get('user') ?? '');
    this.#serverFirst = `r=${this.#nonce},s=${this.#salt.toString('base64')},i=${iterations}`;
    this.#stage = 'scram-final';
    yield { do: 'reply', bytes: postgresMessage('R', int32(11), Buffer.from(this.#serverFirst, 'latin1')) };
  }

  /** `c=binding,r=nonce,p=proof` */
  *#scramFinal(message: string): Iterable<DecoyOutput> {
    const user = this.#parameters.get('user') ?? '';
    const attributes = scramAttributes(message);
    const proof = Buffer.from(attributes.get('p') ?? '', 'base64');
    if (attributes.get('r') !== this.#nonce) {
      yield* this.#fatal(
        new StatementFailure(0, '08P01', 'invalid SCRAM response', { detail: 'Nonce does not match.' }),
      );
      return;
    }
    const signed = `${this.#clientFirst},${this.#serverFirst},${message.slice(0, message.lastIndexOf(',p='))}`;
    let keys: ScramKeys | null = null;
    let password: string | null = null;
    for (const candidate of candidatePasswords(
      user,
      this.#context.persona.login,
      weakPairs,
      scramCandidates + plantedTried,
      plantedPasswords(this.#context.persona, this.#context.source, plantedTried),
    )) {
      const tried = keyCache.keys('sha256', candidate, this.#salt, iterations);
      if (!scramFits('sha256', tried, proof, signed)) continue;
      keys = tried;
      password = candidate;
      break;
    }
    const hidden = `$scram-sha-256$${user}*${this.#salt.toString('base64')}*${iterations}*${proof.toString('base64')}`;
    yield* this.#decide(
      password,
      hidden,
      keys === null
        ? null
        : postgresMessage('R', int32(12), Buffer.from(`v=${scramSignature('sha256', keys, signed)}`)),
    );
  }

  /** `signature` is what SCRAM owes the client; null where the server does not know the password and so cannot let it in. */
  *#decide(
    password: string | null,
    hidden: string,
    signature: Buffer | null = Buffer.alloc(0),
  ): Iterable<DecoyOutput> {
    const user = this.#parameters.get('user') ?? '';
    const attempt = this.#context.countAttempt();
    const accepted =
      signature !== null && isLetIn({ user, password, attempt }, this.#context.persona.login, weakPairs);
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'postgres',
        user: readable(user, 256),
        // A proof whose password stays hidden is recorded in the form that crackers take, with the method `other`.
        ...(password === null
          ? { method: 'other', password: hidden }
          : { method: 'password', password: readable(password, 256) }),
        accepted,
      },
    };
    if (!accepted) {
      yield* this.#fatal(failureOf('28P01', `password authentication failed for user "${user}"`));
      return;
    }
    const pieces = [signature ?? Buffer.alloc(0), postgresMessage('R', int32(0))];
    const database = this.#parameters.get('database') ?? user;
    if (!this.#instance.space.databases.has(database)) {
      yield { do: 'reply', bytes: Buffer.concat(pieces) };
      yield* this.#fatal(failureOf('3D000', `database "${database}" does not exist`));
      return;
    }
    if (!this.#instance.roles.has(user))
      this.#instance.roles.set(user, { oid: this.#instance.nextOid++, isSuperuser: false });
    const connection = new Connection(
      this.#context,
      this.#instance,
      this.#process,
      user,
      database,
      this.#parameters.get('application_name') ?? '',
    );
    this.#queries = new Queries(connection);
    this.#stage = 'queries';
    this.#reader.limit = queryLimit;
    const secret = Buffer.from(this.#context.randomBytes(4));
    yield {
      do: 'reply',
      bytes: Buffer.concat([
        ...pieces,
        parameterStatus(this.#instance, connection.settings),
        postgresMessage('K', int32(this.#process), secret),
        postgresMessage('Z', Buffer.from('I')),
      ]),
    };
  }
}
