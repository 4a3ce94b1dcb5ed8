/** One connection to the decoy: requests in, replies and facts out. */

import type { DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { RespReader } from '../../wire/resp-reader.ts';
import {
  bulk,
  encodeResp,
  respSize,
  failure,
  integer,
  respNull,
  respOk,
  simple,
  type RespValue,
} from '../../wire/resp-value.ts';
import { attackOf } from './attack.ts';
import { word, wrongArity, type Call, type Connection, type Handler } from './call.ts';
import { collectionCommands } from './collection-commands.ts';
import { commandTable } from './command-table.ts';
import { instanceFor, type Instance } from './instance.ts';
import { keyCommands } from './key-commands.ts';
import { serverCommands, unknownSubcommand } from './server-commands.ts';
import { stringCommands } from './string-commands.ts';
import { commandFact } from './record.ts';
import { unknownCommand } from './unknown-command.ts';
import { redisAtLeast } from './version.ts';

const handlers: ReadonlyMap<string, Handler> = new Map(
  Object.entries({ ...stringCommands, ...collectionCommands, ...keyCommands, ...serverCommands }),
);

/** Octets of replies after which a connection is ended: nobody reads so much of a server that holds so little. */
const replyLimit = 32 * 1024 * 1024;
/** Commands of one connection that are each recorded; beyond, only attacks are. */
const recordLimit = 2000;
const queueLimit = 512;
const queuedOctetLimit = 1024 * 1024;
/** Octets that the commands of one connection may write or count over: some seconds of work at the very most. */
const workLimit = 256 * 1024 * 1024;
/** Attacks of one connection that are told; the first few tell it all. */
const attackLimit = 32;
const channelLength = 256;
/** What a client may do while it is subscribed with RESP2. */
const whileSubscribed = new Set([
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ping',
  'quit',
  'reset',
]);

export class RedisSession implements DecoySession {
  readonly #context: DecoyContext;
  readonly #instance: Instance;
  readonly #connection: Connection;
  readonly #reader: RespReader;
  #replied = 0;
  #closed = false;
  #queue: (readonly string[])[] | null = null;
  #queueFailed = false;
  #queuedOctets = 0;
  #work = 0;
  #attacks = 0;

  constructor(context: DecoyContext) {
    this.#context = context;
    const now = context.now();
    this.#instance = instanceFor(context.persona, context.source, now);
    this.#instance.connections += 1;
    this.#instance.clientIds += 1;
    const host = context.source.includes(':') ? `[${context.source}]` : context.source;
    this.#connection = {
      id: this.#instance.clientIds,
      address: `${host}:${context.sourcePort}`,
      openedAt: now,
      database: 0,
      protocol: 2,
      name: '',
      authenticated: this.#instance.configuration.get('requirepass') === '',
      channels: new Set(),
      patterns: new Set(),
      monitoring: false,
      commands: 0,
    };
    this.#reader = new RespReader({
      arguments: redisAtLeast(this.#instance.version, 7, 0) ? 2_147_483_647 : 1_048_576,
    });
  }

  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#closed) return;
    this.#reader.push(bytes);
    while (!this.#closed) {
      const request = this.#reader.next(this.#connection.authenticated);
      if (request === null) return;
      if (request.kind === 'violation') {
        yield* this.#reply(failure(request.text));
        yield* this.#close();
        return;
      }
      yield* this.#obey(request.words);
    }
  }

  *#close(): Iterable<DecoyOutput> {
    this.#closed = true;
    yield { do: 'close' };
  }

  *#reply(value: RespValue): Iterable<DecoyOutput> {
    if (respSize(value, replyLimit) > replyLimit) {
      yield* this.#close();
      return;
    }
    const bytes = encodeResp(value, this.#connection.protocol);
    if (bytes.length === 0) return;
    this.#replied += bytes.length;
    yield { do: 'reply', bytes };
    if (this.#replied > replyLimit) yield* this.#close();
  }

  #call(words: readonly string[]): Call {
    const database = this.#instance.databases[this.#connection.database] ?? this.#instance.databases[0];
    if (database === undefined) throw new RangeError('an instance has databases');
    return {
      words,
      instance: this.#instance,
      database,
      connection: this.#connection,
      now: this.#context.now(),
    };
  }

  *#obey(words: readonly string[]): Iterable<DecoyOutput> {
    const name = (words[0] ?? '').toLowerCase();
    this.#instance.commands += 1;
    this.#connection.commands += 1;
    const call = this.#call(words);
    if (name !== 'auth' && this.#connection.commands <= recordLimit) {
      yield { do: 'saw', fact: commandFact(words) };
    }
    // A browser made to speak to this port (cross-protocol scripting): the server hangs up without a word.
    if (name === 'post' || name === 'host:') {
      yield* this.#close();
      return;
    }
    if (name === 'quit') {
      yield* this.#reply(respOk);
      yield* this.#close();
      return;
    }
    if (this.#attacks < attackLimit) {
      for (const output of attackOf(call)) {
        this.#attacks += 1;
        yield output;
      }
    }
    const known = this.#check(call, name);
    if (known !== null) {
      if (this.#queue !== null) this.#queueFailed = true;
      yield* this.#reply(known);
      return;
    }
    if (name === 'auth' || name === 'hello') {
      yield* this.#identify(call, name);
      return;
    }
    const before = this.#instance.work;
    yield* this.#transact(call, name);
    this.#work += this.#instance.work - before;
    if (this.#work > workLimit && !this.#closed) yield* this.#close();
  }

  /** The error that the server gives before a command is run, or null. */
  #check(call: Call, name: string): RespValue | null {
    const seven = redisAtLeast(this.#instance.version, 7, 0);
    const specification = commandTable(this.#instance.version).get(name);
    if (specification === undefined) return unknownCommand(call, seven);
    const count = call.words.length;
    const fits = (arity: number): boolean => (arity < 0 ? count >= -arity : count === arity);
    if (specification.subcommands.size > 0 && count > 1) {
      const sub = word(call, 1).toLowerCase();
      const arity = specification.subcommands.get(sub);
      if (arity === undefined) return unknownSubcommand(call);
      if (!fits(arity)) return wrongArity(`${name}|${sub}`);
    } else if (!fits(specification.arity)) return wrongArity(name);
    if (!this.#connection.authenticated && name !== 'auth' && name !== 'hello' && name !== 'reset') {
      return failure('NOAUTH Authentication required.');
    }
    const { channels, patterns, protocol } = this.#connection;
    if (channels.size + patterns.size > 0 && protocol === 2 && !whileSubscribed.has(name)) {
      const allowed = seven
        ? '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET'
        : '(P)SUBSCRIBE / (P)UNSUBSCRIBE / PING / QUIT';
      return failure(`ERR Can't execute '${name}': only ${allowed} are allowed in this context`);
    }
    return null;
  }

  *#identify(call: Call, name: string): Iterable<DecoyOutput> {
    if (name === 'auth') {
      if (call.words.length > 3) {
        yield* this.#reply(failure('ERR syntax error'));
        return;
      }
      const named = call.words.length === 3;
      yield* this.#login(named ? word(call, 1) : 'default', word(call, named ? 2 : 1), named, respOk);
      return;
    }
    const version = word(call, 1);
    if (call.words.length > 1 && version !== '2' && version !== '3') {
      const integerWanted = !/^-?\d+$/.test(version) && redisAtLeast(this.#instance.version, 7, 0);
      yield* this.#reply(
        failure(
          integerWanted
            ? 'ERR Protocol version is not an integer or out of range'
            : 'NOPROTO unsupported protocol version',
        ),
      );
      return;
    }
    for (let index = 2; index < call.words.length;) {
      const option = word(call, index).toUpperCase();
      if (option === 'AUTH' && index + 2 < call.words.length) {
        let refused = false;
        for (const output of this.#login(word(call, index + 1), word(call, index + 2), true, null)) {
          if (output.do === 'reply') refused = true;
          yield output;
        }
        if (refused) return;
        index += 3;
      } else if (option === 'SETNAME' && index + 1 < call.words.length) {
        this.#connection.name = word(call, index + 1).slice(0, 256);
        index += 2;
      } else {
        yield* this.#reply(failure(`ERR Syntax error in HELLO option '${word(call, index)}'`));
        return;
      }
    }
    if (!this.#connection.authenticated) {
      yield* this.#reply(
        failure(
          redisAtLeast(this.#instance.version, 7, 0)
            ? 'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time'
            : 'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
        ),
      );
      return;
    }
    if (version !== '') this.#connection.protocol = version === '3' ? 3 : 2;
    const pairs: readonly (readonly [string, RespValue])[] = [
      ['server', bulk('redis')],
      ['version', bulk(this.#instance.version)],
      ['proto', integer(this.#connection.protocol)],
      ['id', integer(this.#connection.id)],
      ['mode', bulk('standalone')],
      ['role', bulk(this.#instance.master === null ? 'master' : 'replica')],
      ['modules', { kind: 'array', items: [] }],
    ];
    yield* this.#reply({ kind: 'map', pairs: pairs.map(([key, value]) => [bulk(key), value] as const) });
  }

  *#login(user: string, password: string, named: boolean, success: RespValue | null): Iterable<DecoyOutput> {
    const wanted = this.#instance.configuration.get('requirepass');
    const { acceptAfter } = this.#context.persona.login;
    const attempt = this.#context.countAttempt();
    const guessed = acceptAfter > 0 && attempt >= acceptAfter;
    // Without a password the default user takes any, but AUTH with one word alone is told that there is none.
    const accepted = user === 'default' && (wanted === '' ? named : password === wanted || guessed);
    yield {
      do: 'saw',
      fact: {
        kind: 'auth',
        service: 'redis',
        user: user.slice(0, 256),
        method: 'password',
        password: password.slice(0, 256),
        accepted,
      },
    };
    if (accepted) {
      this.#connection.authenticated = true;
      if (success !== null) yield* this.#reply(success);
      return;
    }
    if (wanted === '' && !named) {
      yield* this.#reply(
        failure(
          'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
        ),
      );
      return;
    }
    const disabled = redisAtLeast(this.#instance.version, 6, 2) ? ' or user is disabled.' : '';
    yield* this.#reply(failure(`WRONGPASS invalid username-password pair${disabled}`));
  }

  *#transact(call: Call, name: string): Iterable<DecoyOutput> {
    if (this.#queue !== null && !['exec', 'discard', 'multi', 'watch', 'reset'].includes(name)) {
      this.#queuedOctets += call.words.reduce((sum, each) => sum + each.length + 16, 0);
      if (this.#queue.length < queueLimit && this.#queuedOctets <= queuedOctetLimit)
        this.#queue.push(call.words);
      else this.#queueFailed = true;
      yield* this.#reply(simple('QUEUED'));
      return;
    }
    switch (name) {
      case 'multi':
        if (this.#queue !== null) yield* this.#reply(failure('ERR MULTI calls can not be nested'));
        else {
          this.#queue = [];
          this.#queuedOctets = 0;
          this.#queueFailed = false;
          yield* this.#reply(respOk);
        }
        return;
      case 'discard':
        yield* this.#reply(this.#queue === null ? failure('ERR DISCARD without MULTI') : respOk);
        this.#queue = null;
        return;
      case 'exec': {
        const queued = this.#queue;
        this.#queue = null;
        if (queued === null) yield* this.#reply(failure('ERR EXEC without MULTI'));
        else if (this.#queueFailed) {
          yield* this.#reply(failure('EXECABORT Transaction discarded because of previous errors.'));
        } else {
          const items = queued.map((words) => this.#run(this.#call(words), (words[0] ?? '').toLowerCase()));
          yield* this.#reply({ kind: 'array', items });
        }
        return;
      }
      case 'reset':
        this.#queue = null;
        this.#connection.database = 0;
        this.#connection.protocol = 2;
        this.#connection.name = '';
        this.#connection.channels.clear();
        this.#connection.patterns.clear();
        this.#connection.authenticated = this.#instance.configuration.get('requirepass') === '';
        yield* this.#reply(simple('RESET'));
        return;
      case 'shutdown':
        // A restart by systemd is what a visitor would see of it.
        yield* this.#close();
        return;
      default:
        yield* this.#reply(this.#run(call, name));
    }
  }

  #run(call: Call, name: string): RespValue {
    if (name === 'subscribe' || name === 'psubscribe') return this.#subscribe(call, name);
    if (name === 'unsubscribe' || name === 'punsubscribe') return this.#unsubscribe(call, name);
    if (name === 'monitor') {
      this.#connection.monitoring = true;
      return respOk;
    }
    const { channels, patterns, protocol } = this.#connection;
    if (name === 'ping' && protocol === 2 && channels.size + patterns.size > 0) {
      return { kind: 'array', items: [bulk('pong'), bulk(word(call, 1))] };
    }
    const handler = handlers.get(name);
    if (handler !== undefined) return handler(call);
    // Commands that the decoy knows by name only find nothing there, as they would on an empty server.
    const specification = commandTable(this.#instance.version).get(name);
    if (specification?.flags.includes('readonly') === true)
      return /^(?:x|z|s|h|l|geo)/.test(name) ? { kind: 'array', items: [] } : respNull;
    return integer(0);
  }

  #subscribe(call: Call, name: string): RespValue {
    const { channels, patterns } = this.#connection;
    const into = name === 'subscribe' ? channels : patterns;
    const items = call.words.slice(1).map((channel): RespValue => {
      if (into.size < 256 && channel.length <= channelLength) into.add(channel);
      return { kind: 'push', items: [bulk(name), bulk(channel), integer(channels.size + patterns.size)] };
    });
    return { kind: 'each', items };
  }

  #unsubscribe(call: Call, name: string): RespValue {
    const { channels, patterns } = this.#connection;
    const from = name === 'unsubscribe' ? channels : patterns;
    const given = call.words.length > 1 ? call.words.slice(1) : [...from];
    const items = given.map((channel): RespValue => {
      from.delete(channel);
      return { kind: 'push', items: [bulk(name), bulk(channel), integer(channels.size + patterns.size)] };
    });
    if (items.length === 0) {
      return { kind: 'push', items: [bulk(name), respNull, integer(channels.size + patterns.size)] };
    }
    return { kind: 'each', items };
  }
}
