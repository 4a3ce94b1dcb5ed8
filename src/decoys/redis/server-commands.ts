import { createHash } from 'node:crypto';
import {
  array,
  bulk,
  bulkOrNull,
  bulks,
  failure,
  integer,
  respNull,
  respOk,
  simple,
  type RespValue,
} from '../../wire/resp-value.ts';
import { longOf, notInteger, syntaxError, word, wrongArity, type Call, type Handler } from './call.ts';
import { commandTable, type CommandSpecification } from './command-table.ts';
import { directoriesOf } from './configuration.ts';
import { globMatches } from './glob.ts';
import { informationText } from './information.ts';
import { encodingOf } from './key-commands.ts';
import { runScript } from './script.ts';
import { redisAtLeast } from './version.ts';

const isSeven = (call: Call): boolean => redisAtLeast(call.instance.version, 7, 0);

/** What a container command answers to a word it does not know, or to the wrong number of them. */
export function unknownSubcommand(call: Call): RespValue {
  const name = word(call, 0).toUpperCase();
  const given = word(call, 1).slice(0, 128);
  if (isSeven(call)) return failure(`ERR unknown subcommand '${given}'. Try ${name} HELP.`);
  return failure(`ERR Unknown subcommand or wrong number of arguments for '${given}'. Try ${name} HELP.`);
}

function config(call: Call): RespValue {
  const { configuration } = call.instance;
  switch (word(call, 1).toLowerCase()) {
    case 'get': {
      if (!isSeven(call) && call.words.length !== 3) return unknownSubcommand(call);
      const patterns = call.words.slice(2, 34).map((pattern) => pattern.toLowerCase());
      const names = configuration
        .names()
        .filter((name) => patterns.some((pattern) => globMatches(pattern, name)));
      return {
        kind: 'map',
        pairs: names.map((name) => [bulk(name), bulk(configuration.get(name))] as const),
      };
    }
    case 'set': {
      if (!isSeven(call) && call.words.length !== 4) return unknownSubcommand(call);
      if (call.words.length % 2 === 1) return wrongArity('config|set');
      const hasDirectory = directoriesOf(Object.keys(call.instance.persona.files));
      for (let index = 2; index < call.words.length; index += 2) {
        const error = configuration.set(word(call, index).toLowerCase(), word(call, index + 1), hasDirectory);
        if (error !== null) return failure(error);
      }
      return respOk;
    }
    case 'resetstat':
      return respOk;
    case 'rewrite':
      return failure('ERR Rewriting config file: Permission denied');
    default:
      return unknownSubcommand(call);
  }
}

function replicaOf(call: Call): RespValue {
  const { instance } = call;
  if (word(call, 1).toLowerCase() === 'no' && word(call, 2).toLowerCase() === 'one') {
    instance.master = null;
    return respOk;
  }
  const port = longOf(word(call, 2));
  if (port === null || port < 0n || port > 65_535n) {
    return failure(isSeven(call) ? 'ERR Invalid master port' : 'ERR value is not an integer or out of range');
  }
  const host = word(call, 1).slice(0, 255);
  if (instance.master?.host === host && instance.master.port === Number(port)) {
    return simple('OK Already connected to specified master');
  }
  instance.master = { host, port: Number(port), since: call.now };
  return respOk;
}

function role(call: Call): RespValue {
  const { master, replicationOffset } = call.instance;
  if (master === null) return array([bulk('master'), integer(replicationOffset), array([])]);
  return array([bulk('slave'), bulk(master.host), integer(master.port), bulk('connect'), integer(-1)]);
}

function moduleCommand(call: Call): RespValue {
  const seven = isSeven(call);
  switch (word(call, 1).toLowerCase()) {
    case 'list':
      return array([]);
    case 'load':
    case 'loadex':
      if (seven) {
        return failure(
          'ERR MODULE command not allowed. If the enable-module-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
        );
      }
      return failure('ERR Error loading the extension. Please check the server logs.');
    case 'unload':
      return failure('ERR Error unloading module: no such module with that name');
    default:
      return unknownSubcommand(call);
  }
}

/** One line of CLIENT LIST. */
function clientLine(call: Call): string {
  const { connection, now } = call;
  const age = Math.max(0, Math.floor((now - connection.openedAt) / 1000));
  const seven = isSeven(call);
  const head = `id=${connection.id} addr=${connection.address}`;
  const command = `client${seven ? `|${word(call, 1).toLowerCase()}` : ''}`;
  if (seven) {
    return `${head} laddr=${call.instance.persona.address}:6379 fd=8 name=${connection.name} age=${age} idle=0 flags=N db=${connection.database} sub=0 psub=0 ssub=0 multi=-1 qbuf=26 qbuf-free=20448 argv-mem=10 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=22298 events=r cmd=${command} user=default redir=-1 resp=${connection.protocol}\n`;
  }
  return `${head} fd=8 name=${connection.name} age=${age} idle=0 flags=N db=${connection.database} sub=0 psub=0 multi=-1 qbuf=26 qbuf-free=32742 argv-mem=10 obl=0 oll=0 omem=0 tot-mem=61466 events=r cmd=${command} user=default\n`;
}

function client(call: Call): RespValue {
  switch (word(call, 1).toLowerCase()) {
    case 'id':
      return integer(call.connection.id);
    case 'list':
      return { kind: 'verbatim', text: clientLine(call) };
    case 'info':
      return isSeven(call) ? { kind: 'verbatim', text: clientLine(call) } : unknownSubcommand(call);
    case 'getname':
      return call.connection.name === '' ? respNull : bulk(call.connection.name);
    case 'setname':
      if (/[^!-~]/.test(word(call, 2))) {
        return failure('ERR Client names cannot contain spaces, newlines or special characters.');
      }
      call.connection.name = word(call, 2).slice(0, 256);
      return respOk;
    case 'kill':
      return failure('ERR No such client');
    case 'pause':
    case 'unpause':
    case 'reply':
    case 'tracking':
    case 'no-evict':
      return respOk;
    default:
      return unknownSubcommand(call);
  }
}

const describe = (each: CommandSpecification): RespValue =>
  array([
    bulk(each.name),
    integer(each.arity),
    { kind: 'set', items: each.flags.map(simple) },
    ...each.keys.map(integer),
  ]);

function command(call: Call): RespValue {
  const table = commandTable(call.instance.version);
  switch (word(call, 1).toLowerCase()) {
    case '':
      return array(Array.from(table.values(), describe));
    case 'count':
      return integer(table.size);
    case 'docs':
      return isSeven(call) ? { kind: 'map', pairs: [] } : unknownSubcommand(call);
    case 'list':
      return isSeven(call) ? bulks(table.keys()) : unknownSubcommand(call);
    case 'info':
      return array(
        call.words.slice(2, 300).map((name) => {
          const found = table.get(name.toLowerCase());
          if (found !== undefined) return describe(found);
          return isSeven(call) ? respNull : { kind: 'null-array' };
        }),
      );
    default:
      return unknownSubcommand(call);
  }
}

function object(call: Call): RespValue {
  const entry = call.database.get(word(call, 2), call.now);
  switch (word(call, 1).toLowerCase()) {
    case 'encoding':
      return entry === undefined ? respNull : bulk(encodingOf(entry, call.instance.version));
    case 'refcount':
      return entry === undefined ? respNull : integer(1);
    case 'idletime':
      return entry === undefined ? respNull : integer(0);
    case 'freq':
      return entry === undefined
        ? respNull
        : failure(
            'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
          );
    default:
      return unknownSubcommand(call);
  }
}

function memory(call: Call): RespValue {
  switch (word(call, 1).toLowerCase()) {
    case 'usage': {
      const entry = call.database.get(word(call, 2), call.now);
      return entry === undefined ? respNull : integer(56 + word(call, 2).length);
    }
    case 'doctor':
      return {
        kind: 'verbatim',
        text: "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n",
      };
    case 'purge':
      return respOk;
    default:
      return unknownSubcommand(call);
  }
}

function debug(call: Call): RespValue {
  if (isSeven(call)) {
    return failure(
      'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
    );
  }
  const entry = call.database.get(word(call, 2), call.now);
  switch (word(call, 1).toLowerCase()) {
    case 'object': {
      if (entry === undefined) return failure('ERR no such key');
      const address = call.instance.replicationId.slice(0, 7);
      const clock = Math.floor(call.now / 1000) & 0xffffff;
      return simple(
        `Value at:0x7f${address}0c0 refcount:1 encoding:${encodingOf(entry, call.instance.version)} serializedlength:${entry.type === 'string' ? entry.value.length + 1 : 20} lru:${clock} lru_seconds_idle:0`,
      );
    }
    case 'sleep':
    case 'jmap':
    case 'reload':
    case 'set-active-expire':
      return respOk;
    default:
      return unknownSubcommand(call);
  }
}

function script(call: Call): RespValue {
  const { scripts } = call.instance;
  switch (word(call, 1).toLowerCase()) {
    case 'load': {
      const digest = createHash('sha1').update(word(call, 2), 'latin1').digest('hex');
      if (scripts.size < 256 && call.instance.reserve(word(call, 2).length))
        scripts.set(digest, word(call, 2));
      return bulk(digest);
    }
    case 'exists':
      return array(call.words.slice(2).map((digest) => integer(scripts.has(digest.toLowerCase()) ? 1 : 0)));
    case 'flush':
      scripts.clear();
      return respOk;
    case 'kill':
      return failure('NOTBUSY No scripts in execution right now.');
    default:
      return unknownSubcommand(call);
  }
}

function evaluate(byDigest: boolean): Handler {
  return (call) => {
    const count = longOf(word(call, 2));
    if (count === null) return notInteger;
    if (count > BigInt(call.words.length - 3)) {
      return failure("ERR Number of keys can't be greater than number of args");
    }
    if (count < 0n) return failure("ERR Number of keys can't be negative");
    const { scripts } = call.instance;
    const text = byDigest ? scripts.get(word(call, 1).toLowerCase()) : word(call, 1);
    if (text === undefined) return failure('NOSCRIPT No matching script. Please use EVAL.');
    if (!byDigest && scripts.size < 256 && call.instance.reserve(text.length)) {
      scripts.set(createHash('sha1').update(text, 'latin1').digest('hex'), text);
    }
    return runScript(call, text, Number(count));
  };
}

function save(background: boolean): Handler {
  return (call) => {
    call.instance.lastSave = call.now;
    call.instance.changes = 0;
    return background ? simple('Background saving started') : respOk;
  };
}

function acl(call: Call): RespValue {
  switch (word(call, 1).toLowerCase()) {
    case 'whoami':
      return bulk('default');
    case 'users':
      return bulks(['default']);
    case 'list': {
      const password = call.instance.configuration.get('requirepass');
      const secret =
        password === '' ? 'nopass' : `#${createHash('sha256').update(password, 'latin1').digest('hex')}`;
      return bulks([`user default on ${secret} ~* ${isSeven(call) ? '&* ' : ''}+@all`]);
    }
    default:
      return unknownSubcommand(call);
  }
}

export const serverCommands: Readonly<Record<string, Handler>> = {
  config,
  slaveof: replicaOf,
  replicaof: replicaOf,
  role,
  module: moduleCommand,
  client,
  command,
  object,
  memory,
  debug,
  script,
  acl,
  eval: evaluate(false),
  evalsha: evaluate(true),
  save: save(false),
  bgsave: save(true),
  bgrewriteaof: () => simple('Background append only file rewriting started'),
  lastsave: (call) => integer(Math.floor(call.instance.lastSave / 1000)),
  info: (call) =>
    isSeven(call) || call.words.length <= 2 ? { kind: 'verbatim', text: informationText(call) } : syntaxError,
  time: (call) => bulks([String(Math.floor(call.now / 1000)), String((call.now % 1000) * 1000)]),
  echo: (call) => bulk(word(call, 1)),
  ping: (call) => {
    if (call.words.length > 2) return wrongArity('ping');
    return call.words.length === 2 ? bulk(word(call, 1)) : simple('PONG');
  },
  select: (call) => {
    const index = longOf(word(call, 1));
    if (index === null) {
      return failure(isSeven(call) ? 'ERR value is not an integer or out of range' : 'ERR invalid DB index');
    }
    if (index < 0n || index > 15n) return failure('ERR DB index is out of range');
    call.connection.database = Number(index);
    return respOk;
  },
  slowlog: (call) => {
    const which = word(call, 1).toLowerCase();
    if (which === 'get') return array([]);
    if (which === 'len') return integer(0);
    return which === 'reset' ? respOk : unknownSubcommand(call);
  },
  latency: (call) => {
    const which = word(call, 1).toLowerCase();
    if (which === 'latest' || which === 'history') return array([]);
    return which === 'reset' ? integer(0) : unknownSubcommand(call);
  },
  cluster: () => failure('ERR This instance has cluster support disabled'),
  publish: () => integer(0),
  pubsub: (call) => {
    const which = word(call, 1).toLowerCase();
    if (which === 'channels') return array([]);
    if (which === 'numpat') return integer(0);
    if (which === 'numsub')
      return array(call.words.slice(2).flatMap((channel) => [bulk(channel), integer(0)]));
    return unknownSubcommand(call);
  },
  wait: () => integer(0),
  watch: () => respOk,
  unwatch: () => respOk,
  replconf: () => respOk,
  psync: () => failure("NOMASTERLINK Can't SYNC while not connected with my master"),
  lolwut: (call) => ({ kind: 'verbatim', text: `Redis ver. ${call.instance.version}\n` }),
  swapdb: () => respOk,
  readonly: () => failure('ERR This instance has cluster support disabled'),
  readwrite: () => failure('ERR This instance has cluster support disabled'),
  dump: (call) => bulkOrNull(call.database.get(word(call, 1), call.now) === undefined ? undefined : ''),
};
