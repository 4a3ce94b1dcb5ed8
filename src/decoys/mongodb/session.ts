/** A connection: OP_MSG and OP_QUERY in, OP_MSG and OP_REPLY out; SCRAM where the persona asks for a login. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { type BsonDocument, bsonText, type BsonValue, Double, readBson, writeBson } from '../../wire/bson.ts';
import { plantedPasswords } from '../../wire/planted-credential.ts';
import { urlsIn } from '../../wire/url-text.ts';
import { candidatePasswords, isLetIn } from '../credentials/candidates.ts';
import {
  scramAttributes,
  scramFits,
  type ScramHash,
  ScramKeyCache,
  type ScramKeys,
  scramSignature,
} from '../credentials/scram.ts';
import { readable } from '../sql/fact.ts';
import { failed } from './answer.ts';
import type { Command } from './command.ts';
import { openCommands, runCommand } from './commands.ts';
import { text } from './field.ts';
import { instanceFor, type MongoInstance } from './instance.ts';

const messageLimit = 4 * 1024 * 1024;
const replyLimit = 32 * 1024 * 1024;
const recordLimit = 1000;
const scramCandidates = 8;
/** Of the passwords that decoys have left lying about: each is ten thousand hashes more. */
const plantedTried = 12;
const weakPairs: readonly (readonly [string, string])[] = [
  ['admin', 'admin'],
  ['root', 'root'],
];
const keyCache = new ScramKeyCache();

interface Scram {
  readonly hash: ScramHash;
  readonly user: string;
  readonly clientFirst: string;
  readonly serverFirst: string;
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
  /** The proof was right: what follows is the client's thanks. */
  readonly isProven: boolean;
}

const opcode = { reply: 1, query: 2004, message: 2013 } as const;

export class MongoSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #instance: MongoInstance;
  #pieces: Buffer[] = [];
  #size = 0;
  #held: Buffer = Buffer.alloc(0);
  #over = false;
  #replied = 0;
  #recorded = 0;
  #loggedIn: boolean;
  #scram: Scram | null = null;

  constructor(context: DecoyContext) {
    this.#context = context;
    this.#instance = instanceFor(context.persona, context.source, context.now());
    this.#instance.connections += 1;
    this.#loggedIn = !this.#instance.asksForLogin;
  }

  /** int32 length of it all; int32 request id; int32 response to; int32 opcode; then by the opcode. */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#over) return;
    this.#pieces.push(Buffer.from(bytes));
    this.#size += bytes.length;
    for (;;) {
      if (this.#held.length < 16) this.#join();
      if (this.#held.length < 16) return;
      const length = this.#held.readInt32LE(0);
      if (length < 16 || length > messageLimit) {
        yield* this.#close();
        return;
      }
      if (this.#held.length + this.#size < length) return;
      this.#join();
      const message = this.#held.subarray(0, length);
      this.#held = this.#held.subarray(length);
      yield* this.#message(message);
      if (this.#over) return;
    }
  }

  #join(): void {
    if (this.#size === 0) return;
    this.#held = Buffer.concat([this.#held, ...this.#pieces]);
    this.#pieces = [];
    this.#size = 0;
  }

  *#close(): Iterable<DecoyOutput> {
    this.#over = true;
    yield { do: 'close' };
  }

  *#message(message: Buffer): Iterable<DecoyOutput> {
    const id = message.readInt32LE(4);
    switch (message.readInt32LE(12)) {
      case opcode.message:
        yield* this.#opMessage(message, id);
        return;
      case opcode.query:
        yield* this.#opQuery(message, id);
        return;
      default:
        // The old writes (2001, 2002, 2006) get no answer; of the rest the server wants nothing.
        if (![2001, 2002, 2006, 2007].includes(message.readInt32LE(12))) yield* this.#close();
    }
  }

  /** uint32 flags; sections: uint8 0 and a document, or uint8 1, int32 size, cstring name, documents; (uint32 checksum) */
  *#opMessage(message: Buffer, id: number): Iterable<DecoyOutput> {
    if (message.length < 21) {
      yield* this.#close();
      return;
    }
    const flags = message.readUInt32LE(16);
    const end = message.length - ((flags & 1) === 1 ? 4 : 0);
    const body = new Map<string, BsonValue>();
    const sequences: [string, BsonValue[]][] = [];
    for (let at = 20; at < end;) {
      const kind = message[at];
      if (kind === 0) {
        const found = readBson(message.subarray(0, end), at + 1);
        if (found === null) {
          yield* this.#close();
          return;
        }
        for (const [name, item] of found.document) body.set(name, item);
        at = found.end;
      } else if (kind === 1 && at + 5 <= end) {
        const size = message.readInt32LE(at + 1);
        const stop = at + 1 + size;
        const nameEnd = message.indexOf(0, at + 5);
        if (size < 5 || stop > end || nameEnd < 0 || nameEnd >= stop) {
          yield* this.#close();
          return;
        }
        const documents: BsonValue[] = [];
        for (let place = nameEnd + 1; place < stop;) {
          const found = readBson(message.subarray(0, stop), place);
          if (found === null) {
            yield* this.#close();
            return;
          }
          documents.push(found.document);
          place = found.end;
        }
        sequences.push([message.toString('utf8', at + 5, nameEnd), documents]);
        at = stop;
      } else {
        yield* this.#close();
        return;
      }
    }
    for (const [name, documents] of sequences) body.set(name, documents);
    const answer = yield* this.#answer(text(body.get('$db')) || 'test', body);
    // moreToCome: the client wants no answer.
    if ((flags & 2) !== 0) return;
    const section = Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), writeBson(answer)]);
    yield* this.#send(opcode.message, id, section);
  }

  /** int32 flags; cstring collection; int32 skip; int32 number to return; document query */
  *#opQuery(message: Buffer, id: number): Iterable<DecoyOutput> {
    const end = message.indexOf(0, 20);
    const found = end < 0 || end + 9 > message.length ? null : readBson(message, end + 9);
    if (found === null) {
      yield* this.#close();
      return;
    }
    const space = message.toString('utf8', 20, end);
    const dot = space.indexOf('.');
    const database = dot < 0 ? space : space.slice(0, dot);
    const collection = space.slice(dot + 1);
    let documents: BsonValue[];
    if (collection === '$cmd') {
      const query = found.document.get('$query') ?? found.document.get('query');
      const body: BsonDocument = query instanceof Map ? query : found.document;
      documents = [yield* this.#answer(database, body)];
    } else {
      const query = found.document.get('$query');
      const filter: BsonDocument = query instanceof Map ? query : found.document;
      const limit = Math.abs(message.readInt32LE(end + 5));
      const answer = yield* this.#answer(
        database,
        new Map<string, BsonValue>([
          ['find', collection],
          ['filter', filter],
          ['limit', limit],
        ]),
      );
      const cursor = answer.get('cursor');
      const batch = cursor instanceof Map ? cursor.get('firstBatch') : undefined;
      documents = Array.isArray(batch)
        ? [...batch]
        : [
            new Map<string, BsonValue>([
              ['$err', text(answer.get('errmsg'))],
              ['code', answer.get('code') ?? 0],
            ]),
          ];
    }
    // int32 flags; int64 cursor; int32 starting from; int32 number; documents
    const head = Buffer.alloc(20);
    head.writeInt32LE(8, 0);
    head.writeInt32LE(documents.length, 16);
    yield* this.#send(
      opcode.reply,
      id,
      Buffer.concat([head, ...documents.map((each) => writeBson(each instanceof Map ? each : new Map()))]),
    );
  }

  *#send(code: number, responseTo: number, body: Buffer): Iterable<DecoyOutput> {
    this.#instance.requests += 1;
    const head = Buffer.alloc(16);
    head.writeInt32LE(body.length + 16, 0);
    head.writeInt32LE(this.#instance.requests & 0x7fffffff, 4);
    head.writeInt32LE(responseTo, 8);
    head.writeInt32LE(code, 12);
    this.#replied += body.length + 16;
    yield { do: 'reply', bytes: Buffer.concat([head, body]) };
    if (this.#replied > replyLimit) yield* this.#close();
  }

  *#answer(database: string, body: BsonDocument): Generator<DecoyOutput, BsonDocument> {
    const [name = ''] = body.keys();
    const lower = name.toLowerCase();
    const client = body.get('client');
    if (client instanceof Map) {
      const driver = client.get('driver');
      if (driver instanceof Map)
        yield {
          do: 'know',
          fingerprints: {
            banner: readable(`${text(driver.get('name'))} ${text(driver.get('version'))}`, 200),
          },
        };
    }
    if (lower === 'saslstart') return yield* this.#saslStart(body);
    if (lower === 'saslcontinue') return yield* this.#saslContinue(body);
    this.#recorded += 1;
    if (this.#recorded <= recordLimit) {
      const shown = bsonText(body, 2048);
      const urls = urlsIn(bsonText(body, 16_384));
      yield {
        do: 'saw',
        fact: {
          kind: 'command',
          service: 'mongodb',
          input: readable(Buffer.from(`${database}: ${shown}`).toString('latin1'), 2048),
          ...(urls.length > 0 ? { urls } : {}),
        },
      };
    }
    if (!this.#loggedIn && !openCommands.has(lower)) {
      return failed(
        13,
        'Unauthorized',
        this.#instance.atLeast(4, 0)
          ? `command ${name.slice(0, 128)} requires authentication`
          : `not authorized on ${database} to execute command ${bsonText(body, 512)}`,
      );
    }
    const host = this.#context.source.includes(':') ? `[${this.#context.source}]` : this.#context.source;
    const command: Command = {
      instance: this.#instance,
      database: database.slice(0, 64),
      body,
      now: this.#context.now(),
      peer: `${host}:${this.#context.sourcePort}`,
      outputs: [],
    };
    const answer = runCommand(command);
    yield* command.outputs;
    return answer;
  }

  /** { saslStart: 1, mechanism, payload: `n,,n=user,r=nonce` } */
  *#saslStart(body: BsonDocument): Generator<DecoyOutput, BsonDocument> {
    const mechanism = text(body.get('mechanism'));
    const hash: ScramHash | null =
      mechanism === 'SCRAM-SHA-256' && this.#instance.atLeast(4, 0)
        ? 'sha256'
        : mechanism === 'SCRAM-SHA-1'
          ? 'sha1'
          : null;
    const payload = body.get('payload');
    const message = Buffer.isBuffer(payload) ? payload.toString('latin1') : text(payload);
    if (mechanism === 'PLAIN') {
      const [, user = '', password = ''] = message.split('\0');
      this.#context.countAttempt();
      yield {
        do: 'saw',
        fact: {
          kind: 'auth',
          service: 'mongodb',
          user: readable(user, 256),
          method: 'password',
          password: readable(password, 256),
          accepted: false,
        },
      };
    }
    if (hash === null)
      return failed(334, 'MechanismUnavailable', `Unsupported mechanism ${mechanism.slice(0, 64)}`);
    const clientFirst = message.replace(/^[nyp](?:=[^,]{0,64})?,[^,]{0,256},/, '').slice(0, 1024);
    const attributes = scramAttributes(clientFirst);
    const user = (attributes.get('n') ?? '').replaceAll('=2C', ',').replaceAll('=3D', '=');
    const random = this.#context.persona.random(`mongodb salt ${hash} ${user}`);
    const salt = Buffer.from(Array.from({ length: hash === 'sha1' ? 16 : 28 }, () => random.next() & 0xff));
    const nonce = (attributes.get('r') ?? '') + Buffer.from(this.#context.randomBytes(24)).toString('base64');
    const iterations = hash === 'sha1' ? 10_000 : 15_000;
    const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`;
    this.#scram = { hash, user, clientFirst, serverFirst, nonce, salt, iterations, isProven: false };
    return new Map<string, BsonValue>([
      ['conversationId', 1],
      ['done', false],
      ['payload', Buffer.from(serverFirst, 'latin1')],
      ['ok', new Double(1)],
    ]);
  }

  /** { saslContinue: 1, payload: `c=biws,r=nonce,p=proof` } */
  *#saslContinue(body: BsonDocument): Generator<DecoyOutput, BsonDocument> {
    const scram = this.#scram;
    const refused = failed(18, 'AuthenticationFailed', 'Authentication failed.');
    if (scram === null) return failed(17, 'ProtocolError', 'No SASL session state found');
    if (scram.isProven) {
      this.#scram = null;
      return new Map<string, BsonValue>([
        ['conversationId', 1],
        ['done', true],
        ['payload', Buffer.alloc(0)],
        ['ok', new Double(1)],
      ]);
    }
    this.#scram = null;
    const payload = body.get('payload');
    const message = Buffer.isBuffer(payload) ? payload.toString('latin1') : text(payload);
    const attributes = scramAttributes(message);
    if (attributes.get('r') !== scram.nonce) return refused;
    const proof = Buffer.from(attributes.get('p') ?? '', 'base64');
    const signed = `${scram.clientFirst},${scram.serverFirst},${message.slice(0, Math.max(0, message.lastIndexOf(',p=')))}`;
    let keys: ScramKeys | null = null;
    let password: string | null = null;
    for (const candidate of candidatePasswords(
      scram.user,
      this.#context.persona.login,
      weakPairs,
      scramCandidates + plantedTried,
      plantedPasswords(this.#context.persona, this.#context.source, plantedTried),
    )) {
      // SCRAM-SHA-1 of MongoDB works on the digest that its older logins used.
      const secret =
        scram.hash === 'sha1'
          ? createHash('md5').update(`${scram.user}:mongo:${candidate}`).digest('hex')
          : candidate;
      const tried = keyCache.keys(scram.hash, secret, scram.salt, scram.iterations);
      if (!scramFits(scram.hash, tried, proof, signed)) continue;
      keys = tried;
      password = candidate;
      break;
    }
    const attempt = this.#context.countAttempt();
    const accepted =
      keys !== null &&
      isLetIn({ user: scram.user, password, attempt }, this.#context.persona.login, weakPairs);
    const hidden = `$mongodb-scram-${scram.hash}$${scram.user}*${scram.iterations}*${scram.salt.toString('base64')}*${proof.toString('base64')}`;
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'mongodb',
        user: readable(scram.user, 256),
        // A proof whose password stays hidden is recorded in the form that crackers take, with the method `other`.
        ...(password === null
          ? { method: 'other', password: hidden.slice(0, 512) }
          : { method: 'password', password: readable(password, 256) }),
        accepted,
      },
    };
    if (!accepted || keys === null) return refused;
    this.#loggedIn = true;
    this.#scram = { ...scram, isProven: true };
    return new Map<string, BsonValue>([
      ['conversationId', 1],
      ['done', false],
      ['payload', Buffer.from(`v=${scramSignature(scram.hash, keys, signed)}`)],
      ['ok', new Double(1)],
    ]);
  }
}
